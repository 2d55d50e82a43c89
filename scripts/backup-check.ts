/**
 * Shows that a backup of this database can be restored: `npm run backup:check`. Dumps it as of one moment while the server
 * goes on, restores the dump into an empty database, verifies the history there, compares every row, and removes what it
 * made. By default the empty database is in a PostgreSQL of its own in the temporary folder; with `--on-server` it is on
 * the same server. Prints a sentence for each failure. Ends with 0 for a good backup, with 1 for a failure, and with 2
 * when there was nothing to check.
 */
import { parseArgs } from 'node:util';
import { checkBackup } from './backup/check-backup.js';
import { withDatabase } from './open-database.js';

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stopped.abort(new Error('Stopped. Everything that the check made is removed.')));
}

try {
  const { values } = parseArgs({ options: { 'on-server': { type: 'boolean' } } });
  await withDatabase(async (_dataSource, url) => {
    const failures = await checkBackup(url, {
      onServer: values['on-server'] ?? false,
      say: (line) => console.log(line),
      signal: stopped.signal,
    });
    for (const failure of failures) console.error(failure);
    if (failures.length === 0) console.log('The backup is good.');
    else process.exitCode = 1;
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
