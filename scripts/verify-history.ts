/**
 * Verifies that the history of every event is complete, unaltered and leads to the present: `npm run verify:history`, or
 * of some events: `npm run verify:history -- <event id> …`. Only reads, in one transaction. Prints one line for each
 * event that is wrong, naming the first entry; ends with 1 when there is one, with 2 when the database is not up to date.
 */
import type { DataSource } from 'typeorm';
import { formatProblem } from '../src/history/verify-history.js';
import { withDatabase } from './open-database.js';
import { formatSummary, verifyInSnapshot } from './verify-in-snapshot.js';

const eventIds = process.argv.slice(2);
await withDatabase(verify);

async function verify(dataSource: DataSource): Promise<void> {
  const summary = await verifyInSnapshot(
    dataSource,
    (problem) => console.log(formatProblem(problem)),
    eventIds.length > 0 ? eventIds : null,
  );
  console.log(formatSummary(summary));
  if (summary.problems > 0) process.exitCode = 1;
}
