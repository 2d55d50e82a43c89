/**
 * Fills an empty database with events, their history and the streams of their members, as years of use would:
 *   npm run bench:fill -- --events 1000000 --people 10000
 * Uses DATABASE_URL, or else starts a temporary PostgreSQL, which it stops again: that shows what filling costs. With
 * `--stream-days`, streams reach back further than the 30 days that the server keeps by default.
 */
import { parseArgs } from 'node:util';
import { startTemporaryPostgres } from '../../postgres-launcher/index.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { fillDatabase } from './fill-database.js';
import { peopleFor } from './people.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    people: { type: 'string' },
    'stream-days': { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const events = wholeNumber('events', values.events, 100);
const options = {
  events,
  people: values.people === undefined ? peopleFor(events) : wholeNumber('people', values.people, 2),
  streamDays: wholeNumber('stream-days', values['stream-days'], 1),
  seed: wholeNumber('seed', values.seed, 0),
  now: new Date(),
};

const given = process.env['DATABASE_URL'] || null;
const temporary = given === null ? await startTemporaryPostgres() : null;
try {
  const url = given ?? temporary!.url;
  await migrate(url);
  const begin = performance.now();
  const seconds = (): string => ((performance.now() - begin) / 1_000).toFixed(0).padStart(5);
  const log = (line: string): void => console.log(`${seconds()} s  ${line}`);
  const { versions, memberChanges, streamItems } = await fillDatabase(url, { ...options, log });
  log(`${events} events, ${versions} versions, ${memberChanges} changes of members, ${streamItems} stream items`);
  log(`${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB of memory at most`);
} finally {
  await temporary?.stop();
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw new Error(`--${name} must be a whole number from ${min}.`);
  return value;
}
