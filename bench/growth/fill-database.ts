import { Client } from 'pg';
import { withBareTables } from './bare-tables.js';
import { BulkLoader } from './bulk-loader.js';
import { Dice } from './dice.js';
import { createPeople } from './people.js';
import { planEvents } from './plan-events.js';
import { simulate } from './simulate.js';
import { type FillSummary, SimulatedRows } from './simulated-rows.js';
import { SimulatedStreams } from './simulated-streams.js';
import { type Table, TABLES, userRow } from './table-rows.js';

export interface FillOptions {
  events: number;
  people: number;
  /** Items of streams are kept for this number of days, like `STREAM_DAYS`; infinity keeps all. */
  streamDays: number;
  seed: number;
  now: Date;
  /** Receives one line per step. */
  log: (line: string) => void;
}

const DAY_MS = 86_400_000;
const CHANGES_PER_TURN = 200;
const CHANGES_PER_LINE = 1_000_000;

/** What the triggers would have derived from the loaded rows. */
const DERIVED_TABLES = ['visible_spans', 'event_texts'];
const DERIVE = `
  INSERT INTO visible_spans (event_id, user_id, kind, start_time, span, since, created_at)
  SELECT e.id, p.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end), placed.since,
         e.created_at
    FROM event_permissions p JOIN events e ON e.id = p.event_id
    JOIN (SELECT event_id, max(created_at) AS since FROM event_versions
           WHERE NOT changed <@ '{title,description,location,url,status,show_as}' GROUP BY event_id) AS placed USING (event_id)
   WHERE e.deleted_at IS NULL;
  INSERT INTO event_texts (event_id, members, texts)
  SELECT e.id, p.members, searched_texts(e)
    FROM (SELECT event_id, array_agg(user_id ORDER BY user_id) AS members FROM event_permissions GROUP BY event_id) AS p
    JOIN events e ON e.id = p.event_id`;

/**
 * Fills a migrated database without events. Everything is one transaction: a fill that fails leaves nothing.
 * @throws Error when the database contains events
 */
export async function fillDatabase(url: string, options: FillOptions): Promise<FillSummary> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL timezone = 'UTC'; SET LOCAL maintenance_work_mem = '256MB'`);
    const { rows } = await client.query('SELECT FROM events LIMIT 1');
    if (rows.length > 0) throw new Error('The database contains events. Fill an empty one.');
    let summary: FillSummary;
    await withBareTables(client, [...Object.keys(TABLES), ...DERIVED_TABLES], async () => {
      summary = await load(new BulkLoader<Table>(client, TABLES), options);
      await client.query(DERIVE);
      options.log('building indexes and checking constraints');
    });
    await client.query('COMMIT');
    return summary!;
  } finally {
    await client.end();
  }
}

async function load(loader: BulkLoader<Table>, options: FillOptions): Promise<FillSummary> {
  const { events, people: count, streamDays, seed, log } = options;
  const now = options.now.getTime();
  const dice = new Dice(seed);
  const people = createPeople(dice, count, events, options.now);
  for (const person of people) loader.add('users', userRow(person));
  const plans = planEvents(dice, people, now);
  log(`${events} events of ${people.length} people are planned`);
  const rows = new SimulatedRows(loader, new SimulatedStreams(dice, now - streamDays * DAY_MS, now), now);
  let changes = 0;
  for (const { event, change, isLast } of simulate(dice, plans.inOrder(), now)) {
    if (change) rows.addChange(change, event);
    if (isLast) rows.addEvent(event);
    changes += 1;
    if (changes % CHANGES_PER_TURN === 0) await loader.proceed();
    if (changes % CHANGES_PER_LINE === 0) log(`${changes / 1_000_000} million changes`);
  }
  rows.addStreams();
  await loader.finish();
  return rows.summary;
}
