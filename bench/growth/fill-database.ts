import { Client } from 'pg';
import { toSnapshot } from '../../src/content/snapshot.js';
import { isMembersChange } from '../../src/history/change.js';
import { canonicalJson } from '../../src/history/history-hash.js';
import { BulkLoader } from './bulk-loader.js';
import { withBareTables } from './bare-tables.js';
import { Dice } from './dice.js';
import { planEvents } from './plan-events.js';
import { HistoryChain } from './history-chain.js';
import { createPeople } from './people.js';
import { simulate } from './simulate.js';
import { SimulatedStreams } from './simulated-streams.js';
import {
  eventRow,
  historyRow,
  notificationRow,
  occupancyRow,
  permissionRows,
  type Table,
  TABLES,
  userRow,
} from './table-rows.js';

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

export interface FillSummary {
  events: number;
  versions: number;
  memberChanges: number;
  streamItems: number;
}

const DAY_MS = 86_400_000;
const CHANGES_PER_TURN = 200;
const CHANGES_PER_LINE = 1_000_000;

/** What the triggers would have derived from the loaded rows. */
const DERIVED_TABLES = ['visible_spans'];
const DERIVE = `
  INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
  SELECT e.id, p.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end)
    FROM event_permissions p JOIN events e ON e.id = p.event_id WHERE e.deleted_at IS NULL`;

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
  const chain = new HistoryChain();
  const streams = new SimulatedStreams(dice, now - streamDays * DAY_MS, now);
  const summary: FillSummary = { events: 0, versions: 0, memberChanges: 0, streamItems: 0 };
  let changes = 0;
  for (const { event, change, isLast } of simulate(dice, plans.inOrder(), now)) {
    if (change) {
      const snapshot = isMembersChange(change) ? null : canonicalJson(toSnapshot(change.content));
      const [table, row] = historyRow(change, chain.append(change, snapshot), snapshot);
      loader.add(table, row);
      if (table === 'event_versions') summary.versions += 1;
      else summary.memberChanges += 1;
      for (const { item, seq } of streams.publish(change, event.members.keys())) {
        loader.add('notifications', notificationRow(item, seq));
        summary.streamItems += 1;
      }
    }
    if (isLast) {
      chain.end(event.id);
      loader.add('events', eventRow(event));
      for (const row of permissionRows(event)) loader.add('event_permissions', row);
      const occupancy = occupancyRow(event, now / 1_000);
      if (occupancy) loader.add('event_occupancy', occupancy);
      summary.events += 1;
    }
    changes += 1;
    if (changes % CHANGES_PER_TURN === 0) await loader.proceed();
    if (changes % CHANGES_PER_LINE === 0) log(`${changes / 1_000_000} million changes`);
  }
  for (const row of streams.listLastSeqs()) loader.add('notification_streams', row);
  await loader.finish();
  return summary;
}
