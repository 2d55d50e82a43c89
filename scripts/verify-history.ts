/**
 * Checks that the history of every event is whole, unaltered, and tells the present: `npm run verify:history`, or of
 * single ones: `npm run verify:history -- <event id> …`. Reads only, in one transaction, beside a running server if there
 * is one. One line for each event that is wrong, naming the first row; ends with 1 when there is any, with 2 when the
 * database is not up to date.
 */
import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { startEmbeddedPostgres } from '../postgres-launcher/index.js';
import { readConfig } from '../src/platform/config/config.js';
import { dataSourceOptions } from '../src/platform/database/data-source.js';
import { isUpToDate } from '../src/platform/database/migrate.js';
import { problemLine, verifyHistory } from '../src/history/verify-history.js';

const eventIds = process.argv.slice(2);
if (existsSync('.env')) process.loadEnvFile('.env');
const config = readConfig(process.env);
const { databaseUrl } = config.values;
const embedded = databaseUrl ? null : await startEmbeddedPostgres({ ...config.embeddedPostgres, log: () => undefined });
try {
  const dataSource = await new DataSource(
    dataSourceOptions({ url: databaseUrl || embedded!.url, poolSize: 1 }),
  ).initialize();
  try {
    if (await isUpToDate(dataSource)) await verify(dataSource);
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

async function verify(dataSource: DataSource): Promise<void> {
  const { events, entries, problems } = await dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    return verifyHistory(
      (sql, parameters) => manager.query(sql, parameters),
      (problem) => console.log(problemLine(problem)),
      eventIds.length > 0 ? eventIds : null,
    );
  });
  const verdict = problems === 0 ? 'all is well' : `${problems} ${problems === 1 ? 'event is' : 'events are'} wrong`;
  console.log(`${events} events, ${entries} entries of history: ${verdict}`);
  if (problems > 0) process.exitCode = 1;
}
