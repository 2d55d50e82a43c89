import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  getEvent,
  patchEvent,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventView, UpdateEventBody } from '../../sdk/generated/types.gen.js';
import { createMeeting, share, versionsOf } from '../support/meetings.js';
import { complaints, done, footprint } from '../support/requests.js';
import { changePart, startsOf } from '../support/series.js';
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

describe('a field that is equal', () => {
  const WEEKLY = {
    recurrence_pattern: 'FREQ=WEEKLY;COUNT=6',
    excluded: ['2026-06-08T10:00:00', '2026-06-15T10:00:00'],
  };
  const MOVED = ['06-02T10:00', '06-23T10:00', '06-30T10:00', '07-07T10:00'];

  const echoes: [string, (event: EventView) => UpdateEventBody][] = [
    ['nothing else', () => ({})],
    ['the pattern', ({ recurrence_pattern }) => ({ recurrence_pattern })],
    ['the rule as text', ({ rrule }) => ({ recurrence_pattern: rrule! })],
    [
      'the rule with what it implies',
      () => ({ recurrence_pattern: 'FREQ=WEEKLY;WKST=SU;COUNT=6;BYDAY=MO;INTERVAL=1' }),
    ],
    [
      'all that it read',
      ({ recurrence_pattern, excluded, added, time_zone, all_day, is_recurring, title, description }) => ({
        recurrence_pattern,
        excluded,
        added,
        time_zone,
        all_day,
        is_recurring,
        title,
        description,
      }),
    ],
  ];

  it.each(echoes)('is no change: a client moves a series and sends %s', async (_, echo) => {
    const event = await newSeries(WEEKLY);
    await changePart(ana, event, '2026-06-22T10:00:00Z', 'this', { title: 'Guests' });
    const moved = await patch(event, { ...echo(await read(event.id)), ...at('2026-06-02') });
    expect(await times(event)).toEqual(MOVED);
    expect(moved.overrides).toEqual([{ original_start: '2026-06-23T10:00:00Z', title: 'Guests' }]);
    expect(moved.excluded).toEqual(['2026-06-09T10:00:00Z', '2026-06-16T10:00:00Z']);
    expect(moved.rrule).toBe(echo(event).recurrence_pattern === undefined ? moved.rrule : moved.rrule);
  });

  it.each(echoes)('leaves the tail its part of COUNT: a split with %s', async (_, echo) => {
    const event = await newSeries(WEEKLY);
    const body = { ...echo(await read(event.id)), ...at('2026-06-23') };
    const tail = await changePart(ana, event, '2026-06-22T10:00:00Z', 'following', body);
    expect(tail.recurrence_pattern).toMatchObject({ count: 3 });
    expect(await times(tail)).toEqual(['06-23T10:00', '06-30T10:00', '07-07T10:00']);
    expect(await times(event)).toEqual(['06-01T10:00']);
  });

  it('is no change when the whole event is sent back, for the whole and for each part', async () => {
    const event = await newSeries(WEEKLY);
    await changePart(ana, event, '2026-06-22T10:00:00Z', 'this', { title: 'Guests' });
    const { recurrence_pattern, excluded, added, time_zone, all_day, is_recurring, title, start_time, end_time } =
      await read(event.id);
    const body = { recurrence_pattern, excluded, added, time_zone, all_day, is_recurring, title, start_time, end_time };
    for (const scope of ['following', 'all'] as const) {
      const same = await changePart(ana, event, '2026-06-22T10:00:00Z', scope, body);
      expect(same).toMatchObject({ id: event.id, version: 2 });
    }
    expect(await patch(event, body as UpdateEventBody)).toMatchObject({ version: 2 });
    expect(await patch(event, { time_zone: 'utc', start_time })).toMatchObject({ version: 2 });
  });

  it('refuses an excluded date that names no occurrence, and lists those around it', async () => {
    const event = await newSeries(WEEKLY);
    const problem = await refusedPatch(event, { excluded: ['2026-06-08T10:00:00', '2026-06-10T10:00:00'] });
    expect(problem).toMatchObject({
      status: 422,
      errors: [
        {
          pointer: '/excluded/1',
          code: 'not_an_occurrence',
          near: ['2026-06-08T10:00:00Z', '2026-06-15T10:00:00Z'],
        },
      ],
    });
  });

  it('names the occurrences around one that does not exist', async () => {
    const event = await newSeries(WEEKLY);
    const query = { occurrence: '2026-06-10T10:00:00Z' };
    const call = { client: ana.client, path: { id: event.id }, query };
    const near = ['2026-06-01T10:00:00Z', '2026-06-22T10:00:00Z'];
    const wanted = { status: 404, errors: [{ pointer: '/query/occurrence', code: 'not_an_occurrence', near }] };
    expect(await refused(updateEvent({ ...call, body: { title: 'x' } }))).toMatchObject(wanted);
    expect(await refused(deleteEvent(call))).toMatchObject(wanted);
  });
});

describe('a move', () => {
  it('to Tokyo takes a cancelled evening in Los Angeles with it, though it lands on a day of the pattern', async () => {
    const event = await newSeries(
      { ...at('2026-06-01', '16'), recurrence_pattern: 'FREQ=DAILY;COUNT=5', excluded: ['2026-06-03T16:00:00'] },
      'America/Los_Angeles',
    );
    const before = await times(event);
    await patch(event, { time_zone: 'Asia/Tokyo' });
    expect(await times(event)).toEqual(before);
    expect(await read(event.id)).toMatchObject({ excluded: ['2026-06-03T23:00:00Z'], time_zone: 'Asia/Tokyo' });
  });

  it.each([
    [
      'working days to the next',
      'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5',
      at('2026-06-02'),
      ['06-02', '06-03', '06-05', '06-06'],
    ],
    ['two days of a month', 'FREQ=MONTHLY;BYMONTHDAY=1,3;COUNT=4', at('2026-06-03'), ['06-03', '06-05', '07-05']],
    ['past midnight', 'FREQ=DAILY;COUNT=4', at('2026-06-02', '01'), ['06-02', '06-03', '06-05']],
  ])('of %s moves the cancelled one too', async (_, recurrence_pattern, to, days) => {
    const event = await newSeries({ recurrence_pattern });
    const third = (await times(event))[2]!;
    await done(deleteEvent({ client: ana.client, path: { id: event.id }, query: { occurrence: `2026-${third}:00Z` } }));
    await patch(event, to);
    expect((await times(event)).map((time) => time.slice(0, 5))).toEqual(days);
  });

  it('of Monday to Wednesday through `scope=all` moves all three days, and the dragged one is there', async () => {
    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=6' });
    const all = await changePart(ana, event, '2026-06-08T10:00:00Z', 'all', at('2026-06-10'));
    expect(all.recurrence_pattern).toMatchObject({ by_day: ['WE', 'FR', 'SU'] });
    expect((await times(event)).map((time) => time.slice(0, 5))).toEqual([
      '06-03',
      '06-05',
      '06-07',
      '06-10',
      '06-12',
      '06-14',
    ]);
  });

  it('of 1 May to 30 April makes it the last day of each month', async () => {
    const event = await newSeries({ ...at('2026-03-01'), recurrence_pattern: 'FREQ=MONTHLY;COUNT=5' });
    const all = await changePart(ana, event, '2026-05-01T10:00:00Z', 'all', at('2026-04-30'));
    expect(all.recurrence_pattern).toMatchObject({ by_month_day: [-1], count: 5 });
    expect((await times(event)).map((time) => time.slice(0, 5))).toEqual(['02-28', '03-31', '04-30', '05-31', '06-30']);
    const back = await changePart(ana, event, '2026-04-30T10:00:00Z', 'all', at('2026-05-01'));
    expect(back.recurrence_pattern).toMatchObject({ by_month_day: [1], count: 5 });
  });

  it('that no rule can express is refused, and nothing is stored', async () => {
    const event = await newSeries({
      ...at('2026-05-29'),
      recurrence_pattern: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    });
    const before = await footprint(app.database);
    const call = { client: ana.client, path: { id: event.id } };
    const query = { occurrence: '2026-07-31T10:00:00Z', scope: 'all' as const };
    expect(complaints(await refused(updateEvent({ ...call, query, body: at('2026-07-30') })))).toEqual([
      '/start_time start_not_in_pattern',
    ]);
    expect(complaints(await refusedPatch(event, at('2026-05-28')))).toEqual(['/start_time start_not_in_pattern']);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('with its new rule takes the cancelled dates along', async () => {
    const event = await newSeries({
      recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=4',
      excluded: ['2026-06-08T10:00:00'],
    });
    await patch(event, { ...at('2026-06-02'), recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TU;COUNT=4' });
    expect((await times(event)).map((time) => time.slice(0, 5))).toEqual(['06-02', '06-16', '06-23']);
  });

  it('of the start alone lets the series begin later, and keeps its other dates', async () => {
    const event = await newSeries({
      recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=6',
      excluded: ['2026-06-10T10:00:00'],
    });
    const later = await patch(event, { ...at('2026-06-03'), start_only: true });
    expect(later).toMatchObject({
      recurrence_pattern: { by_day: ['MO', 'WE'], count: 5 },
      excluded: ['2026-06-10T10:00:00Z'],
    });
    expect((await times(event)).map((time) => time.slice(0, 5))).toEqual(['06-03', '06-08', '06-15', '06-17']);
    expect(complaints(await refusedPatch(event, { ...at('2026-06-04'), start_only: true }))).toEqual([
      '/start_time start_not_in_pattern',
    ]);
    const call = { client: ana.client, path: { id: event.id }, query: { occurrence: '2026-06-15T10:00:00Z' } };
    for (const scope of ['this', 'following', 'all'] as const) {
      const problem = await refused(
        updateEvent({ ...call, query: { ...call.query, scope }, body: { start_only: true } }),
      );
      expect(complaints(problem)).toEqual(['/start_only not_allowed']);
    }
  });
});

describe('time that a series already had', () => {
  it('does not refuse a new title for the following: one that touches itself, an allowed overlap, a moved occurrence', async () => {
    // On call for eight days each week.
    const duty = await newSeries({
      start_time: '2026-06-01T10:00:00',
      end_time: '2026-06-09T10:00:00',
      recurrence_pattern: 'FREQ=WEEKLY;COUNT=5',
    });
    const named = { title: 'New team' };
    expect(await changePart(ana, duty, '2026-06-15T10:00:00Z', 'following', named)).toMatchObject(named);

    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=5' });
    await createMeeting(ana, { ...at('2026-06-22'), on_conflict: 'allow' } as never);
    const tail = await changePart(ana, event, '2026-06-15T10:00:00Z', 'following', named);
    expect(tail).toMatchObject(named);
    // New time is checked.
    const call = { client: ana.client, path: { id: tail.id }, query: { occurrence: '2026-06-29T10:00:00Z' } };
    const clash = await refused(
      updateEvent({ ...call, body: { start_time: '2026-06-22T10:30:00', end_time: '2026-06-22T11:30:00' } }),
    );
    expect(clash.status).toBe(409);
    // What it shares already is not: another occurrence moves elsewhere.
    expect(await changePart(ana, tail, '2026-06-29T10:00:00Z', 'this', at('2026-06-30'))).toMatchObject({ version: 2 });

    const moved = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=5' });
    await changePart(ana, moved, '2026-06-08T10:00:00Z', 'this', { ...at('2026-06-22'), on_conflict: 'allow' });
    expect(await changePart(ana, moved, '2026-06-15T10:00:00Z', 'following', named)).toMatchObject(named);
  });
});

describe('a rollback behind a split', () => {
  it('is refused with the tail that changed since, and nothing is stored', async () => {
    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=6' });
    const tail = await changePart(ana, event, '2026-06-22T10:00:00Z', 'following', { title: 'Second half' });
    await patch(tail, { description: 'Changed' });
    const before = await footprint(app.database);
    const problem = await refused(rollbackEvent({ client: ana.client, path: { id: event.id, version: 1 }, body: {} }));
    expect(problem).toMatchObject({ status: 409, code: 'later_changes', tails: [{ event_id: tail.id, version: 2 }] });
    expect(await footprint(app.database)).toEqual(before);
    const texts = { client: ana.client, path: { id: event.id, version: 1 }, body: { fields: ['title' as const] } };
    expect((await ok(rollbackEvent(texts))).version).toBe(2);
    await done(deleteEvent({ client: ana.client, path: { id: tail.id } }));
    const whole = await ok(rollbackEvent({ client: ana.client, path: { id: event.id, version: 1 }, body: {} }));
    expect(whole.recurrence_pattern).toMatchObject({ count: 6 });
  });
});

describe('an editor', () => {
  it('cancels one occurrence and the following ones, but not the last one or the event', async () => {
    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=5' });
    const ed = await app.signUp('ed');
    await share(ana, event.id, ed, 'editor');
    const remove = (query: object) => ({ client: ed.client, path: { id: event.id }, query });
    await done(deleteEvent(remove({ occurrence: '2026-06-08T10:00:00Z' })));
    await done(deleteEvent(remove({ occurrence: '2026-06-15T10:00:00Z', scope: 'following' })));
    expect(await times(event)).toEqual(['06-01T10:00']);
    for (const query of [
      { occurrence: '2026-06-01T10:00:00Z' },
      { occurrence: '2026-06-01T10:00:00Z', scope: 'all' },
      {},
    ]) {
      expect(await refused(deleteEvent(remove(query)))).toMatchObject({ status: 403, code: 'forbidden' });
    }
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated', '3 updated']);
  });
});

describe('suggestions', () => {
  it('are made for an all-day event, a series of days, and a series without room on its days', async () => {
    const busy = await newSeries({ all_day: true, start_time: '2026-06-01', end_time: '2026-06-03' });
    const suggested = async (body: Omit<CreateEventBody, 'title'>) => {
      const problem = await refused(createEvent({ client: ana.client, body: { title: 'x', ...body } }));
      return (problem as unknown as { suggestions: { start_time: string }[] }).suggestions.map(
        ({ start_time }) => start_time,
      );
    };
    expect(busy.all_day).toBe(true);
    const day = { all_day: true, start_time: '2026-06-02', end_time: '2026-06-03' };
    expect(await suggested(day)).toEqual(['2026-06-03', '2026-06-04', '2026-06-05']);
    expect(await suggested({ ...day, recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' })).toEqual([
      '2026-06-03',
      '2026-06-04',
      '2026-06-05',
    ]);
    expect(await suggested({ ...at('2026-06-02', '20'), recurrence_pattern: 'FREQ=WEEKLY' })).toEqual([
      '2026-06-03T00:00:00Z',
      '2026-06-03T01:00:00Z',
      '2026-06-03T02:00:00Z',
    ]);
  });
});
