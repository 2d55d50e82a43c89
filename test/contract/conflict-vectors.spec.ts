import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, createEvents } from '../../sdk/generated/sdk.gen.js';
import { expand } from '../../src/recurrence/expand.js';
import { seriesFromICalendar } from '../../src/recurrence/icalendar-series.js';
import { formatLocalTime, localOf, type LocalTime, parseICalendarTime, stampOf } from '../../src/time/local-time.js';
import { atOnce, outcome, type Outcome } from '../support/calls.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

interface Side {
  dtstart: string;
  tzid: string;
  rrule: string[];
  rdate: string[];
  exdate: string[];
  minutes: number;
}

/** Two series, and how often they overlap: two independent computations agree. */
interface Pair {
  id: string;
  a: Side;
  b: Side;
  conflictCount: number;
  firstConflicts: { aStart: string; bStart: string }[];
}

interface ConflictVector {
  start_time: string;
  with: { start_time: string };
}

const folder = process.env['RECURRENCE_VECTORS'];
const file = folder ? join(folder, 'conflicts.json') : '';
const note = existsSync(file) ? '' : ' (left out: RECURRENCE_VECTORS names no folder that has it)';

describe.skipIf(!existsSync(file))(`every pair of conflicts.json${note}`, () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startApp()));
  afterAll(() => app.close());

  it('is refused exactly when it overlaps before the horizon, with the first overlaps; later ones are predicted', async () => {
    const pairs = JSON.parse(readFileSync(file, 'utf8')) as Pair[];
    const waiting = [...pairs];
    const wrong: unknown[] = [];
    await atOnce(4, async () => {
      const owner = await app.signUp('owner');
      for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
        const { expected, found } = await judge(app, owner, pair);
        if (!isDeepStrictEqual(found, expected)) wrong.push({ id: pair.id, expected, found });
        // The next pair finds an empty calendar.
        await app.database.query('DELETE FROM event_occupancy WHERE owner_id = $1', [owner.id]);
      }
    });
    expect(wrong).toEqual([]);
    expect(pairs).toHaveLength(203);
  });
});

/** What the server makes of one after the other, and the expected result. */
async function judge(
  app: TestApp,
  owner: Person,
  { a, b, conflictCount, firstConflicts }: Pair,
): Promise<{ expected: object; found: object }> {
  const first = await create(owner, a);
  const second = await create(owner, b);
  const horizon = await readHorizon(app, first);
  const met = firstConflicts.map(({ aStart, bStart }) => ({ theirs: wire(aStart), ours: wire(bStart) }));
  const known = met.filter(({ theirs, ours }) => theirs < horizon && ours < horizon);
  const isPredicted = known.length === 0 && conflictCount > 0;
  return {
    expected: {
      statuses: [201, known.length > 0 ? 409 : 201],
      conflicts: known,
      predicted: isPredicted ? met.slice(0, 1) : [],
    },
    found: {
      statuses: [first.status, second.status],
      conflicts: conflictsOf(second.body['conflicts']).slice(0, known.length),
      // Beyond the time that the data cover there may be more.
      predicted: isPredicted ? conflictsOf(second.body['possible_conflicts_after']) : [],
    },
  };
}

/** The side as a client would send it; what lasts too long for a series as events of their own. */
async function create(owner: Person, side: Side): Promise<Outcome> {
  const { client } = owner;
  const wallTime = (text: string): string => formatLocalTime(parseICalendarTime(text));
  const common = { title: 'A side', time_zone: side.tzid };
  const created = await outcome(
    createEvent({
      client,
      body: {
        ...common,
        ...timesFrom(parseICalendarTime(side.dtstart), side.minutes),
        ...(side.rrule.length > 0 ? { recurrence_pattern: side.rrule[0] } : {}),
        ...(side.exdate.length > 0 ? { excluded: side.exdate.map(wallTime) } : {}),
        ...(side.rdate.length > 0 ? { added: side.rdate.map(wallTime) } : {}),
      },
    }),
  );
  const errors = created.body['errors'] as { code: string }[] | undefined;
  if (errors?.[0]?.code !== 'occurrence_too_long') return created;
  const starts = expand(seriesFromICalendar(side), { from: -Infinity, to: Infinity }, 11);
  const events = starts.map(({ original }) => ({
    ...common,
    ...timesFrom(original, side.minutes),
    on_conflict: 'allow' as const,
  }));
  return outcome(createEvents({ client, body: { events } }));
}

function timesFrom(start: LocalTime, minutes: number): { start_time: string; end_time: string } {
  const end = localOf(stampOf(start) + minutes * 60);
  return { start_time: formatLocalTime(start), end_time: formatLocalTime(end) };
}

/** Up to where the first one is known exactly. No pair first meets between its horizon and that of the other one. */
async function readHorizon(app: TestApp, { body }: Outcome): Promise<string> {
  const [row] = await app.database.query<{ until: Date | null }>(
    `SELECT busy_until AS until FROM event_occupancy WHERE event_id = $1`,
    [body['id']],
  );
  return row?.until?.toISOString() ?? '9999';
}

const wire = (text: string): string => `${formatLocalTime(parseICalendarTime(text.replace('Z', '')))}Z`;

const conflictsOf = (value: unknown): { theirs: string; ours: string }[] =>
  ((value as ConflictVector[] | undefined) ?? []).map((conflict) => ({
    theirs: conflict.start_time,
    ours: conflict.with.start_time,
  }));
