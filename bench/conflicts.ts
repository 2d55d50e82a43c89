/**
 * Prints what a check for conflicts costs in a full calendar, beside a read by primary key in the same run:
 *   npm run bench:conflicts
 * Exits with 1 if a limit is missed. Runs on a temporary PostgreSQL of its own, through the service that every write
 * goes through; medians of many runs count.
 */
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { startTemporaryPostgres } from '../postgres-launcher/index.js';
import { OccupancyRepository } from '../src/availability/occupancy.repository.js';
import { createBooking } from '../src/availability/booking.js';
import { FindConflicts } from '../src/availability/find-conflicts.service.js';
import { FindFarConflicts } from '../src/availability/find-far-conflicts.service.js';
import { draftContent } from '../src/content/draft.js';
import type { EventContent } from '../src/content/event-content.js';
import { toSnapshot } from '../src/content/snapshot.js';
import { computeFarTime } from '../src/availability/far-days.js';
import { toMultirange, occupancyOf, toWeekMask } from '../src/availability/occupancy.js';
import { readConfig } from '../src/platform/config/config.js';
import { dataSourceOptions } from '../src/platform/database/data-source.js';
import { migrate } from '../src/platform/database/migrate.js';
import { Deadline, TimeLimits } from '../src/platform/database/deadline.js';
import { Database } from '../src/platform/database/database.js';
import { Transaction } from '../src/platform/database/transaction.js';
import { TransactionTurns } from '../src/platform/database/transaction-turns.js';
import { Transactions } from '../src/platform/database/transactions.js';
import { NO_REQUEST } from '../src/platform/tracing/request-origin.js';
import { Tracing } from '../src/platform/tracing/tracing.js';
import type { Actor } from '../src/platform/http/actor.js';

const DAY = 86_400_000;
/** A Monday in the year to come, at midnight. */
const MONDAY = firstMonday(new Date().getUTCFullYear() + 1);
let missed = 0;

const postgres = await startTemporaryPostgres();
try {
  await migrate(postgres.url);
  const dataSource = await new DataSource(dataSourceOptions({ url: postgres.url })).initialize();
  try {
    await run(dataSource);
  } finally {
    await dataSource.destroy();
  }
} finally {
  await postgres.stop();
}
console.log(missed === 0 ? 'All limits are kept.' : `${missed} limits are missed.`);
process.exitCode = missed === 0 ? 0 : 1;

async function run(dataSource: DataSource): Promise<void> {
  const database = new Database(dataSource);
  const config = readConfig({ JWT_SECRET: 'only for the benchmark, which makes no tokens' });
  const occupancies = new OccupancyRepository(database);
  const conflicts = new FindConflicts(occupancies, new FindFarConflicts(occupancies), config);
  const [inSeries, inSingles] = [await newOwner(database), await newOwner(database)];
  await new Transactions(database, new Tracing(null), TimeLimits.NONE, new TransactionTurns(config)).run(
    NO_REQUEST,
    async (filling) => {
      await fill(filling, inSeries, thousandSeries());
      await fill(filling, inSingles, tenThousandSingles());
    },
  );
  await database.query('VACUUM ANALYZE');

  const tx = new Transaction(NO_REQUEST, await database.connect(), false, new Deadline(TimeLimits.NONE));
  const [{ id }] = (await tx.query<{ id: string }>('SELECT id FROM events LIMIT 1')) as [{ id: string }];
  const read = (): Promise<unknown> => tx.query('SELECT * FROM events WHERE id = $1', [id]);
  const report = async (name: string, owner: string, content: EventContent, limit?: number): Promise<void> => {
    const claim = createBooking({ eventId: randomUUID(), ownerId: owner, content }, 'UTC');
    const check = (): Promise<unknown[]> => conflicts.find(tx, claim, { userId: owner } as Actor);
    const found = (await check()).length;
    const times = await measure(read, check);
    const ratio = times.check / times.read;
    const verdict = limit === undefined ? '' : ratio <= limit ? `at most ${limit} ×` : `MISSED ${limit} ×`;
    if (limit !== undefined && ratio > limit) missed += 1;
    const figures = `${micro(times.check)} beside ${micro(times.read)} ${ratio.toFixed(1).padStart(7)} ×`;
    console.log(`${`${name}, ${found} found`.padEnd(52)}${figures}   ${verdict}`);
  };

  console.log('A check beside a read of one event by its primary key');
  console.log('In 1,000 series of ten years');
  await report('  one event at a free time', inSeries, event(3, 3 * 60), 25);
  await report('  one event at a taken time', inSeries, event(3, 9 * 60 + 30), 25);
  await report('  a weekly series at a free time', inSeries, event(3, 3 * 60, 'FREQ=WEEKLY'));
  await report('  a weekly series at a taken time', inSeries, event(3, 9 * 60 + 30, 'FREQ=WEEKLY'));
  await report('  a daily series at a free time', inSeries, event(3, 3 * 60, 'FREQ=DAILY'));
  await report('  a daily series at a taken time', inSeries, event(3, 9 * 60 + 30, 'FREQ=DAILY'));
  console.log('In 10,000 single events');
  await report('  one event at a free time', inSingles, event(3, 3 * 60), 5);
  await report('  one event at a taken time', inSingles, event(3, 9 * 60 + 30), 5);
  await report('  a weekly series at a free time', inSingles, event(3, 3 * 60, 'FREQ=WEEKLY'));
  await report('  a weekly series at a taken time', inSingles, event(3, 9 * 60 + 30, 'FREQ=WEEKLY'));
}

/** Half an hour, so many days and minutes after the first Monday. */
function event(day: number, minute: number, rrule?: string): EventContent {
  const at = (minutes: number): string => new Date(MONDAY + day * DAY + minutes * 60_000).toISOString();
  const input = { title: 'Meeting', start_time: at(minute), end_time: at(minute + 30), recurrence_pattern: rrule };
  const draft = draftContent(input, null, 'UTC');
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return draft.content;
}

/** Between 8:00 and 20:00, as many as fit and more; a full calendar, in which they overlap. */
function thousandSeries(): EventContent[] {
  const rules = ['FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=WEEKLY;INTERVAL=2', 'FREQ=MONTHLY', 'FREQ=WEEKLY'];
  return Array.from({ length: 1_000 }, (_, index) =>
    event(index % 7, 8 * 60 + 30 * (index % 24), rules[index % rules.length]),
  );
}

/** 24 a day for more than a year, between 8:00 and 20:00. */
function tenThousandSingles(): EventContent[] {
  return Array.from({ length: 10_000 }, (_, index) => event(Math.floor(index / 24), 8 * 60 + 30 * (index % 24)));
}

/** As stored by requests that allow overlaps. Written straight: filling is not what is measured. */
async function fill(tx: Transaction, owner: string, contents: EventContent[]): Promise<void> {
  for (let from = 0; from < contents.length; from += 500) {
    const rows = contents.slice(from, from + 500).map((content) => {
      const { busy, until } = occupancyOf(content, Date.now() / 1_000);
      return {
        id: randomUUID(),
        ...{
          start: content.startTime,
          end: content.endTime,
          localStart: content.localStart,
          localEnd: content.localEnd,
        },
        snapshot: toSnapshot(content),
        ...{ rrule: content.rrule, busy: toMultirange(busy), week: toWeekMask(busy) },
        ...(until === null ? {} : { until: new Date(until * 1_000), far: computeFarTime(content, until) }),
      };
    });
    const values = [JSON.stringify(rows), owner];
    const recordset = `jsonb_to_recordset($1::jsonb) AS r (id uuid, start timestamptz, "end" timestamptz,
      "localStart" text, "localEnd" text, rrule text, busy text, week text,
      until timestamptz, far jsonb, snapshot jsonb)`;
    await tx.query(
      `INSERT INTO events (id, title, start_time, end_time, local_start, local_end, time_zone, all_day, rrule, series_id,
                           first_start, last_end, tzdata, version, created_at, updated_at, updated_by)
       SELECT id, 'Meeting', start, "end", "localStart", "localEnd", 'UTC', false, rrule, id, start,
              CASE WHEN rrule IS NULL THEN "end" END, 'bench', 1, now(), now(), $2::uuid FROM ${recordset}`,
      values,
    );
    await tx.query(
      `INSERT INTO event_versions (event_id, version, position, kind, author_id, changed, snapshot, created_at, hash)
       SELECT id, 1, 1, 'created', $2::uuid, '{}', snapshot, now(), sha256('') FROM ${recordset}`,
      values,
    );
    await tx.query(
      `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
       SELECT id, $2::uuid, 'owner', $2::uuid, now() FROM ${recordset}`,
      values,
    );
    await tx.query(
      `INSERT INTO event_occupancy (event_id, owner_id, busy, rejects, week, busy_until, far_days, far_week)
       SELECT id, $2::uuid, busy::tstzmultirange, false, week::bit(336), until,
              (far->>'days')::bit varying, (far->>'week')::bit(336) FROM ${recordset}`,
      values,
    );
  }
}

async function newOwner(database: Database): Promise<string> {
  const id = randomUUID();
  await database.query(
    `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
     VALUES ($1::uuid, $2, $3, '', 'UTC', now())`,
    [id, `owner-${id}`, `${id}@example.com`],
  );
  return id;
}

/** Milliseconds: medians of about two seconds; in turns of ten, so that both see the same machine. */
async function measure(
  read: () => Promise<unknown>,
  check: () => Promise<unknown>,
): Promise<{ read: number; check: number }> {
  const times = { read: [] as number[], check: [] as number[] };
  const turn = async (work: () => Promise<unknown>, into: number[]): Promise<void> => {
    await work(); // Warms up what the other one displaced.
    for (let index = 0; index < 10; index += 1) {
      const begin = performance.now();
      await work();
      into.push(performance.now() - begin);
    }
  };
  for (const end = performance.now() + 2_000; times.read.length < 30 || performance.now() < end;) {
    await turn(read, times.read);
    await turn(check, times.check);
  }
  return { read: median(times.read), check: median(times.check) };
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

function micro(milliseconds: number): string {
  return `${(milliseconds * 1_000).toFixed(0).padStart(6)} µs`;
}

function firstMonday(year: number): number {
  const first = Date.UTC(year, 0, 1);
  return first + ((8 - new Date(first).getUTCDay()) % 7) * DAY;
}
