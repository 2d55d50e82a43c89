import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig, withSigningSecret } from './config.js';
import { SETTINGS } from './settings.js';

const SECRET = 'k7Q2vN9xR4tW8yB3mH6jL1pZ5cF0dGsA';
const GOOD = { NODE_ENV: 'production', DATABASE_URL: 'postgres://app@db.internal/convene', JWT_SECRET: SECRET };

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has a default for every setting', () => {
    const { values } = readConfig({});
    expect(values).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: null,
      redisUrl: null,
      jwtSecrets: [],
      accessTokenSeconds: 900,
      refreshTokenDays: 30,
      bodyLimitBytes: 1_048_576,
      batchBodyLimitBytes: 4_194_304,
      maxNesting: 32,
      maxBodyValues: 100_000,
      maxBatch: 500,
      maxShare: 100,
      maxPeople: 1_000,
    });
  });

  it('treats empty and blank variables as unset', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '  ' }).values).toMatchObject({ port: 3000, databaseUrl: null });
  });

  it('reads lists, with the newest secret first', () => {
    const config = readConfig({
      JWT_SECRET: `${SECRET}, old-${SECRET}`,
      CORS_ORIGINS: 'https://a.test,https://b.test,',
    });
    expect(config.jwtSecrets).toEqual([SECRET, `old-${SECRET}`]);
    expect(config.values.corsOrigins).toEqual(['https://a.test', 'https://b.test']);
  });

  it('reports every invalid variable at once', () => {
    const wrong = {
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      REDIS_URL: 'localhost:6379',
      JWT_SECRET: 'short',
      MAX_BATCH: '1e3',
    };
    expect(problemsOf(wrong).map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'REDIS_URL', 'JWT_SECRET', 'MAX_BATCH']),
    );
    expect(problemsOf(wrong)).toHaveLength(6);
  });

  it.each(['redis://localhost', 'rediss://user:secret@redis.internal:6380/3'])('accepts the Redis URL %s', (url) => {
    expect(readConfig({ REDIS_URL: url }).values.redisUrl).toBe(url);
  });

  it('never includes a secret in a message', () => {
    expect(problemsOf({ REDIS_URL: 'http://:hunter2@redis.internal' }).join()).not.toContain('hunter2');
    expect(problemsOf({ JWT_SECRET: 'hunter2' }).join()).not.toContain('hunter2');
    expect(problemsOf({ ...GOOD, JWT_SECRET: 'hunter2-hunter2-' }).join()).not.toContain('hunter2');
  });

  it.each(['-1', '1.5', 'x', '0x10', '2147483648000'])('rejects the number %j', (text) => {
    expect(problemsOf({ ACCESS_TOKEN_SECONDS: text })).toHaveLength(1);
  });

  it('reads a limit with its window', () => {
    expect(readConfig({ RATE_LIMIT_READS: '5/3600' }).values.limitReads).toEqual({ limit: 5, windowSeconds: 3_600 });
  });

  it.each(['60', '60/', '/60', '0/60', '60/0', '1.5/60', '60/86401', '1000001/1', '60/60/60', '-1/60'])(
    'rejects the limit %j',
    (text) => {
      expect(problemsOf({ RATE_LIMIT_READS: text })).toEqual([
        expect.stringMatching(/^RATE_LIMIT_READS: must be a number and/),
      ]);
    },
  );

  it('has a variable name for each setting', () => {
    const variables = Object.values(SETTINGS).map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z_]+$/);
  });

  it.each([
    [{}, 'http://127.0.0.1:3000'],
    [{ PORT: '8080' }, 'http://127.0.0.1:8080'],
    [{ HOST: '0.0.0.0', PORT: '80' }, 'http://localhost:80'],
    [{ HOST: '::1' }, 'http://[::1]:3000'],
    [{ PUBLIC_URL: 'https://calendar.test/app/', PORT: '8080' }, 'https://calendar.test/app'],
  ])('links to where the server is reached: %j', (env, url) => {
    expect(readConfig(env).publicUrl).toBe(url);
  });

  it('throws if the database URL is read before it is set', () => {
    expect(() => readConfig({}).databaseUrl).toThrow(/not set yet/);
    expect(readConfig({}).with({ databaseUrl: 'postgres://x/y' }).databaseUrl).toBe('postgres://x/y');
  });
});

describe('readConfig in production', () => {
  it('starts with a database and a strong secret', () => {
    expect(readConfig(GOOD).isProduction).toBe(true);
  });

  it('requires both, and reports both if both are missing', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^DATABASE_URL: required/),
      expect.stringMatching(/^JWT_SECRET: required/),
    ]);
  });

  it('requires 32 bytes for every secret in the list', () => {
    expect(problemsOf({ ...GOOD, JWT_SECRET: `${SECRET},${'a1b2c3d4'.repeat(3)}` })).toEqual([
      expect.stringMatching(/^JWT_SECRET: .*32 bytes/),
    ]);
  });

  it.each(['change-me-change-me-change-me-change-me', 'your-secret-goes-right-here-0123456789', 'a'.repeat(40)])(
    'rejects the sample secret %s',
    (secret) => {
      expect(problemsOf({ ...GOOD, JWT_SECRET: secret })).toEqual([expect.stringMatching(/^JWT_SECRET: .*sample/)]);
    },
  );

  it('requires rate limits', () => {
    expect(problemsOf({ ...GOOD, RATE_LIMITS: 'off' })).toEqual([expect.stringMatching(/^RATE_LIMITS: must be on/)]);
    expect(problemsOf({ ...GOOD, RATE_LIMITS: 'maybe' })).toEqual([expect.stringMatching(/^RATE_LIMITS: must be one/)]);
    expect(readConfig({ RATE_LIMITS: 'off' }).values.rateLimits).toBe(false);
  });

  it('rejects a sample database URL', () => {
    const url = 'postgres://user:changeme@localhost/convene';
    expect(problemsOf({ ...GOOD, DATABASE_URL: url })).toEqual([expect.stringMatching(/^DATABASE_URL: .*sample/)]);
  });
});

describe('withSigningSecret', () => {
  let dataDir: string;
  beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'convene-config-'))));
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('creates a secret once, readable only by its owner, and reads it again', () => {
    const config = readConfig({ DATA_DIR: join(dataDir, 'new') });
    const [secret] = withSigningSecret(config).jwtSecrets;
    expect(Buffer.byteLength(secret!)).toBeGreaterThanOrEqual(32);
    expect(withSigningSecret(config).jwtSecrets).toEqual([secret]);
    expect(statSync(join(dataDir, 'new', 'jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('creates no secret if the configuration has one', () => {
    const config = readConfig({ DATA_DIR: dataDir, JWT_SECRET: SECRET });
    expect(withSigningSecret(config).jwtSecrets).toEqual([SECRET]);
    expect(readdirSync(dataDir)).toEqual([]);
  });
});
