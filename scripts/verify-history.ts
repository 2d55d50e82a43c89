/**
 * Verifies that the history of every event is complete, unaltered and leads to the present: `npm run verify:history`, or
 * of some events: `npm run verify:history -- <event id> …`. Only reads, in one transaction. Prints one line for each
 * event that is wrong, naming the first entry; ends with 1 when there is one, with 2 when the database is not up to date.
 */
import type { DataSource } from 'typeorm';
import { formatProblem, verifyHistory } from '../src/history/verify-history.js';
import { counted } from './counted.js';
import { withDatabase } from './open-database.js';

const eventIds = process.argv.slice(2);
await withDatabase(verify);

async function verify(dataSource: DataSource): Promise<void> {
  const { events, entries, problems } = await dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    return verifyHistory(
      (sql, parameters) => manager.query(sql, parameters),
      (problem) => console.log(formatProblem(problem)),
      eventIds.length > 0 ? eventIds : null,
    );
  });
  const verdict = problems === 0 ? 'no problems' : `${counted(problems, 'event is', 'events are')} wrong`;
  console.log(`${counted(events, 'event')}, ${counted(entries, 'entry', 'entries')} of history: ${verdict}`);
  if (problems > 0) process.exitCode = 1;
}
