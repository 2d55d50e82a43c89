import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SETTINGS, type Settings } from './settings.js';

/** Every setting of the server, read once at start. Inject this class; nothing else reads the environment. */
export class Config {
  constructor(readonly values: Settings) {}

  get isProduction(): boolean {
    return this.values.environment === 'production';
  }

  /** The signing secrets, newest first: the first signs, all verify. */
  get jwtSecrets(): string[] {
    return this.values.jwtSecrets;
  }

  /** Where the database is. Set before the application is created: from the environment or by the embedded server. */
  get databaseUrl(): string {
    if (!this.values.databaseUrl) throw new Error('The database address is not known yet');
    return this.values.databaseUrl;
  }

  /** What the embedded PostgreSQL is started with when there is no `DATABASE_URL`. */
  get embeddedPostgres(): { name: string; dataDir: string } {
    return { name: 'convene', dataDir: resolve(this.values.dataDir) };
  }

  with(changes: Partial<Settings>): Config {
    return new Config({ ...this.values, ...changes });
  }
}

/** Names every wrong variable at once, so that a deployment is mended in one go. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads and validates the settings from environment variables (see `settings.ts` for each of them).
 * @throws ConfigError naming every variable that is wrong
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
  if (!values.databaseUrl) problems.push('DATABASE_URL: needed in production');
  else if (/change[-_]?me|example/i.test(values.databaseUrl)) problems.push('DATABASE_URL: is a sample value');
  if (values.jwtSecrets?.length === 0) problems.push('JWT_SECRET: needed in production, 32 bytes or more');
  for (const secret of values.jwtSecrets ?? []) {
    if (Buffer.byteLength(secret) < 32) problems.push('JWT_SECRET: each secret needs 32 bytes or more');
    else if (SAMPLE.test(secret)) problems.push('JWT_SECRET: is a sample value');
  }
  return problems;
}

/** Outside production a missing secret is made once and kept beside the data, so that tokens outlive a restart. */
export function withSigningSecret(config: Config): Config {
  if (config.jwtSecrets.length > 0) return config;
  const file = join(config.values.dataDir, 'jwt-secret');
  if (!existsSync(file)) makeSecret(file);
  const secret = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(secret) < 32) throw new ConfigError([`${file}: is no secret; delete it to have one made`]);
  return config.with({ jwtSecrets: [secret] });
}

/** Under its name only when it is whole: a process can be killed at any moment, and two can start at once. */
function makeSecret(file: string): void {
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
