import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { startEmbeddedPostgres } from '../postgres-launcher/index.js';
import { type Config, readConfig } from '../src/platform/config/config.js';
import { dataSourceOptions } from '../src/platform/database/data-source.js';
import { isUpToDate } from '../src/platform/database/migrate.js';
import { whyNotStarted } from '../src/start-problem.js';

/** Reads the settings as the server does: from the environment, and from `.env`. @throws ConfigError */
export function readSettings(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfig(process.env);
}

/**
 * Runs a command on the database of the settings: DATABASE_URL, or the embedded one of DATA_DIR, beside a running server
 * if there is one. Ends the process with code 2 when the database is not up to date.
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

async function openFor(command: (dataSource: DataSource, url: string) => Promise<void>): Promise<void> {
  const config = readSettings();
  const { databaseUrl } = config.values;
  const embedded = databaseUrl
    ? null
    : await startEmbeddedPostgres({ ...config.embeddedPostgres, log: () => undefined });
  try {
    const url = databaseUrl || embedded!.url;
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
    await embedded?.stop();
  }
}
