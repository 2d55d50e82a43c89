import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventView, ListEventsData } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

type Query = NonNullable<ListEventsData['query']>;

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const titles = async ({ client }: Person, query: Query = {}): Promise<string[]> =>
  (await ok(listEvents({ client, query }))).items.map(({ title }) => title);

/** An event named after the day on which it takes place. */
const on = (owner: Person, day: number, changes: Partial<CreateEventBody> = {}): Promise<EventView> =>
  createMeeting(owner, { title: `day ${day}`, ...hourOn(day), ...changes });

describe('GET /api/events', () => {
  it('lists what the caller can see by start, and nothing of others', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    await on(ana, 3);
    const shared = await on(ana, 1);
    await on(ben, 2);
    await on(ben, 4);
    await share(ana, shared.id, ben, 'viewer');
    expect(await titles(ana)).toEqual(['day 1', 'day 3']);
    const { items, next_cursor: cursor } = await ok(listEvents({ client: ben.client }));
    expect(items.map(({ title }) => title)).toEqual(['day 1', 'day 2', 'day 4']);
    expect(items[0]).toMatchObject({ role: 'viewer', can: ['read'], owner: { id: ana.id, username: ana.username } });
    expect(items[0]).not.toHaveProperty('permissions');
    expect(cursor).toBeNull();
  });

  it('is empty for a newcomer', async () => {
    expect(await ok(listEvents({ client: (await app.signUp('new')).client }))).toEqual({
      items: [],
      next_cursor: null,
      sync_token: expect.any(String) as string,
    });
  });
});

describe('the window', () => {
  let ana: Person;
  beforeAll(async () => {
    ana = await app.signUp('ana', 'Europe/Paris');
    for (const day of [0, 1, 2]) await on(ana, day);
    await on(ana, 5, { title: 'offsite', all_day: true, start_time: '2026-06-06', end_time: '2026-06-09' });
  });

  const at = (from?: string, to?: string): Promise<string[]> => titles(ana, { from, to });

  it('finds what overlaps it, half-open on both sides', async () => {
    expect(await at('2026-06-01T10:30:00Z', '2026-06-02T10:30:00Z')).toEqual(['day 0', 'day 1']);
    expect(await at('2026-06-01T11:00:00Z', '2026-06-02T10:00:00Z')).toEqual([]);
    expect(await at('2026-06-01T10:59:59Z', '2026-06-02T10:00:01Z')).toEqual(['day 0', 'day 1']);
    expect(await at('2026-06-07T00:00:00Z', '2026-06-08T00:00:00Z')).toEqual(['offsite']);
  });

  it('may be open at either end', async () => {
    expect(await at('2026-06-02T12:00:00Z')).toEqual(['day 2', 'offsite']);
    expect(await at(undefined, '2026-06-02T00:00:00Z')).toEqual(['day 0']);
  });

  it('is read in the caller’s zone when it has no offset', async () => {
    // Paris midnight is 22:00 UTC of the day before; the all-day event begins then.
    expect(await at('2026-06-05T23:59:59', '2026-06-06T00:00:01')).toEqual(['offsite']);
    expect(await at('2026-06-06', '2026-06-07')).toEqual(['offsite']);
    expect(await at('2026-06-04', '2026-06-06')).toEqual([]);
  });

  it('has a second name, start_date and end_date', async () => {
    expect(await titles(ana, { start_date: '2026-06-02', end_date: '2026-06-03' })).toEqual(['day 1']);
  });

  it('is refused when it is empty or unreadable', async () => {
    const refusal = async (query: Query): Promise<string[]> =>
      complaints(await refused(listEvents({ client: ana.client, query })));
    expect(await refusal({ from: 'x', to: 'y' })).toEqual(['/query/from not_an_instant', '/query/to not_an_instant']);
    expect(await refusal({ from: '2026-06-02', to: '2026-06-02' })).toEqual(['/query/to end_not_after_start']);
    expect(await refusal({ updated_since: '2026-13-01' })).toEqual(['/query/updated_since not_an_instant']);
  });

  it('finds a series by an occurrence in it, and not by its ends alone', async () => {
    const cid = await app.signUp('cid');
    await on(cid, 0, {
      title: 'mondays',
      recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO',
      excluded: ['2026-06-15T10:00:00Z'],
    });
    await on(cid, 1, { title: 'three tuesdays', recurrence_pattern: 'FREQ=WEEKLY;COUNT=3', show_as: 'free' });
    const during = (day: string): Promise<string[]> =>
      titles(cid, { from: `${day}T00:00:00Z`, to: `${day}T23:59:00Z` });
    expect(await during('2026-06-08')).toEqual(['mondays']);
    expect(await during('2026-06-10')).toEqual([]);
    expect(await during('2026-06-15')).toEqual([]);
    expect(await during('2026-06-16')).toEqual(['three tuesdays']);
    expect(await during('2026-06-23')).toEqual([]);
    // A Monday a century ahead.
    expect(await during('2126-06-03')).toEqual(['mondays']);
    expect(await titles(cid, { to: '2026-06-01T10:00:00Z' })).toEqual([]);
    expect(await titles(cid, { from: '2150-01-01' })).toEqual(['mondays']);
  });
});

describe('the filters', () => {
  let ana: Person;
  let ben: Person;
  let series: EventView;
  beforeAll(async () => {
    [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    await on(ana, 0, { title: 'Budget 100%', description: 'With the board', location: 'Room 4' });
    series = await on(ana, 1, { title: 'Standup', location: 'Room_5', recurrence_pattern: 'FREQ=DAILY;COUNT=2' });
    await on(ana, 9, { title: 'Board dinner', location: 'Chez Zoé' });
    const theirs = await on(ben, 20, { title: 'Review', location: 'room 44' });
    await share(ben, theirs.id, ana, 'editor');
    const seen = await on(ben, 21, { title: 'Party', description: 'No board games' });
    await share(ben, seen.id, ana, 'viewer');
  });

  it.each<[Query, string[]]>([
    [{ q: 'board' }, ['Budget 100%', 'Board dinner', 'Party']],
    [{ q: 'ROOM' }, ['Budget 100%', 'Standup', 'Review']],
    [{ q: '100%' }, ['Budget 100%']],
    [{ q: '%' }, ['Budget 100%']],
    [{ q: 'Room_5' }, ['Standup']],
    [{ q: '\\' }, []],
    [{ q: '' }, ['Budget 100%', 'Standup', 'Board dinner', 'Review', 'Party']],
    [{ location: 'room 4' }, ['Budget 100%', 'Review']],
    [{ location: 'zoé' }, ['Board dinner']],
    [{ role: 'owner' }, ['Budget 100%', 'Standup', 'Board dinner']],
    [{ role: 'editor' }, ['Review']],
    [{ role: 'viewer' }, ['Party']],
    [{ is_recurring: true }, ['Standup']],
    [{ is_recurring: false, role: 'owner' }, ['Budget 100%', 'Board dinner']],
    [{ q: 'board', role: 'owner', from: '2026-06-05' }, ['Board dinner']],
    [{ q: 'board', location: 'room', is_recurring: false }, ['Budget 100%']],
    [{ q: 'board', role: 'editor' }, []],
    [{ sort: '-start_time' }, ['Party', 'Review', 'Board dinner', 'Standup', 'Budget 100%']],
    [{ sort: '-start_time', role: 'owner', limit: 2 }, ['Board dinner', 'Standup']],
  ])('hold together: %j', async (query, expected) => {
    expect(await titles(ana, query)).toEqual(expected);
  });

  it('find the events of one owner', async () => {
    expect(await titles(ana, { owner_id: ben.id })).toEqual(['Review', 'Party']);
    expect(await titles(ana, { owner_id: ana.id.toUpperCase(), q: 'board' })).toEqual(['Budget 100%', 'Board dinner']);
    expect(await titles(ana, { owner_id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' })).toEqual([]);
  });

  it('find what changed lately, and sort by it', async () => {
    const { updated_at } = await ok(
      updateEvent({ client: ana.client, path: { id: series.id }, body: { description: 'Daily' } }),
    );
    expect(await titles(ana, { updated_since: updated_at })).toEqual(['Standup']);
    expect((await titles(ana, { sort: '-updated_at' }))[0]).toBe('Standup');
    expect((await titles(ana, { sort: 'updated_at' })).at(-1)).toBe('Standup');
    expect(await titles(ana, { updated_since: '2190-01-01' })).toEqual([]);
  });

  it('take roles in any case, and flags by name alone', async () => {
    const roles = await send(app, '/api/events?role=EDITOR', { as: ana });
    expect(roles.json.items).toHaveLength(1);
    const trash = await send(app, '/api/events?deleted', { as: ana });
    expect(trash.json.items).toEqual([]);
  });

  it('take an offset whose + was not escaped', async () => {
    const { status, json } = await send(app, '/api/events?from=2026-06-22T13:00:00+02:00', { as: ana });
    expect([status, json.items]).toEqual([200, []]);
  });

  it.each([
    ['limit=-1', '/query/limit too_small'],
    ['limit=0', '/query/limit too_small'],
    ['limit=201', '/query/limit too_large'],
    ['limit=ten', '/query/limit invalid'],
    ['limit=1&limit=2', '/query/limit invalid'],
    ['page=0', '/query/page too_small'],
    ['page_size=201', '/query/page_size too_large'],
    ['role=boss', '/query/role not_allowed'],
    ['owner_id=me', '/query/owner_id not_a_uuid'],
    ['is_recurring=perhaps', '/query/is_recurring invalid'],
    ['sort=title', '/query/sort not_allowed'],
    ['q=%00', '/query/q invalid'],
    ['colour=red', '/query/colour unknown_field'],
    ['q[$ne]=1', '/query/q[$ne] unknown_field'],
  ])('refuse ?%s', async (query, complaint) => {
    const { status, json } = await send(app, `/api/events?${query}`, { as: ana });
    expect([status, ...complaints(json)]).toEqual([422, complaint]);
  });
});

describe('pages', () => {
  const COUNT = 23;
  let ana: Person;
  beforeAll(async () => {
    ana = await app.signUp('ana');
    // Several at the same time: the id decides between them.
    const days = Array.from({ length: COUNT }, (_, index) => Math.floor(index / 4));
    const body = days.map((day, index) => ({ title: `event ${index}`, ...hourOn(day), show_as: 'free' }));
    expect((await send(app, '/api/events/batch', { as: ana, body })).status).toBe(201);
  });

  /** Every page up to the last, doing something in between. */
  async function walk(query: Query, between?: (page: number) => Promise<unknown>): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor: string | undefined; ;) {
      const page = await ok(listEvents({ client: ana.client, query: { ...query, cursor } }));
      pages.push(page.items.map(({ title }) => title));
      if (page.next_cursor === null) return pages;
      cursor = page.next_cursor;
      await between?.(pages.length);
    }
  }
  const all = Array.from({ length: COUNT }, (_, index) => `event ${index}`);

  it('hold everything once, in either direction', async () => {
    for (const limit of [1, 4, 5, 22, 23, 24]) {
      const pages = await walk({ limit });
      expect(pages.flat()).toEqual(all);
      expect(pages).toHaveLength(Math.ceil(COUNT / limit));
    }
    expect((await walk({ limit: 4, sort: '-start_time' })).flat()).toEqual([...all].reverse());
    for (const sort of ['updated_at', '-updated_at'] as const) {
      expect(new Set((await walk({ limit: 4, sort })).flat()).size).toBe(COUNT);
    }
  });

  it('stay whole while others are inserted before, between and behind', async () => {
    const pages = await walk({ limit: 5, q: 'event' }, (page) =>
      Promise.all([-1, 0, page, 50 + page].map((day) => on(ana, day, { title: 'x event late', show_as: 'free' }))),
    );
    const walked = pages.flat().filter((title) => title !== 'x event late');
    expect(walked).toEqual(all);
  });

  it('pass over a series without an occurrence in the window, and are full all the same', async () => {
    const cid = await app.signUp('cid');
    const item = (index: number): object => ({
      title: `${index}`,
      ...hourOn(0, 8 + Math.floor(index / 10)),
      show_as: 'free',
      // Every second one skips the week of the window.
      recurrence_pattern: index % 2 === 0 ? 'FREQ=WEEKLY' : 'FREQ=WEEKLY;INTERVAL=2',
    });
    const body = Array.from({ length: 40 }, (_, index) => item(index));
    expect((await send(app, '/api/events/batch', { as: cid, body })).status).toBe(201);
    const query = { from: '2026-06-07', to: '2026-06-14', limit: 7 };
    const found: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await ok(listEvents({ client: cid.client, query: { ...query, cursor } }));
      found.push(...page.items.map(({ title }) => title));
      if (page.next_cursor === null) break;
      expect(page.items).toHaveLength(7);
      cursor = page.next_cursor;
    }
    expect(found).toEqual(Array.from({ length: 20 }, (_, index) => `${index * 2}`));
    const numbered = await ok(listEvents({ client: cid.client, query: { ...query, page: 1 } }));
    expect(numbered.total).toBe(20);
  });

  it('link to the next one', async () => {
    const { headers, json } = await send(app, '/api/events?limit=5&q=event&sort=-start_time', { as: ana });
    const link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    const next = await send(app, link!, { as: ana });
    expect(next.json.items).toHaveLength(5);
    expect(next.json.items[0].id).not.toBe(json.items[0].id);
    expect((await send(app, '/api/events?q=event%2022', { as: ana })).headers.has('link')).toBe(false);
  });

  it('may be numbered, with totals', async () => {
    const query = { q: 'event ', page_size: 10 };
    const total = (await ok(listEvents({ client: ana.client, query: { q: 'event ', limit: 200 } }))).items.length;
    const pages = Math.ceil(total / 10);
    const first = await ok(listEvents({ client: ana.client, query: { ...query, page: 1 } }));
    expect(first).toMatchObject({ total, page: 1, page_size: 10, pages, next_cursor: null });
    expect(first.items).toHaveLength(10);
    const last = await ok(listEvents({ client: ana.client, query: { ...query, page: pages } }));
    expect(last.items).toHaveLength(total - (pages - 1) * 10);
    const beyond = await ok(listEvents({ client: ana.client, query: { ...query, page: 1_000_000 } }));
    expect(beyond).toMatchObject({ items: [], total });
  });

  it('refuse a cursor of another list, of another order, or of nobody', async () => {
    const cursorOf = async (path: string): Promise<string> => (await send(app, path, { as: ana })).json.next_cursor;
    const event = (await ok(listEvents({ client: ana.client, query: { limit: 1 } }))).items[0]!;
    const here = await cursorOf('/api/events?limit=1');
    const forged = (...key: unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');
    const order = 'events:start_time';
    const cases: [string, string][] = [
      ['/api/events', await cursorOf('/api/notifications?limit=1')],
      ['/api/events?sort=-start_time', here],
      ['/api/notifications', here],
      [`/api/events/${event.id}/history`, here],
      ['/api/events', 'nonsense'],
      ['/api/events', forged(order, 'yesterday', event.id)],
      ['/api/events', forged(order, event.start_time, 'x')],
      ['/api/events', forged(order, '-271821-04-20T00:00:00.000Z', event.id)],
      ['/api/events', forged(order, '+275760-09-13T00:00:00.000Z', event.id)],
      ['/api/events', forged(order, `2026-01-01' OR '1'='1`, event.id)],
    ];
    for (const [path, cursor] of cases) {
      const { status, json } = await send(app, `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`, { as: ana });
      expect([path, status, ...complaints(json)]).toEqual([path, 422, '/query/cursor invalid']);
    }
  });
});
