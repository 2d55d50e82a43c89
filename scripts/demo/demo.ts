/**
 * `npm run demo`: fills the empty database of a running server with five people and some sixty events, through the SDK, and
 * prints how to sign in. Refuses when anybody has signed up already, and in production.
 */
import type { DataSource } from 'typeorm';
import { ConveneNetworkError } from '../../sdk/index.js';
import type { Config } from '../../src/platform/config/config.js';
import { readServerAddress } from '../../src/platform/config/server-address.js';
import { orExplain, readSettings, withDatabase } from '../open-database.js';
import { fill } from './fill.js';
import { NAMES, PASSWORD, PEOPLE } from './people.js';
import { reasonAgainst } from './reason-against.js';

await orExplain(async () => {
  const config = readSettings();
  const url = config.values.databaseUrl ? config.publicUrl : readServerAddress(config.embeddedPostgres.dataDir);
  if (url) return withDatabase((dataSource) => fillThrough(config, url, dataSource));
  const { dataDir } = config.embeddedPostgres;
  return refuse(
    `No server runs on the data in ${dataDir}: start it with \`npm start\` first, and set DATA_DIR here as there.`,
  );
});

async function fillThrough(config: Config, server: string, dataSource: DataSource): Promise<void> {
  const reason = await reasonAgainst(config, dataSource);
  if (reason) return refuse(reason);
  try {
    await fill(server, new Date());
  } catch (error) {
    if (!(error instanceof ConveneNetworkError)) throw error;
    const hint = config.values.databaseUrl ? ', and set PORT or PUBLIC_URL here as there' : '';
    return refuse(`No server answers at ${server}: start it with \`npm start\` first${hint}.`);
  }
  const width = Math.max(...NAMES.map((name) => name.length));
  console.log(`Sign in at ${server}/ with the password "${PASSWORD}" as`);
  for (const name of NAMES) console.log(`  ${name.padEnd(width)}  ${PEOPLE[name].time_zone}`);
  console.log(`The "Launch plan" of this week has the longest history. ${server}/docs describes the API.`);
}

function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 2;
}
