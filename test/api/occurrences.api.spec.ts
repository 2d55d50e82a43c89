import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteEvent, listEvents, listOccurrences, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { EventItemView, EventView, OccurrenceView } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { complaints, done, footprint, send } from '../support/requests.js';
import { createSeries, expanded, occurrencesOf, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

const override = (event: EventView, occurrence: string, body: object): Promise<EventView> =>
  ok(updateEvent({ client: ana.client, path: { id: event.id }, query: { occurrence, scope: 'this' }, body }));

describe('GET /api/events/:id/occurrences', () => {
  it('ends the list of an endless series with the years that can be written down', async () => {
    const ben = await app.signUp('ben', 'America/New_York');
    const last = { start_time: '2031-12-31T23:30:00', end_time: '2031-12-31T23:45:00' };
    const days = { all_day: true, start_time: '2031-12-31', end_time: '2032-01-01' };
    for (const times of [last, days]) {
      // Every 996 years is 3027 and so on until 9003, and 9999.
      const { id } = await createSeries(ben, {
        ...times,
        recurrence_pattern: 'FREQ=YEARLY;INTERVAL=996',
        show_as: 'free',
      });
      const found = await occurrencesOf(ben, id);
      expect(found).toHaveLength(8);
      expect(found.every(({ end_time: end }) => /^[2-9]\d{3}-/.test(end))).toBe(true);
    }
    const { id } = await createSeries(ben, { recurrence_pattern: 'FREQ=DAILY;INTERVAL=900', show_as: 'free' });
    expect((await occurrencesOf(ben, id)).at(-1)!.end_time).toMatch(/^999\d-/);
  });

  it('walks a series page by page, each occurrence once, and writes nothing', async () => {
    const ben = await app.signUp('ben');
    const { id } = await createSeries(ben, { recurrence_pattern: 'FREQ=DAILY;COUNT=25' });
    const before = await footprint(app.database);
    const whole = await occurrencesOf(ben, id);
    expect(whole).toHaveLength(25);
    expect(whole[0]).toEqual({
      start_time: '2026-06-01T10:00:00Z',
      end_time: '2026-06-01T11:00:00Z',
      original_start: '2026-06-01T10:00:00Z',
      overridden: false,
      title: 'Team Meeting',
      description: null,
      location: null,
      show_as: 'busy',
      url: null,
      status: 'confirmed',
    });
    for (const limit of [1, 7, 24, 25]) expect(await occurrencesOf(ben, id, {}, limit)).toEqual(whole);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('lists those that overlap a window, half-open, read in the caller’s zone', async () => {
    const ben = await app.signUp('ben', 'Europe/Paris');
    const { id } = await createSeries(ben);
    const at = (from?: string, to?: string): Promise<string[]> => startsOf(ben, id, { from, to });
    expect(await at('2026-06-08T11:00:00Z', '2026-06-22T10:00:00Z')).toEqual(['26-06-15T10:00']);
    expect(await at('2026-06-08T10:59:59Z', '2026-06-22T10:00:01Z')).toHaveLength(3);
    expect(await at('2026-06-15', '2026-06-16')).toEqual(['26-06-15T10:00']);
    // 13:00 in Paris is when the occurrence ends.
    expect(await at('2026-06-15T13:00:00', '2026-06-16')).toEqual([]);
    expect(await at(undefined, '2026-06-16')).toHaveLength(3);
    expect(await at('2020-01-01', '2020-02-01')).toEqual([]);
  });

  it('goes on as long as an endless series does, and is as right a century ahead', async () => {
    const paris = { time_zone: 'Europe/Paris', start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
    const ben = await app.signUp('ben');
    const { id } = await createSeries(ben, paris);
    const first = await ok(listOccurrences({ client: ben.client, path: { id }, query: { limit: 3 } }));
    expect(first.next_cursor).toEqual(expect.any(String));
    expect(await startsOf(ben, id, { from: '2126-05-01', to: '2126-05-20' })).toEqual([
      '26-05-06T08:00',
      '26-05-13T08:00',
    ]);
    expect(await startsOf(ben, id, { from: '2126-01-01', to: '2126-01-10' })).toEqual(['26-01-07T09:00']);
  });

  it('has one for an event that happens once, and dates for whole days', async () => {
    const ben = await app.signUp('ben', 'Pacific/Apia');
    const once = await createMeeting(ben);
    expect(await startsOf(ben, once.id)).toEqual(['26-06-01T10:00']);
    expect(await startsOf(ben, once.id, { from: '2026-07-01' })).toEqual([]);
    const days = await createSeries(ben, {
      all_day: true,
      start_time: '2026-06-05',
      end_time: '2026-06-07',
      recurrence_pattern: 'FREQ=MONTHLY;COUNT=2',
    });
    expect(await occurrencesOf(ben, days.id)).toMatchObject([
      { start_time: '2026-06-05', end_time: '2026-06-07', original_start: '2026-06-05' },
      { start_time: '2026-07-05', end_time: '2026-07-07', original_start: '2026-07-05' },
    ]);
  });

  it('lists an overridden occurrence where it is now, with its own texts', async () => {
    const ben = await app.signUp('ben');
    const event = await createSeries(ben, { recurrence_pattern: 'FREQ=WEEKLY;COUNT=3', description: 'Sync' });
    const query = { occurrence: '2026-06-08T10:00:00Z', scope: 'this' as const };
    const body = { ...hourOn(200, 15), title: 'Far away', location: 'Moon', show_as: 'free' as const };
    await ok(updateEvent({ client: ben.client, path: { id: event.id }, query, body }));
    const all = await occurrencesOf(ben, event.id, {}, 1);
    expect(all.map(({ start_time }) => start_time.slice(0, 10))).toEqual(['2026-06-01', '2026-06-15', '2026-12-18']);
    expect(all[2]).toEqual({
      ...{ start_time: '2026-12-18T15:00:00Z', end_time: '2026-12-18T16:00:00Z' },
      ...{ original_start: '2026-06-08T10:00:00Z', overridden: true },
      ...{ title: 'Far away', description: 'Sync', location: 'Moon', show_as: 'free' },
      ...{ url: null, status: 'confirmed' },
    });
    expect(await startsOf(ben, event.id, { from: '2026-06-08', to: '2026-06-09' })).toEqual([]);
    expect(await startsOf(ben, event.id, { from: '2026-12-01', to: '2027-01-01' })).toEqual(['26-12-18T15:00']);
  });

  it.each([
    ['Australia/Lord_Howe', '2026-10-03', '02:15', '2026-10-03T15:45:00Z', '2026-10-04T15:15:00Z'],
    ['Antarctica/Troll', '2026-03-28', '01:30', '2026-03-29T01:30:00Z', '2026-03-29T23:30:00Z'],
    ['Europe/Paris', '2026-03-28', '02:30', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
    ['Pacific/Apia', '2011-12-29', '10:00', '2011-12-30T20:00:00Z', '2011-12-30T20:00:00Z'],
  ])(
    'moves a time that %s skips forward by the gap, marks it, and returns to it the next day',
    async (zone, day, time, skipped, next) => {
      const ben = await app.signUp('ben', zone);
      const [hour, minute] = time.split(':').map(Number) as [number, number];
      const end = `${day}T${String(hour).padStart(2, '0')}:${String(minute + 10).padStart(2, '0')}:00`;
      const { id } = await createSeries(ben, {
        start_time: `${day}T${time}:00`,
        end_time: end,
        recurrence_pattern: 'FREQ=DAILY;COUNT=3',
        on_conflict: 'allow',
      });
      const found: OccurrenceView[] = await occurrencesOf(ben, id);
      expect(found.map(({ adjusted }) => adjusted ?? false)).toEqual([false, true, false]);
      expect(found.slice(1).map(({ start_time }) => start_time)).toEqual([skipped, next]);
    },
  );

  it('refuses what is no window and no cursor, and numbered pages', async () => {
    const ben = await app.signUp('ben');
    const { id } = await createSeries(ben);
    await createMeeting(ben, hourOn(1));
    const call = (query: object) => refused(listOccurrences({ client: ben.client, path: { id }, query }));
    expect(complaints(await call({ from: 'soon', to: '2026-02-30' }))).toEqual([
      '/query/from not_an_instant',
      '/query/to not_an_instant',
    ]);
    expect(complaints(await call({ from: '2026-06-02', to: '2026-06-02' }))).toEqual(['/query/to end_not_after_start']);
    expect(complaints(await call({ page: 1 }))).toEqual(['/query/page not_allowed']);
    expect(complaints(await call({ cursor: 'nonsense' }))).toEqual(['/query/cursor invalid']);
    const { next_cursor: ofEvents } = await ok(listEvents({ client: ben.client, query: { limit: 1 } }));
    expect(complaints(await call({ cursor: ofEvents }))).toEqual(['/query/cursor invalid']);
  });

  it('is hidden from strangers and for what is in the trash', async () => {
    const [ben, carl] = [await app.signUp('ben'), await app.signUp('carl')];
    const { id } = await createSeries(ben);
    expect((await refused(listOccurrences({ client: carl.client, path: { id } }))).status).toBe(404);
    await share(ben, id, carl, 'viewer');
    expect(await startsOf(carl, id, { to: '2026-06-09' })).toHaveLength(2);
    await done(deleteEvent({ client: ben.client, path: { id } }));
    expect((await refused(listOccurrences({ client: ben.client, path: { id } }))).status).toBe(404);
  });
});

describe('GET /api/events?expand=true', () => {
  const JUNE = { from: '2026-06-01', to: '2026-07-01' };
  const summarize = (items: EventItemView[]): string[] =>
    items.map(({ title, occurrence }) => `${occurrence!.start_time.slice(5, 16)} ${title}`);

  it('lists one item an occurrence over everything the caller sees, by start', async () => {
    const [ben, carl] = [await app.signUp('ben'), await app.signUp('carl')];
    await createSeries(ben, { title: 'weekly', recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    await createMeeting(ben, { title: 'once', ...hourOn(7, 9) });
    const shared = await createSeries(carl, { title: 'shared', ...hourOn(0, 8), recurrence_pattern: 'FREQ=MONTHLY' });
    await createSeries(carl, { title: 'private', ...hourOn(0, 12) });
    await share(carl, shared.id, ben, 'viewer');
    const items = await expanded(ben, JUNE);
    expect(summarize(items)).toEqual([
      '06-01T08:00 shared',
      '06-01T10:00 weekly',
      '06-08T09:00 once',
      '06-08T10:00 weekly',
      '06-15T10:00 weekly',
    ]);
    expect(items[0]).toMatchObject({ role: 'viewer', id: shared.id, start_time: '2026-06-01T08:00:00Z' });
    expect(items[3]!.occurrence).toEqual({
      start_time: '2026-06-08T10:00:00Z',
      end_time: '2026-06-08T11:00:00Z',
      original_start: '2026-06-08T10:00:00Z',
    });
  });

  it('pages over occurrences without gap or repetition, however many start together', async () => {
    const ben = await app.signUp('ben');
    for (let index = 0; index < 3; index += 1) {
      await createSeries(ben, { title: `s${index}`, recurrence_pattern: 'FREQ=DAILY;COUNT=4', on_conflict: 'allow' });
      await createMeeting(ben, { title: `e${index}`, ...hourOn(1), on_conflict: 'allow' });
    }
    const whole = summarize(await expanded(ben, JUNE));
    expect(whole).toHaveLength(15);
    for (const limit of [1, 2, 4, 7]) expect(summarize(await expanded(ben, { ...JUNE, limit }))).toEqual(whole);
    const { headers, json } = await send(app, `/api/events?expand=true&from=2026-06-01&to=2026-07-01&limit=4`, {
      as: ben,
    });
    expect(headers.get('link')).toContain(encodeURIComponent(json.next_cursor));
  });

  it('goes on where the last page ended while events come and go', async () => {
    const ben = await app.signUp('ben');
    const series = await createSeries(ben, { title: 'daily', recurrence_pattern: 'FREQ=DAILY;COUNT=10' });
    const removed = await createMeeting(ben, { title: 'removed', ...hourOn(1, 12) });
    const query = { ...JUNE, expand: true, limit: 4 };
    const first = await ok(listEvents({ client: ben.client, query }));
    expect(summarize(first.items).at(-1)).toBe('06-03T10:00 daily');
    // Behind the page, before it, and the very item on which it ended.
    await createMeeting(ben, { title: 'early', ...hourOn(0, 8) });
    await createMeeting(ben, { title: 'late', ...hourOn(3, 8) });
    await done(deleteEvent({ client: ben.client, path: { id: removed.id } }));
    const part = { occurrence: '2026-06-03T10:00:00Z', scope: 'this' as const };
    await done(deleteEvent({ client: ben.client, path: { id: series.id }, query: part }));
    const cursor = first.next_cursor!;
    const rest = await ok(listEvents({ client: ben.client, query: { ...query, cursor, limit: 200 } }));
    expect(summarize(rest.items)).toEqual([
      '06-04T08:00 late',
      ...['04', '05', '06', '07', '08', '09', '10'].map((day) => `06-${day}T10:00 daily`),
    ]);
  });

  it('lays the texts of an occurrence over those of its series, and finds by them', async () => {
    const ben = await app.signUp('ben');
    const { id } = await createSeries(ben, {
      title: 'Sync',
      recurrence_pattern: 'FREQ=WEEKLY;COUNT=3',
      location: 'Room 4',
    });
    const part = { occurrence: '2026-06-08T10:00:00Z', scope: 'this' as const };
    const body = { title: 'Party', location: 'Garden', show_as: 'free' as const, ...hourOn(8, 18) };
    await ok(updateEvent({ client: ben.client, path: { id }, query: part, body }));
    const items = await expanded(ben, JUNE);
    expect(summarize(items)).toEqual(['06-01T10:00 Sync', '06-09T18:00 Party', '06-15T10:00 Sync']);
    expect(items[1]).toMatchObject({ location: 'Garden', show_as: 'free', id });
    expect(summarize(await expanded(ben, { ...JUNE, q: 'parTY' }))).toEqual(['06-09T18:00 Party']);
    expect(summarize(await expanded(ben, { ...JUNE, location: 'room' }))).toEqual([
      '06-01T10:00 Sync',
      '06-15T10:00 Sync',
    ]);
    expect(summarize(await expanded(ben, { ...JUNE, q: 'sync', limit: 1 }))).toEqual([
      '06-01T10:00 Sync',
      '06-15T10:00 Sync',
    ]);
    const found = await ok(listEvents({ client: ben.client, query: { q: 'garden' } }));
    expect(found.items.map((item) => item.id)).toEqual([id]);
  });

  it('takes the filters of the list', async () => {
    const [ben, carl] = [await app.signUp('ben'), await app.signUp('carl')];
    await createSeries(ben, { title: 'series', recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' });
    await createMeeting(ben, { title: 'once', ...hourOn(1) });
    const shared = await createMeeting(carl, { title: 'shared', ...hourOn(2) });
    await share(carl, shared.id, ben, 'editor');
    const names = async (query: object) =>
      summarize(await expanded(ben, { ...JUNE, ...query })).map((name) => name.slice(12));
    expect(await names({ is_recurring: true })).toEqual(['series', 'series']);
    expect(await names({ is_recurring: false })).toEqual(['once', 'shared']);
    expect(await names({ role: 'editor' })).toEqual(['shared']);
    expect(await names({ owner_id: ben.id })).toEqual(['series', 'once', 'series']);
    expect(await names({ updated_since: '2100-01-01T00:00:00Z' })).toEqual([]);
  });

  it('needs a window of at most 400 days, in the order of time, by cursor', async () => {
    const call = async (query: object) =>
      complaints(await refused(listEvents({ client: ana.client, query: { expand: true, ...query } })));
    expect(await call({})).toEqual(['/query/from required']);
    expect(await call({ from: '2026-06-01' })).toEqual(['/query/to required']);
    expect(await call({ from: '2026-06-01', to: '2027-08-01' })).toEqual(['/query/to too_large']);
    expect(await call({ ...JUNE, sort: '-start_time' })).toEqual(['/query/sort not_allowed']);
    expect(await call({ ...JUNE, page: 2 })).toEqual(['/query/page not_allowed']);
    expect(await call({ ...JUNE, cursor: 'nonsense' })).toEqual(['/query/cursor invalid']);
    const { items } = await ok(
      listEvents({ client: ana.client, query: { expand: true, from: '2026-06-01', to: '2027-07-01' } }),
    );
    expect(items).toBeInstanceOf(Array);
  });
});

describe('a list of events in a window', () => {
  it('finds a series by any of its occurrences, moved ones and those of 2126 too', async () => {
    const ben = await app.signUp('ben');
    const { id } = await createSeries(ben, { recurrence_pattern: 'FREQ=YEARLY' });
    const other = await createSeries(ben, { ...hourOn(1), recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    const at = async (from: string, to: string): Promise<string[]> =>
      (await ok(listEvents({ client: ben.client, query: { from, to } }))).items.map((item) => item.id);
    expect(await at('2126-06-01', '2126-06-02')).toEqual([id]);
    expect(await at('2126-06-02', '2127-06-01')).toEqual([]);
    expect(await at('2026-06-03', '2026-06-09')).toEqual([]);
    expect(await at('2026-06-09', '2026-06-10')).toEqual([other.id]);
    const part = { occurrence: '2026-06-09T10:00:00Z', scope: 'this' as const };
    await ok(updateEvent({ client: ben.client, path: { id: other.id }, query: part, body: hourOn(900) }));
    expect(await at('2026-06-09', '2026-06-10')).toEqual([]);
    expect(await at('2028-11-17', '2028-11-18')).toEqual([other.id]);
    expect(await expanded(ben, { from: '2126-06-01', to: '2126-06-02' })).toMatchObject([
      { id, occurrence: { start_time: '2126-06-01T10:00:00Z' } },
    ]);
  });
});

describe('an override far from its slot', () => {
  it('is part of the event too, and removed when its values are those of the series again', async () => {
    const event = await createSeries(ana, { ...hourOn(300), recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    const slot = event.start_time;
    const moved = await override(event, slot, { ...hourOn(400), title: 'Later' });
    expect(moved).toMatchObject({ version: 2, title: 'Team Meeting' });
    expect(moved.overrides).toEqual([{ original_start: slot, ...hourOn(400), title: 'Later' }]);
    const back = await override(event, slot, { ...hourOn(300), title: 'Team Meeting' });
    expect(back).toMatchObject({ version: 3, overrides: [] });
  });
});
