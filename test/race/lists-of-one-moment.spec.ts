import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createEvents, exportCalendar, listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Database, type Queryable } from '../../src/platform/database/database.js';
import { createMeeting, hourOn } from '../support/meetings.js';
import { ok, type Person, type TestApp } from '../support/test-app.js';
import { startTwoServers } from '../support/two-servers.js';

// Lists that several statements read. What changes between two of them must not fall through.

let here: TestApp;
let there: TestApp;
let close: () => Promise<void>;
beforeAll(async () => void ({ here, there, close } = await startTwoServers()));
afterEach(() => vi.restoreAllMocks());
afterAll(() => close());

type Query = Queryable['query'];

/** Has something happen on the other server after the `nth` statement about spans, and before the others. */
function afterRead(nth: number, happen: () => Promise<unknown>): () => number {
  const reads = here.app.get(Database, { strict: false });
  let before: Promise<unknown> = Promise.resolve();
  let count = 0;
  const slow =
    (query: Query): Query =>
    <Row>(sql: Parameters<Query>[0], parameters?: unknown[]) => {
      if (!(typeof sql === 'string' ? sql : sql.text).includes('visible_spans')) return query<Row>(sql, parameters);
      count += 1;
      const rows = before.then(() => query<Row>(sql, parameters));
      before = count === nth ? rows.then(happen) : rows;
      return rows;
    };
  const [query, inSnapshot] = [reads.query.bind(reads), reads.inSnapshot.bind(reads)];
  vi.spyOn(reads, 'query').mockImplementation(slow(query));
  vi.spyOn(reads, 'inSnapshot').mockImplementation((work) =>
    inSnapshot((queries) => work({ query: slow((...statement) => queries.query(...statement)) })),
  );
  return () => count;
}

const WEEK = { from: '2026-06-01', to: '2026-06-08', expand: true };
const titlesHere = async ({ accessToken }: Person, query: object): Promise<string[]> => {
  const { items } = await ok(listEvents({ client: here.client(accessToken), query }));
  return items.map(({ title }) => title);
};

it.each([
  ['an event that becomes a series', undefined, 'FREQ=YEARLY'],
  ['a series that becomes an event', 'FREQ=YEARLY', null],
])('a list of occurrences has once: %s', async (_name, before, after) => {
  const ana = await there.signUp('ana');
  const { id } = await createMeeting(ana, { title: 'Changed', recurrence_pattern: before });
  await createMeeting(ana, { title: 'Other', ...hourOn(1) });
  const change = { client: ana.client, path: { id }, body: { recurrence_pattern: after } };
  const count = afterRead(1, () => ok(updateEvent(change)));
  expect(await titlesHere(ana, WEEK)).toEqual(['Changed', 'Other']);
  expect(count()).toBe(2);
});

it.each([
  ['of all events', {}],
  ['of a window', { from: '2026-06-01', to: '2026-06-08' }],
])('a numbered page %s counts the events that it has', async (_name, filter) => {
  const ana = await there.signUp('ana');
  await createMeeting(ana, { title: 'First' });
  // Its dates have to be computed to know that it is not in the window.
  await createMeeting(ana, { title: 'Later', ...hourOn(-1), recurrence_pattern: 'FREQ=DAILY;INTERVAL=30;COUNT=2' });
  const before = await titlesHere(ana, { ...filter, page: 1 });
  const count = afterRead(1, () => createMeeting(ana, { title: 'New', ...hourOn(2) }));
  const { items, total } = await ok(
    listEvents({ client: here.client(ana.accessToken), query: { ...filter, page: 1 } }),
  );
  expect([items.map(({ title }) => title), total]).toEqual([before, before.length]);
  expect(count()).toBeGreaterThan(1);
});

it('a page has an event once that moves on while it is read', async () => {
  const ana = await there.signUp('ana');
  // Three series that begin before the window and have no date in it: the first read keeps one event of four.
  for (const day of [-3, -2, -1]) {
    await createMeeting(ana, { ...hourOn(day), recurrence_pattern: 'FREQ=DAILY;INTERVAL=30;COUNT=2' });
  }
  const { id } = await createMeeting(ana, { title: 'Moved', ...hourOn(1) });
  await createMeeting(ana, { title: 'Other', ...hourOn(2) });
  const edit = { client: ana.client, path: { id }, body: hourOn(3) };
  // The first read tells that another one is needed.
  const count = afterRead(2, () => ok(updateEvent(edit)));
  expect(await titlesHere(ana, { ...WEEK, expand: false, limit: 3 })).toEqual(['Moved', 'Other']);
  expect(count()).toBe(3);
});

it('a calendar file has every event, also one that moves from the second page of its reads to the first', async () => {
  const ana = await there.signUp('ana');
  // One more than are read at once, by start.
  const at = (day: number): object => ({ title: `Day ${day}`, ...hourOn(day) });
  for (const [first, count] of [
    [1, 500],
    [501, 500],
    [1_001, 500],
    [1_501, 500],
    [2_001, 1],
  ] as const) {
    const events = Array.from({ length: count }, (_, index) => at(first + index)) as never;
    await ok(createEvents({ client: ana.client, body: { events } }));
  }
  const { items } = await ok(listEvents({ client: ana.client, query: { sort: '-start_time', limit: 1 } }));
  const { id } = items[0]!;
  const count = afterRead(1, () => ok(updateEvent({ client: ana.client, path: { id }, body: hourOn(0) })));
  const file = await ok(exportCalendar({ client: here.client(ana.accessToken) }));
  expect(file.match(/^SUMMARY:Day \d+/gm)?.length).toBe(2_001);
  expect(count()).toBe(2);
});
