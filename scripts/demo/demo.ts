/**
 * `npm run demo`: fills the empty database of a running server with five people and some sixty events, through the SDK, and
 * prints how to sign in. Refuses when anybody has signed up already, and in production.
 */
import { ConveneNetworkError } from '../../sdk/index.js';
import { readConfig } from '../../src/platform/config/config.js';
import { withDatabase } from '../open-database.js';
import { fill } from './fill.js';
import { NAMES, PASSWORD, PEOPLE } from './people.js';
import { reasonAgainst } from './reason-against.js';

await withDatabase(async (dataSource) => {
  const config = readConfig(process.env);
  const reason = await reasonAgainst(config, dataSource);
  if (reason) return refuse(reason);
  const url = config.publicUrl;
  try {
    await fill(url, new Date());
  } catch (error) {
    if (!(error instanceof ConveneNetworkError)) throw error;
    return refuse(`No server answers at ${url}: start it with \`npm start\` first.`);
  }
  const width = Math.max(...NAMES.map((name) => name.length));
  console.log(`Sign in at ${url}/ with the password "${PASSWORD}" as`);
  for (const name of NAMES) console.log(`  ${name.padEnd(width)}  ${PEOPLE[name].time_zone}`);
  console.log(`The "Launch plan" of this week has the longest history. ${url}/docs describes the API.`);
});

function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 2;
}
