import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  getEvent,
  listEvents,
  listOccurrences,
  patchEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventView, UpdateEventBody } from '../../sdk/generated/types.gen.js';
import { createMeeting, share } from '../support/meetings.js';
import { complaints } from '../support/requests.js';
import { changePart, expanded, occurrencesOf, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** Ana has nothing else to do in any test. */
async function newSeries(body: Partial<CreateEventBody>, zone = 'UTC'): Promise<EventView> {
  ana = await app.signUp('ana', zone);
  return ok(createEvent({ client: ana.client, body: { title: 'Sync', ...at('2026-06-01'), ...body } }));
}

/** An hour from ten, or from another hour. */
const at = (day: string, hour = '10', length = 1) => ({
  start_time: `${day}T${hour}:00:00`,
  end_time: `${day}T${String(Number(hour) + length).padStart(2, '0')}:00:00`,
});

const patch = (event: EventView, body: UpdateEventBody): Promise<EventView> =>
  ok(patchEvent({ client: ana.client, path: { id: event.id }, body }));

const refusedPatch = (event: EventView, body: UpdateEventBody) =>
  refused(patchEvent({ client: ana.client, path: { id: event.id }, body }));

const read = (id: string): Promise<EventView> => ok(getEvent({ client: ana.client, path: { id } }));

/** Day and time of each occurrence, in UTC. */
const times = async ({ id }: EventView): Promise<string[]> => (await startsOf(ana, id)).map((start) => start.slice(3));

describe('the hour that the clocks show twice', () => {
  const SECOND_HOUR = { start_time: '2026-10-25T02:30:00+01:00', end_time: '2026-10-25T03:30:00+01:00' };
  const daily = () =>
    newSeries({ ...at('2026-10-24', '12'), recurrence_pattern: 'FREQ=DAILY;COUNT=3' }, 'Europe/Paris');

  it('is the instant that was sent, for one occurrence, and stays through other edits', async () => {
    const event = await daily();
    const changed = await changePart(ana, event, '2026-10-25T12:00:00', 'this', SECOND_HOUR);
    expect(changed.overrides).toMatchObject([{ start_time: '2026-10-25T01:30:00Z', end_time: '2026-10-25T02:30:00Z' }]);
    await changePart(ana, event, '2026-10-25T12:00:00', 'this', { title: 'Clocks' });
    await patch(event, at('2026-10-24', '13'));
    expect(await times(event)).toEqual(['10-24T11:00', '10-25T01:30', '10-26T12:00']);
    const first = { start_time: '2026-10-25T02:30:00+02:00', end_time: '2026-10-25T03:30:00+01:00' };
    const moved = await changePart(ana, event, '2026-10-25T13:00:00', 'this', first);
    expect(moved.overrides).toMatchObject([{ start_time: '2026-10-25T00:30:00Z', end_time: '2026-10-25T02:30:00Z' }]);
    const zoned = await changePart(ana, event, '2026-10-25T13:00:00', 'this', SECOND_HOUR);
    expect(zoned.overrides).toMatchObject([{ start_time: '2026-10-25T01:30:00Z' }]);
    const tokyo = await patch(event, { time_zone: 'Asia/Tokyo' });
    expect(tokyo.overrides).toMatchObject([{ start_time: '2026-10-25T01:30:00Z' }]);
  });

  it('is refused as a start or an added date of a series, and names no occurrence', async () => {
    const event = await daily();
    expect(complaints(await refusedPatch(event, { added: [SECOND_HOUR.start_time] }))).toEqual([
      '/added/0 repeated_time',
    ]);
    expect(complaints(await refusedPatch(event, { excluded: [SECOND_HOUR.start_time] }))).toEqual([
      '/excluded/0 repeated_time',
    ]);
    const body = { title: 'x', ...SECOND_HOUR, recurrence_pattern: 'FREQ=DAILY;COUNT=3' };
    expect(complaints(await refused(createEvent({ client: ana.client, body })))).toEqual(['/start_time repeated_time']);
    const all = {
      client: ana.client,
      path: { id: event.id },
      query: { occurrence: '2026-10-25T12:00:00', scope: 'all' as const },
    };
    expect(complaints(await refused(updateEvent({ ...all, body: SECOND_HOUR })))).toEqual([
      '/start_time repeated_time',
    ]);
    const nights = await newSeries(
      { ...at('2026-10-24', '02'), recurrence_pattern: 'FREQ=DAILY;COUNT=3' },
      'Europe/Paris',
    );
    const second = { client: ana.client, path: { id: nights.id }, query: { occurrence: '2026-10-25T02:00:00+01:00' } };
    expect((await refused(deleteEvent(second))).status).toBe(404);
  });

  it('stays the second one for an event that happens once', async () => {
    const event = await newSeries({ ...SECOND_HOUR }, 'Europe/Paris');
    expect(event).toMatchObject({ start_time: '2026-10-25T01:30:00Z' });
    expect(complaints(await refusedPatch(event, { recurrence_pattern: 'FREQ=DAILY;COUNT=2' }))).toEqual([
      '/start_time repeated_time',
    ]);
  });
});

describe('the gap in spring', () => {
  it.each([
    ['02:00', '03:00', '01:00', '02:00'],
    ['02:30', '04:00', '01:30', '03:00'],
    ['01:30', '02:30', '00:30', '01:30'],
  ])('moves %s to %s as a whole', async (from, to, start, end) => {
    const body = { start_time: `2026-03-29T${from}:00`, end_time: `2026-03-29T${to}:00` };
    const event = await newSeries(body, 'Europe/Paris');
    const wanted = { start_time: `2026-03-29T${start}:00Z`, end_time: `2026-03-29T${end}:00Z`, adjusted: true };
    expect(event).toMatchObject(wanted);
    expect(await read(event.id)).toMatchObject(wanted);
    expect(await patch(event, body)).toMatchObject({ version: 1 });
    expect(await patch(event, { start_time: event.start_time, end_time: event.end_time })).toMatchObject({
      version: 1,
    });
    expect((await occurrencesOf(ana, event.id))[0]).toMatchObject(wanted);
  });

  it('gives a series the length on the clock', async () => {
    const body = {
      start_time: '2026-03-29T02:30:00',
      end_time: '2026-03-29T04:00:00',
      recurrence_pattern: 'FREQ=DAILY;COUNT=2',
    };
    const event = await newSeries(body, 'Europe/Paris');
    expect(event).toMatchObject({ adjusted: true });
    expect(await occurrencesOf(ana, event.id)).toMatchObject([
      { start_time: '2026-03-29T01:30:00Z', end_time: '2026-03-29T03:00:00Z', adjusted: true },
      { start_time: '2026-03-30T00:30:00Z', end_time: '2026-03-30T02:00:00Z' },
    ]);
  });

  it.each([
    ['forward', '2026-03-28', '2026-03-29'],
    ['back', '2026-10-24', '2026-10-25'],
  ])('does not change the length of night shifts that begin when the clocks go %s', async (_, first, next) => {
    const body = {
      start_time: `${first}T22:00:00`,
      end_time: `${next}T06:00:00`,
      recurrence_pattern: 'FREQ=DAILY;COUNT=3',
    };
    const event = await newSeries(body, 'Europe/Paris');
    const hours = (await occurrencesOf(ana, event.id)).map(
      ({ start_time, end_time }) => (Date.parse(end_time) - Date.parse(start_time)) / 3_600_000,
    );
    expect(hours).toEqual([8, 8, 8]);
    // Sent back, and moved by an hour as it was shown.
    const { start_time, end_time } = event;
    expect(await patch(event, { start_time, end_time })).toMatchObject({ version: 1 });
    const later = (text: string): string => new Date(Date.parse(text) + 3_600_000).toISOString();
    const moved = await patch(event, { start_time: later(start_time), end_time: later(end_time) });
    expect((Date.parse(moved.end_time) - Date.parse(moved.start_time)) / 3_600_000).toBe(8);
  });
});

describe('an all-day event', () => {
  it('has the same dates for every reader, in lists and in occurrences, once or repeated', async () => {
    const event = await newSeries({ all_day: true, start_time: '2026-06-09', end_time: '2026-06-12' }, 'Asia/Tokyo');
    const repeated = await newSeriesOf(ana, { title: 'Weekly', recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' });
    const readers = [
      await app.signUp('liam', 'America/Los_Angeles'),
      await app.signUp('kiri', 'Pacific/Kiritimati'),
      ana,
    ];
    for (const reader of readers) {
      if (reader !== ana) for (const { id } of [event, repeated]) await share(ana, id, reader, 'viewer');
      const on = async (from: string, to: string): Promise<string[]> => {
        const { items } = await ok(listEvents({ client: reader.client, query: { from, to } }));
        const each = await expanded(reader, { from, to });
        expect(each.map(({ title }) => title).sort()).toEqual(items.map(({ title }) => title).sort());
        const numbered = await ok(
          listEvents({ client: reader.client, query: { from, to, page: 1, is_recurring: false } }),
        );
        expect(numbered.total).toBe(items.filter(({ is_recurring }) => !is_recurring).length);
        return items.map(({ title }) => title).sort();
      };
      expect(await on('2026-06-08', '2026-06-09')).toEqual([]);
      expect(await on('2026-06-09', '2026-06-10')).toEqual(['Sync', 'Weekly']);
      expect(await on('2026-06-11', '2026-06-12')).toEqual(['Sync', 'Weekly']);
      expect(await on('2026-06-12', '2026-06-16')).toEqual([]);
      expect(await on('2026-06-16', '2026-06-17')).toEqual(['Weekly']);
      const days = {
        client: reader.client,
        path: { id: repeated.id },
        query: { from: '2026-06-16', to: '2026-06-17' },
      };
      expect((await ok(listOccurrences(days))).items).toMatchObject([
        { start_time: '2026-06-16', end_time: '2026-06-19' },
      ]);
    }
  });

  const newSeriesOf = (owner: Person, body: Partial<CreateEventBody>): Promise<EventView> =>
    createMeeting(owner, { all_day: true, start_time: '2026-06-09', end_time: '2026-06-12', show_as: 'free', ...body });
});
