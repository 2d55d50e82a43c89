import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createEvent,
  deleteEvent,
  getFreeBusy,
  restoreEvent,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { BusyTimeRepository } from '../../src/availability/busy-time.repository.js';
import { Database } from '../../src/platform/database/database.js';
import type { TestDatabase } from '../support/database.js';
import { changePart, createSeries } from '../support/series.js';
import { ok, type Person, type TestApp } from '../support/test-app.js';
import { startTwoServers } from '../support/two-servers.js';

// A server remembers what the versions of long rows of event_occupancy occupy, and asks for the versions each time.

/** What the series of these tests begin with. */
const DAILY = {
  recurrence_pattern: 'FREQ=DAILY',
  start_time: '2026-06-01T10:00:00Z',
  end_time: '2026-06-01T11:00:00Z',
};
const WEEK = { from: '2027-03-01', to: '2027-03-08' };
const FOURTH = '2027-03-04T10:00:00Z';

let database: TestDatabase;
let here: TestApp;
let there: TestApp;
let close: () => Promise<void>;
beforeAll(async () => void ({ database, here, there, close } = await startTwoServers()));
afterEach(() => vi.restoreAllMocks());
afterAll(() => close());

interface Span {
  start_time: string;
  end_time: string;
}

/** What a server says about the time of a person. */
async function askAt(server: TestApp, person: Person, window = WEEK): Promise<Span[]> {
  const client = server.client(person.accessToken);
  const { items } = await ok(getFreeBusy({ client, query: { user_ids: [person.id], ...window } }));
  return items[0]!.busy;
}

/** What the table says. */
const stored = (person: Person, window = WEEK): Promise<Span[]> =>
  database.query(
    `SELECT to_char(lower(part), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS start_time,
            to_char(upper(part), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS end_time
       FROM (SELECT range_agg(busy * tstzmultirange(tstzrange($2, $3))) AS parts
               FROM event_occupancy WHERE owner_id = $1) AS all_of_them, unnest(parts) AS part
      ORDER BY lower(part)`,
    [person.id, `${window.from}T00:00:00Z`, `${window.to}T00:00:00Z`],
  );

async function countLookUps(server: TestApp): Promise<{ hit: number; miss: number }> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const count = (result: string): number =>
    Number(new RegExp(`^convene_busy_time_cache_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)![1]);
  return { hit: count('hit'), miss: count('miss') };
}

describe('the busy time of a series, which a server remembers', () => {
  it('is read once for all windows of a year, and once more for two years', async () => {
    const ana = await there.signUp('ana');
    await createSeries(ana, DAILY);
    const before = await countLookUps(here);
    const weeks = [WEEK, { from: '2027-08-01', to: '2027-08-31' }, { from: '2027-01-01', to: '2027-02-01' }];
    for (const window of weeks) expect(await askAt(here, ana, window)).toEqual(await stored(ana, window));
    const newYear = { from: '2027-12-20', to: '2028-01-10' };
    expect(await askAt(here, ana, newYear)).toEqual(await stored(ana, newYear));
    expect(await countLookUps(here)).toEqual({ hit: before.hit + 2, miss: before.miss + 2 });
  });

  const client = (person: Person) => ({ client: person.client });
  it.each<[what: string, change: (ana: Person, id: string) => Promise<unknown>]>([
    [
      'is moved',
      (ana, id) => ok(updateEvent({ ...client(ana), path: { id }, body: { start_time: '2026-06-01T09:00:00Z' } })),
    ],
    [
      'has one date moved',
      (ana, id) => changePart(ana, { id }, FOURTH, 'this', { start_time: '2027-03-04T08:00:00Z' }),
    ],
    ['has one date shown as free', (ana, id) => changePart(ana, { id }, FOURTH, 'this', { show_as: 'free' })],
    [
      'has one date deleted',
      (ana, id) =>
        deleteEvent({ ...client(ana), path: { id }, query: { occurrence: FOURTH, scope: 'this' }, throwOnError: true }),
    ],
    [
      'is split',
      (ana, id) =>
        changePart(ana, { id }, FOURTH, 'following', {
          start_time: '2027-03-04T15:00:00Z',
          end_time: '2027-03-04T16:00:00Z',
        }),
    ],
    ['is shown as free', (ana, id) => ok(updateEvent({ ...client(ana), path: { id }, body: { show_as: 'free' } }))],
    ['is put into the trash', (ana, id) => deleteEvent({ ...client(ana), path: { id }, throwOnError: true })],
    [
      'has a neighbour',
      (ana) =>
        ok(
          createEvent({
            ...client(ana),
            body: { title: 'One', start_time: '2027-03-05T20:00:00Z', end_time: '2027-03-05T21:00:00Z' },
          }),
        ),
    ],
    [
      'has a second series beside it',
      (ana) => createSeries(ana, { ...DAILY, start_time: '2026-06-01T18:00:00Z', end_time: '2026-06-01T19:00:00Z' }),
    ],
  ])('is that of now when it %s on another server', async (_what, change) => {
    const ana = await there.signUp('ana');
    const { id } = await createSeries(ana, DAILY);
    const before = await askAt(here, ana);
    await change(ana, id);
    const after = await askAt(here, ana);
    expect(after).toEqual(await stored(ana));
    expect(after).not.toEqual(before);
  });

  it('is that of now after a version came back, and after the trash', async () => {
    const ana = await there.signUp('ana');
    const { id } = await createSeries(ana, DAILY);
    const before = await askAt(here, ana);
    await ok(updateEvent({ ...client(ana), path: { id }, body: { start_time: '2026-06-01T09:30:00Z' } }));
    expect(await askAt(here, ana)).not.toEqual(before);
    await ok(rollbackEvent({ ...client(ana), path: { id, version: 1 } }));
    expect(await askAt(here, ana)).toEqual(before);
    await deleteEvent({ ...client(ana), path: { id }, throwOnError: true });
    expect(await askAt(here, ana)).toEqual([]);
    await ok(restoreEvent({ ...client(ana), path: { id } }));
    expect(await askAt(here, ana)).toEqual(before);
  });

  /** Has something happen after the first of two reads that answer one question, and before the second. */
  function betweenReads(second: string, happen: () => Promise<unknown>): () => number {
    const reads = here.app.get(Database, { strict: false });
    const inSnapshot = reads.inSnapshot.bind(reads);
    let count = 0;
    vi.spyOn(reads, 'inSnapshot').mockImplementation((work) =>
      inSnapshot((queries) =>
        work({
          query: async (sql, parameters) => {
            const text = typeof sql === 'string' ? sql : sql.text;
            if (text.includes(second) && (count += 1) === 1) {
              // The snapshot is that of the first statement.
              await queries.query('SELECT 1 FROM users LIMIT 1');
              await happen();
            }
            return queries.query(sql, parameters);
          },
        }),
      ),
    );
    return () => count;
  }

  it('is that of one moment when a series is split between the question for versions and the reading of their time', async () => {
    const ana = await there.signUp('ana');
    const { id } = await createSeries(ana, DAILY);
    const before = await stored(ana);
    const times = { start_time: '2027-03-04T15:00:00Z', end_time: '2027-03-04T16:00:00Z' };
    const count = betweenReads('WHERE o.event_id = ANY($1)', () => changePart(ana, { id }, FOURTH, 'following', times));
    expect(await askAt(here, ana)).toEqual(before);
    expect(count()).toBe(1);
    expect(await askAt(here, ana)).toEqual(await stored(ana));
    expect(await stored(ana)).not.toEqual(before);
  });

  it('is that of one moment when a series comes to be stored for fewer years between the two reads', async () => {
    const ana = await there.signUp('ana');
    const { id } = await createSeries(ana, DAILY);
    const window = { from: '2034-03-01', to: '2034-03-02' };
    const before = await askAt(here, ana, window);
    expect(before).toEqual([{ start_time: '2034-03-01T10:00:00Z', end_time: '2034-03-01T11:00:00Z' }]);
    const hours = Array.from({ length: 24 }, (_, hour) => hour).join(',');
    const body = { recurrence_pattern: `FREQ=DAILY;BYHOUR=${hours}`, end_time: '2026-06-01T10:30:00Z' };
    const count = betweenReads('pg_column_size', () => ok(updateEvent({ ...client(ana), path: { id }, body })));
    expect(await askAt(here, ana, window)).toEqual(before);
    expect(count()).toBe(1);
    expect(await askAt(here, ana, window)).toHaveLength(24);
  });

  it('is the same when there is too much to remember', async () => {
    const ana = await there.signUp('ana');
    for (const hour of ['08', '10', '12']) {
      const times = { start_time: `2026-06-01T${hour}:00:00Z`, end_time: `2026-06-01T${hour}:45:00Z` };
      await createSeries(ana, { ...DAILY, ...times });
    }
    const { limits } = here.app.get(BusyTimeRepository, { strict: false });
    const usual = { ...limits };
    const before = await countLookUps(here);
    for (const small of [{ bytes: 100_000 }, { bytes: 0 }, { versions: 2 }, { intervals: 20 }]) {
      Object.assign(limits, usual, small);
      expect([small, await askAt(here, ana)]).toEqual([small, await stored(ana)]);
    }
    Object.assign(limits, usual);
    // One was learned at first, nothing by the next two, and two by the last.
    expect(await askAt(here, ana)).toEqual(await stored(ana));
    expect(await countLookUps(here)).toEqual({ hit: before.hit + 5, miss: before.miss + 7 });
  });

  it('is the same for series of any length, side by side, in any window', async () => {
    const ana = await there.signUp('ana');
    const rules = ['FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=MO,WE,FR', 'FREQ=DAILY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=MONTHLY'];
    for (const [index, recurrence_pattern] of [...rules, 'FREQ=DAILY;BYHOUR=1,3,5,7,9,11,13'].entries()) {
      // The last begins before midnight, and is busy in the next year as well.
      const start = new Date(Date.UTC(2026, 5, 1, index === 5 ? 1 : 12 + index * 2, 30));
      const end = new Date(start.getTime() + (index === 4 ? 14 : 1) * 3_600_000);
      const times = { start_time: start.toISOString(), end_time: end.toISOString() };
      await createSeries(ana, { ...times, recurrence_pattern, on_conflict: 'allow' });
    }
    for (let from = Date.UTC(2026, 10, 20); from < Date.UTC(2028, 1, 1); from += 17 * 86_400_000) {
      for (const days of [1, 20, 92]) {
        const dates = [from, from + days * 86_400_000].map((time) => new Date(time).toISOString().slice(0, 10));
        const window = { from: dates[0]!, to: dates[1]! };
        expect([window, await askAt(here, ana, window)]).toEqual([window, await stored(ana, window)]);
      }
    }
    expect((await countLookUps(here)).hit).toBeGreaterThan(100);
  });
});
