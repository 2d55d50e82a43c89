/**
 * Prints how the latency of one connection grows with the number of events in the database:
 *   npm run bench:growth -- [--sizes 1000,100000,1000000] [--calls 50] [--only TEXT]
 * For an ordinary person, who sees as many events in each database, and for the person with the most: 50,000 of a
 * million. Each figure is also given relative to the first size. New databases are measured twice: as they were filled,
 * without statistics for the planner, and after ANALYZE. Runs on a temporary PostgreSQL; with DATABASE_URL, on the
 * databases `growth_<events>` of that PostgreSQL, which are filled if they are missing, and kept. --only measures the
 * calls whose name contains the text.
 */
import { parseArgs } from 'node:util';
import { Client } from 'undici';
import { startTemporaryPostgres } from '../../postgres-launcher/index.js';
import { Servers } from '../servers.js';
import { type FilledServer, startFilledServer } from './filled-server.js';
import { type Caller, measure } from './measure.js';
import { MEASURED_CALLS } from './measured-calls.js';
import { printHeading, printLatencies } from './report.js';
import { chooseSubject } from './subject.js';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000,1000000' },
    calls: { type: 'string', default: '50' },
    only: { type: 'string', default: '' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const measuredCalls = MEASURED_CALLS.filter(({ name }) => name.includes(values.only));

const given = process.env['DATABASE_URL'] || null;
const temporary = given === null ? await startTemporaryPostgres() : null;
const servers = await Servers.create();
const filled: FilledServer[] = [];
try {
  for (const events of sizes) {
    filled.push(await startFilledServer(given ?? temporary!.url, events, servers, console.log));
  }
  if (filled.every(({ isNew }) => isNew)) await run('without statistics');
  for (const { target } of filled) await target.database.query('ANALYZE');
  await run('after ANALYZE');
} finally {
  await servers.stop();
  for (const { target } of filled) await target.database.end();
  await temporary?.stop();
}

async function run(state: string): Promise<void> {
  for (const who of ['ordinary', 'busiest'] as const) {
    const callers: Caller[] = [];
    for (const { target } of filled) {
      callers.push({ subject: await chooseSubject(target, who), client: new Client(target.url) });
    }
    const databases = filled.map(({ events }, index) => ({ events, own: callers[index]!.subject.events }));
    printHeading(
      `${who === 'ordinary' ? 'An ordinary person' : 'The person with the most events'}, ${state}`,
      databases,
    );
    for (const call of measuredCalls) printLatencies(call.name, await measure(call, callers, Number(values.calls)));
    await Promise.all(callers.map(({ client }) => client.close()));
  }
}
