import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { hasDatabase, startEmbeddedPostgres } from '../postgres-launcher/index.js';
import { type Config, ConfigError, readConfig } from '../src/platform/config/config.js';
import { dataSourceOptions } from '../src/platform/database/data-source.js';
import { isUpToDate } from '../src/platform/database/migrate.js';
import { whyNotStarted } from '../src/start-problem.js';

/** Reads the settings as the server does: from the environment, and from `.env`. @throws ConfigError */
export function readSettings(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfig(process.env);
}

/**
 * Runs a command on the database of the settings. Ends the process with code 1 when there is none, with code 2 when it is
 * not up to date.
 */
export function withDatabase(command: (dataSource: DataSource, url: string) => Promise<void>): Promise<void> {
  return orExplain(() => openFor(command));
}

/** Does the work of a command. Of what a person can set right it says how, and ends the process with code 1. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(whyNotStarted(error));
    process.exitCode = 1;
  }
}

export interface RunningDatabase {
  url: string;
  /** Stops the embedded one, unless a server uses it. */
  stop: () => Promise<void>;
}

/**
 * Starts the database of the settings: DATABASE_URL, or the embedded one of DATA_DIR, beside a running server if there is
 * one. Creates none in a folder that was only mistyped, unless `mayCreate`, and then says so.
 *
 * @throws ConfigError when there is none; EmbeddedPostgresError
 */
export async function startDatabase(config: Config, { mayCreate = false } = {}): Promise<RunningDatabase> {
  const { databaseUrl } = config.values;
  if (databaseUrl) return { url: databaseUrl, stop: async () => undefined };
  const { dataDir } = config.embeddedPostgres;
  if (!hasDatabase(dataDir)) {
    if (!mayCreate) throw new ConfigError([`DATA_DIR: there is no database in ${dataDir}; set it as for the server`]);
    console.error(`There was no database in ${dataDir}: a new one was created.`);
  }
  return startEmbeddedPostgres({ ...config.embeddedPostgres, log: () => undefined });
}

async function openFor(command: (dataSource: DataSource, url: string) => Promise<void>): Promise<void> {
  const database = await startDatabase(readSettings());
  try {
    const { url } = database;
    const options = dataSourceOptions({ url, poolSize: 1 });
    const dataSource = await new DataSource(options).initialize();
    try {
      if (await isUpToDate(dataSource)) await command(dataSource, url);
      else {
        console.error('The database is older than this program: start the server once, which brings it up to date.');
        process.exitCode = 2;
      }
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await database.stop();
  }
}
