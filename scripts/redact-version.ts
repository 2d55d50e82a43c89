/**
 * Replaces the texts of one version of an event, such as a phone number that somebody pasted into the description:
 * `npm run redact:version -- <event id> <version> --reason "<why>"`. Needs the database account that owns the tables. The
 * hash of what was there and the reason stay, so the history still verifies. Ends with 1 when it is refused.
 */
import { parseArgs } from 'node:util';
import { RedactionRefused, redactVersion } from '../src/history/redact-version.js';
import { redactTitles } from '../src/notifications/redact-titles.js';
import { withDatabase } from './open-database.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { reason: { type: 'string' } } });
const [eventId = '', version = ''] = positionals;
if (positionals.length !== 2 || !/^[1-9]\d*$/.test(version) || !values.reason?.trim()) {
  console.error('Usage: npm run redact:version -- <event id> <version> --reason "<why>"');
  process.exit(1);
}
const request = { eventId, version: Number(version), reason: values.reason.trim() };

await withDatabase(async (dataSource) => {
  try {
    const { alsoIn } = await dataSource.transaction(async (manager) => {
      const query = <Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
        manager.query<Row[]>(sql, parameters);
      const redacted = await redactVersion(query, request);
      await redactTitles(query, request);
      return redacted;
    });
    console.log(`Redacted version ${version} of event ${eventId}.`);
    if (alsoIn.length > 0) console.log(`The same texts are also in: version ${alsoIn.join(', ')}.`);
  } catch (error) {
    if (!(error instanceof RedactionRefused)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
});
