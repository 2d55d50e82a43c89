import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvents,
  deleteEvent,
  restoreEvent,
  revokePermission,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventView } from '../../sdk/generated/types.gen.js';
import { type EventContent, isSeries, selectContent } from '../../src/content/event-content.js';
import { listOccurrences, wireOccurrence } from '../../src/content/occurrences.js';
import { fromSnapshot, type Snapshot } from '../../src/content/snapshot.js';
import { READS } from '../../src/events/reads.js';
import { share } from '../support/meetings.js';
import { Chance } from '../support/random.js';
import { done } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const SEED = 20_261_127;
const EVENTS = 90;
const QUERIES = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Everything takes place in this range, or repeats beyond its end. */
const FIRST_DAY = Date.UTC(2026, 8, 1);
const RANGE = { from: Date.UTC(2025, 0, 1) / 1_000, to: Date.UTC(2032, 0, 1) / 1_000 };
const WORDS = ['Budget', 'budget', 'Größe', 'ÉTÉ', '100%', 'under_score', 'back\\slash', 'tea'];

/** One state of an event, and the roles that people have today. */
interface State {
  id: string;
  content: EventContent;
  updatedAt: Date;
  ownerId: string;
  roles: Record<string, string>;
  deletedToday: boolean;
}

let app: TestApp;
let people: Person[];
let moments: Date[];
const chance = new Chance(SEED);

const local = (time: number): string => new Date(time).toISOString().slice(0, 19);
const date = (time: number): string => local(time).slice(0, 10);

/** Returns the body of an event of a random kind, which occupies no time. */
function randomEvent(): CreateEventBody {
  const start = FIRST_DAY + chance.below(90) * DAY_MS + chance.pick([0, 9, 9.5, 23]) * HOUR_MS;
  const timed = (hours: number): Pick<CreateEventBody, 'start_time' | 'end_time'> => ({
    start_time: local(start),
    end_time: local(start + hours * HOUR_MS),
  });
  const allDay = (first: number, days: number): Partial<CreateEventBody> => ({
    all_day: true,
    start_time: date(first),
    end_time: date(first + days * DAY_MS),
  });
  const times = chance.pick<Partial<CreateEventBody>>([
    timed(chance.pick([0.25, 1, 3])),
    timed(chance.pick([0.25, 1, 3])),
    timed(24),
    timed(24.25),
    timed(23.75),
    timed(80),
    allDay(start, 1),
    // Of 25 hours in Paris.
    allDay(Date.UTC(2026, 9, 25), 1),
    allDay(start, 3),
    { ...timed(1), recurrence_pattern: 'FREQ=WEEKLY' },
    { ...timed(1), recurrence_pattern: `FREQ=WEEKLY;COUNT=${2 + chance.below(6)}` },
    { ...timed(2), recurrence_pattern: 'FREQ=DAILY;COUNT=4', excluded: [local(start)] },
    { ...timed(30), recurrence_pattern: 'FREQ=DAILY;INTERVAL=2' },
    { ...timed(1), added: [local(start + 20 * DAY_MS)] },
    { ...timed(1), recurrence_pattern: 'FREQ=MONTHLY;COUNT=5', added: [local(start - 40 * DAY_MS)] },
    { ...allDay(start, 1), recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' },
  ]);
  const zone = chance.pick(['UTC', 'Europe/Paris', 'America/New_York', 'Pacific/Apia']);
  return {
    title: `${chance.pick(WORDS)} ${chance.below(10)}`,
    description: chance.below(2) ? chance.pick(WORDS) : null,
    location: chance.below(2) ? chance.pick(WORDS) : null,
    show_as: 'free',
    time_zone: times.all_day ? 'Europe/Paris' : zone,
    ...times,
  } as CreateEventBody;
}

/** Changes one event in a random way. */
async function randomChange(owner: Person, event: EventView): Promise<void> {
  const { client } = owner;
  const path = { id: event.id };
  const series = event.is_recurring && event.recurrence_pattern !== null;
  const other = chance.pick(people.filter((person) => person !== owner));
  const change = chance.pick<() => Promise<unknown>>([
    () => ok(updateEvent({ client, path, body: { title: `${chance.pick(WORDS)} again` } })),
    () => ok(updateEvent({ client, path, body: { location: chance.pick(WORDS) } })),
    () => {
      const { start_time, end_time } = randomEvent();
      const isDay = event.all_day;
      const [start, end] = isDay
        ? [date(Date.parse(start_time)), date(Date.parse(start_time) + DAY_MS)]
        : [start_time, end_time];
      return updateEvent({ client, path, body: { start_time: start, end_time: end } });
    },
    () => done(deleteEvent({ client, path })),
    () => share(owner, event.id, other, chance.pick(['viewer', 'editor'])),
    () => revokePermission({ client, path: { ...path, userId: other.id } }),
    async () => {
      if (!series) return;
      const query = { occurrence: event.start_time, scope: 'this' as const };
      const later = Date.parse(event.start_time) + 3 * DAY_MS;
      const start_time = event.all_day ? date(later) : new Date(later).toISOString();
      const end_time = event.all_day ? date(later + DAY_MS) : new Date(later + HOUR_MS).toISOString();
      // An occurrence that is excluded or moves onto another is refused: then nothing changes.
      await updateEvent({ client, path, query, body: { start_time, end_time, title: 'moved tea' } });
    },
    async () => {
      if (!series) return;
      const [, second] = await occurrencesOf(event.id);
      const query = { occurrence: second!, scope: 'following' as const };
      await updateEvent({ client, path, query, body: { title: 'tail of Budget' } });
    },
  ]);
  await change();
}

/** Returns the original starts of the first occurrences. */
async function occurrencesOf(id: string): Promise<string[]> {
  const [row] = await app.database.query<EventContent>(`SELECT ${selectContent('e')} FROM events e WHERE e.id = $1`, [
    id,
  ]);
  return listOccurrences(row!, { from: RANGE.from, to: RANGE.to }, 3).map(({ original }) => original);
}

/** Reads every event today, or as of a time, straight from the tables. */
async function readStates(asOf: Date | null): Promise<State[]> {
  const rows = await app.database.query<Omit<State, 'content'> & EventContent & { snapshot: Snapshot }>(
    `SELECT e.id, e.deleted_at IS NOT NULL AS "deletedToday", ${selectContent('e')},
            coalesce(v.created_at, e.updated_at) AS "updatedAt", v.snapshot,
            (SELECT p.user_id FROM event_permissions p WHERE p.event_id = e.id AND p.role = 'owner') AS "ownerId",
            (SELECT json_object_agg(p.user_id, p.role) FROM event_permissions p WHERE p.event_id = e.id) AS roles
       FROM events e
       LEFT JOIN event_versions v ON v.event_id = e.id
        AND v.version = (SELECT max(version) FROM event_versions WHERE event_id = e.id AND created_at <= $1)
      WHERE $1::timestamptz IS NULL OR v.version IS NOT NULL`,
    [asOf],
  );
  return rows.map(({ id, updatedAt, ownerId, roles, deletedToday, snapshot, ...content }) => ({
    ...{ id, updatedAt, ownerId, roles, deletedToday },
    content: asOf ? fromSnapshot(snapshot) : content,
  }));
}

type Query = Partial<
  Record<'from' | 'to' | 'q' | 'location' | 'role' | 'owner_id' | 'sort' | 'as_of' | 'updated_since', string>
> & {
  is_recurring?: boolean;
  deleted?: boolean;
};

/** Returns what a list must contain, in order, by looking at every event and every occurrence. */
function expectedIds(states: State[], person: Person, query: Query): string[] {
  const bound = (name: 'from' | 'to' | 'updated_since', otherwise: number): number =>
    query[name] === undefined ? otherwise : Date.parse(query[name]);
  const [from, to] = [bound('from', -Infinity), bound('to', Infinity)];
  const contains = (text: unknown, part: string): boolean =>
    typeof text === 'string' && text.toLowerCase().includes(part.toLowerCase());
  const texts = ({ title, description, location }: Partial<EventContent>): unknown[] => [title, description, location];
  const sort = query.sort ?? 'start_time';
  const found = states.filter(({ content, roles, ownerId, deletedToday, updatedAt }) => {
    const role = roles[person.id];
    const trashed = content.deletedAt !== null;
    if (role === undefined || (deletedToday && role !== 'owner')) return false;
    if (query.deleted ? !trashed || role !== 'owner' : trashed) return false;
    if (query.role !== undefined && role !== query.role) return false;
    if (query.owner_id !== undefined && ownerId !== query.owner_id) return false;
    if (query.is_recurring !== undefined && isSeries(content) !== query.is_recurring) return false;
    if (updatedAt.getTime() < bound('updated_since', -Infinity)) return false;
    const versions = [content, ...content.overrides];
    const { q, location } = query;
    if (q !== undefined && !versions.some((one) => texts(one).some((text) => contains(text, q)))) return false;
    if (location !== undefined && !versions.some((one) => contains(one.location, location))) return false;
    if (from === -Infinity && to === Infinity) return true;
    // The dates of all-day events are compared with the clocks of the reader, which are UTC here.
    return listOccurrences(content, RANGE, 10_000)
      .map((occurrence) => wireOccurrence(content, occurrence))
      .some(({ start_time, end_time }) => Date.parse(start_time) < to && Date.parse(end_time) > from);
  });
  const column = sort.endsWith('start_time')
    ? ({ content }: State): number => content.startTime.getTime()
    : ({ updatedAt }: State): number => updatedAt.getTime();
  const direction = sort.startsWith('-') ? -1 : 1;
  found.sort((a, b) => direction * (column(a) - column(b) || (a.id < b.id ? -1 : 1)));
  return found.map(({ id }) => id);
}

/** An instant at, or just beside, the bound of an occurrence. */
function randomBound(states: State[]): number {
  const { content } = chance.pick(states);
  const { start, end } = chance.pick(listOccurrences(content, RANGE, 5));
  return chance.pick([start, end]) * 1_000 + chance.pick([0, 0, 1_000, -1_000, DAY_MS, -DAY_MS, 30 * DAY_MS]);
}

function randomQuery(states: State[]): Query {
  const query: Query = {};
  const maybe = (odds: number, set: () => void): void => void (chance.next() < odds && set());
  const [first, second] = [randomBound(states), randomBound(states)].sort((a, b) => a - b) as [number, number];
  maybe(0.7, () => (query.from = new Date(first).toISOString()));
  maybe(
    0.7,
    () => (query.to = new Date(query.from !== undefined && second === first ? first + 1_000 : second).toISOString()),
  );
  maybe(0.4, () => (query.is_recurring = chance.below(2) === 0));
  maybe(
    0.3,
    () => (query.q = chance.pick(['budget', 'GRÖSSE', 'größe', 'été', '%', '_', '\\', 'te', 'a', 'again', 'nothing'])),
  );
  maybe(0.1, () => (query.location = chance.pick(['budget', 'tea', 'Été'])));
  maybe(0.15, () => (query.role = chance.pick(['owner', 'editor', 'viewer'])));
  maybe(0.1, () => (query.owner_id = chance.pick(people).id));
  maybe(0.1, () => (query.updated_since = chance.pick(states).updatedAt.toISOString()));
  maybe(0.15, () => (query.deleted = true));
  maybe(
    0.8,
    () => (query.sort = chance.pick(['start_time', '-start_time', '-start_time', 'updated_at', '-updated_at'])),
  );
  return query;
}

async function get(
  person: Person,
  query: object,
): Promise<{ items: EventView[]; next_cursor: string | null; total?: number }> {
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  const response = await fetch(`${app.url}/api/events?${new URLSearchParams(pairs).toString()}`, {
    headers: { authorization: `Bearer ${person.accessToken}` },
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as never;
}

async function readByCursor(person: Person, query: Query, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await get(person, { ...query, limit, ...(cursor === null ? {} : { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
    if (cursor === null) return ids;
  }
}

async function readByNumber(person: Person, query: Query, size: number, total: number): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 1; page === 1 || (page - 1) * size < total; page += 1) {
    const { items, total: counted } = await get(person, { ...query, page, page_size: size });
    expect(counted).toBe(total);
    ids.push(...items.map(({ id }) => id));
  }
  return ids;
}

/** Compares one list with what it must be, read by cursor or by number. */
async function check(states: State[], asOf: Date | null): Promise<void> {
  const person = chance.pick(people);
  const query = { ...randomQuery(states), ...(asOf ? { as_of: asOf.toISOString() } : {}) };
  // The owner as of a time is not today's: test/api/as-of.api.spec.ts.
  if (asOf) delete query.owner_id;
  const expected = expectedIds(states, person, query);
  const size = Math.max(chance.pick([1, 3, 7, 50]), Math.ceil(expected.length / 8));
  const found =
    chance.below(3) === 0
      ? await readByNumber(person, query, size, expected.length)
      : await readByCursor(person, query, size);
  expect(found, JSON.stringify(query)).toEqual(expected);
}

describe('lists of events', () => {
  beforeAll(async () => {
    app = await startApp();
    people = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cid')];
    moments = [];
    const mark = async (): Promise<void> => {
      await sleep(2);
      moments.push(new Date());
      await sleep(2);
    };
    const owned: [Person, EventView][] = [];
    for (const owner of people) {
      const body = { events: Array.from({ length: EVENTS / people.length }, randomEvent) };
      const { items } = await ok(createEvents({ client: owner.client, body }));
      owned.push(...items.map((event): [Person, EventView] => [owner, event]));
    }
    for (const [owner, event] of owned.filter((_one, index) => index % 8 === 0)) {
      await share(owner, event.id, chance.pick(people.filter((person) => person !== owner)), 'viewer');
    }
    await mark();
    for (let round = 0; round < 3; round += 1) {
      for (let turn = 0; turn < EVENTS / 3; turn += 1) {
        const [owner, event] = chance.pick(owned);
        await randomChange(owner, event).catch(() => undefined);
      }
      await mark();
      const [{ id }] = (await get(people[round]!, { deleted: true })).items as [EventView];
      await ok(restoreEvent({ client: people[round]!.client, path: { id }, body: {} }));
      const mine = owned.find(([owner]) => owner === people[round])![1];
      await share(people[round]!, mine.id, people[(round + 1) % 3]!, 'editor').catch(() => undefined);
      const path = { id: mine.id, userId: people[(round + 1) % 3]!.id };
      if (round === 0) await changeRole({ client: people[round]!.client, path, body: { role: 'owner' } });
    }
    await mark();
  });
  afterAll(() => app.close());

  it('are of events of every kind, in every state', async () => {
    const [found] = await app.database.query(
      `SELECT count(*) FILTER (WHERE deleted_at IS NOT NULL) > 0 AS trash, count(*) FILTER (WHERE split_from IS NOT NULL) > 0 AS tails,
              count(*) FILTER (WHERE overrides @? '$[*].start') > 0 AS moved, count(*) FILTER (WHERE excluded <> '[]') > 0 AS excluded,
              count(*) FILTER (WHERE first_start < start_time) > 0 AS early, count(*) FILTER (WHERE last_end IS NULL) > 0 AS endless,
              count(*) FILTER (WHERE version > 2) > 5 AS edited, count(*) FILTER (WHERE all_day AND end_time - start_time = '25:00') > 0 AS long
         FROM events`,
    );
    expect(Object.entries(found!).filter(([, some]) => !some)).toEqual([]);
    const roles = await app.database.query<{ role: string; n: number }>(
      `SELECT role, count(*)::int AS n FROM event_permissions GROUP BY role`,
    );
    expect(Object.fromEntries(roles.map(({ role, n }) => [role, n > 3]))).toEqual({
      owner: true,
      editor: true,
      viewer: true,
    });
  });

  it('contain exactly what overlaps the window and matches the filters, in order, however they are paged', async () => {
    const states = await readStates(null);
    for (let turn = 0; turn < QUERIES; turn += 1) await check(states, null);
  });

  it('contain the same for people with many events, whose texts and changes are found by indexes', async () => {
    const usual = { ...READS };
    Object.assign(READS, { searched: 6, manyEvents: 6, latestChanges: 40 });
    try {
      const states = await readStates(null);
      for (let turn = 0; turn < QUERIES; turn += 1) await check(states, null);
    } finally {
      Object.assign(READS, usual);
    }
  });

  it('are the same by number as by cursor, with the same total on every page', async () => {
    const states = await readStates(null);
    let found = 0;
    for (let turn = 0; turn < QUERIES; turn += 1) {
      const person = chance.pick(people);
      const query = randomQuery(states);
      const byCursor = await readByCursor(person, query, 50);
      // Many short pages, whose bounds fall between single events and series of the same window.
      const size = Math.max(2, Math.ceil(byCursor.length / 6));
      expect(await readByNumber(person, query, size, byCursor.length), JSON.stringify(query)).toEqual(byCursor);
      if (query.from ?? query.to) found += byCursor.length;
    }
    expect(found).toBeGreaterThan(QUERIES);
  });

  it.each([
    ['few', READS.manyEvents],
    ['many', 6],
  ])('contain the same as of an earlier time, for people with %s events', async (_who, manyEvents) => {
    const usual = READS.manyEvents;
    READS.manyEvents = manyEvents;
    try {
      for (const moment of moments) {
        const states = await readStates(moment);
        for (let turn = 0; turn < QUERIES / 6; turn += 1) await check(states, moment);
      }
    } finally {
      READS.manyEvents = usual;
    }
  });
});
