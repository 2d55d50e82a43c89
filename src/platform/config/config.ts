import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SETTINGS, type Settings } from './settings.js';

/** Every setting of the server, read once at startup. Inject this class; nothing else reads the environment. */
export class Config {
  constructor(readonly values: Settings) {}

  get isProduction(): boolean {
    return this.values.environment === 'production';
  }

  /** The signing secrets, newest first: the first signs, all verify. */
  get jwtSecrets(): string[] {
    return this.values.jwtSecrets;
  }

  /** The URL of the database. Set before the application is created, from the environment or by the embedded server. */
  get databaseUrl(): string {
    if (!this.values.databaseUrl) throw new Error('The database URL is not set yet');
    return this.values.databaseUrl;
  }

  /** Where people reach the server, without a slash at the end. */
  get publicUrl(): string {
    const { publicUrl, host, port } = this.values;
    if (publicUrl) return publicUrl;
    const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    return `http://${name}:${port}`;
  }

  /** The name and the data directory of the embedded PostgreSQL, which runs without a `DATABASE_URL`. */
  get embeddedPostgres(): { name: string; dataDir: string } {
    return { name: 'convene', dataDir: resolve(this.values.dataDir) };
  }

  with(changes: Partial<Settings>): Config {
    return new Config({ ...this.values, ...changes });
  }
}

/** Lists every invalid variable, so that one attempt is enough to fix a deployment. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is invalid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads and validates the settings from environment variables (see `settings.ts` for each of them).
 * @throws ConfigError with every invalid variable
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS)) {
    const text = env[setting.variable]?.trim();
    try {
      values[key] = setting.parse(text ? text : setting.fallback);
    } catch (error) {
      problems.push(`${setting.variable}: ${(error as Error).message}`);
    }
  }
  if (values.environment === 'production') problems.push(...productionProblems(values as Settings));
  if (problems.length > 0) throw new ConfigError(problems);
  return new Config(values as Settings);
}

const SAMPLE = /change[-_ ]?me|example|sample|secret-here|your[-_ ]|password|^(.)\1+$/i;

function productionProblems(values: Settings): string[] {
  const problems: string[] = [];
  if (!values.databaseUrl) problems.push('DATABASE_URL: required in production');
  else if (/change[-_]?me|example/i.test(values.databaseUrl)) problems.push('DATABASE_URL: is a sample value');
  if (values.jwtSecrets?.length === 0) problems.push('JWT_SECRET: required in production, 32 bytes or more');
  for (const secret of values.jwtSecrets ?? []) {
    if (Buffer.byteLength(secret) < 32) problems.push('JWT_SECRET: each secret must have 32 bytes or more');
    else if (SAMPLE.test(secret)) problems.push('JWT_SECRET: is a sample value');
  }
  // Missing if it could not be read.
  if ('rateLimits' in values && !values.rateLimits) {
    problems.push('RATE_LIMITS: must be on in production; raise the limits that are too low instead');
  }
  if (values.smtpUrl && values.mailFrom === SETTINGS.mailFrom.fallback)
    problems.push('MAIL_FROM: required with SMTP_URL');
  if (values.smtpUrl && !values.publicUrl) {
    problems.push('PUBLIC_URL: required with SMTP_URL');
  }
  return problems;
}

/**
 * Returns the configuration with a signing secret. Outside production, a missing secret is created once and stored in
 * the data directory, so that tokens stay valid after a restart.
 * @throws ConfigError if the stored secret is too short
 */
export function withSigningSecret(config: Config): Config {
  if (config.jwtSecrets.length > 0) return config;
  const file = join(config.values.dataDir, 'jwt-secret');
  if (!existsSync(file)) createSecret(file);
  const secret = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(secret) < 32)
    throw new ConfigError([`${file}: is not a valid secret; delete it to create a new one`]);
  return config.with({ jwtSecrets: [secret] });
}

/**
 * Writes to a draft and links it, so that the file is always complete: processes get killed, and two can start at once.
 */
function createSecret(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(48).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
