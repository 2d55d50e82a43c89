import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, getVersion, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventView } from '../../sdk/generated/types.gen.js';
import { createMeeting, versionsOf } from '../support/meetings.js';
import { complaints, footprint } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

/** A Monday in Paris, 10:00 on the wall. */
const MONDAY = {
  title: 'Standup',
  start_time: '2026-06-01T10:00:00',
  end_time: '2026-06-01T11:00:00',
  time_zone: 'Europe/Paris',
  show_as: 'free',
} as const;
const create = (changes: Partial<CreateEventBody>): Promise<EventView> => createMeeting(ana, { ...MONDAY, ...changes });
const update = ({ id }: EventView, body: object): ReturnType<typeof updateEvent> =>
  updateEvent({ client: ana.client, path: { id }, body });

describe('a recurrence pattern', () => {
  it.each<[unknown, object, string]>([
    ['FREQ=DAILY', { frequency: 'daily', interval: 1 }, 'FREQ=DAILY'],
    [
      'RRULE:freq=daily;interval=2;count=3',
      { frequency: 'daily', interval: 2, count: 3 },
      'FREQ=DAILY;INTERVAL=2;COUNT=3',
    ],
    [
      'FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231',
      { frequency: 'weekly', interval: 1, by_day: ['MO', 'WE'], until: '2026-12-31' },
      'FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T225959Z',
    ],
    [
      { frequency: 'Weekly', by_day: ['mo', 'we'], until: '2026-12-31' },
      { frequency: 'weekly', interval: 1, by_day: ['MO', 'WE'], until: '2026-12-31' },
      'FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T225959Z',
    ],
    [
      { frequency: 'monthly', by_day: ['1MO'], week_start: 'SU' },
      { frequency: 'monthly', interval: 1, by_day: ['1MO'], week_start: 'SU' },
      'FREQ=MONTHLY;BYDAY=1MO;WKST=SU',
    ],
    [
      { frequency: 'monthly', by_day: ['MO', 'TU'], by_set_position: [1], count: 4 },
      { frequency: 'monthly', interval: 1, by_day: ['MO', 'TU'], by_set_position: [1], count: 4 },
      'FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=4',
    ],
    [
      { frequency: 'yearly', by_month: [6], by_month_day: [1] },
      { frequency: 'yearly', interval: 1, by_month: [6], by_month_day: [1] },
      'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1',
    ],
    [
      { frequency: 'yearly', by_year_day: [152] },
      { frequency: 'yearly', interval: 1, by_year_day: [152] },
      'FREQ=YEARLY;BYYEARDAY=152',
    ],
    [
      { frequency: 'yearly', by_week_number: [23], by_day: ['MO'] },
      { frequency: 'yearly', interval: 1, by_week_number: [23], by_day: ['MO'] },
      'FREQ=YEARLY;BYWEEKNO=23;BYDAY=MO',
    ],
    [
      'FREQ=DAILY;BYHOUR=10,15;BYMINUTE=0;BYSECOND=0',
      { frequency: 'daily', interval: 1, by_hour: [10, 15], by_minute: [0], by_second: [0] },
      'FREQ=DAILY;BYHOUR=10,15;BYMINUTE=0;BYSECOND=0',
    ],
  ])('given as %j comes back as the object and as text', async (pattern, recurrence_pattern, rrule) => {
    const event = await create({ recurrence_pattern: pattern as string });
    const expected = { is_recurring: true, recurrence_pattern, rrule };
    expect(event).toMatchObject(expected);
    expect(event.recurrence_pattern).toEqual(recurrence_pattern);
    expect(await ok(getEvent({ client: ana.client, path: { id: event.id } }))).toEqual(event);
    // The returned pattern is accepted again, with the same meaning.
    expect(await create({ recurrence_pattern: rrule })).toMatchObject({ rrule });
    expect(await ok(update(event, { recurrence_pattern, is_recurring: true }))).toMatchObject({ version: 1 });
  });

  it('keeps exclusions and additions as instants in UTC, or as dates', async () => {
    const series = await create({
      recurrence_pattern: 'FREQ=WEEKLY',
      excluded: ['2026-06-15T10:00:00', '2026-06-08T08:00:00Z', '2026-06-08T10:00:00'],
      added: ['2026-06-09T14:00:00'],
    });
    expect(series.excluded).toEqual(['2026-06-08T08:00:00Z', '2026-06-15T08:00:00Z']);
    expect(series.added).toEqual(['2026-06-09T12:00:00Z']);
    const days = await create({
      all_day: true,
      start_time: '2026-06-01',
      end_time: '2026-06-02',
      recurrence_pattern: 'FREQ=WEEKLY;UNTIL=20261231',
      excluded: ['2026-06-08'],
    });
    expect(days).toMatchObject({ excluded: ['2026-06-08'], rrule: 'FREQ=WEEKLY;UNTIL=20261231' });
  });

  it('keeps the wall time of the series when the clocks change', async () => {
    const autumn = { start_time: '2026-10-19T10:00:00', end_time: '2026-10-19T11:00:00' };
    const series = await create({ ...autumn, recurrence_pattern: 'FREQ=WEEKLY', excluded: ['2026-10-26T10:00:00'] });
    expect(series).toMatchObject({ start_time: '2026-10-19T08:00:00Z', excluded: ['2026-10-26T09:00:00Z'] });
  });
});

describe('is_recurring', () => {
  it('follows the pattern', async () => {
    expect(await create({})).toMatchObject({ is_recurring: false, recurrence_pattern: null, rrule: null });
    expect(await create({ is_recurring: false })).toMatchObject({ is_recurring: false });
    expect(await create({ recurrence_pattern: null })).toMatchObject({ is_recurring: false });
    expect(await create({ recurrence_pattern: 'FREQ=DAILY', is_recurring: true })).toMatchObject({
      is_recurring: true,
    });
  });

  it('clears the pattern, exclusions and all, when it is set to false', async () => {
    for (const clearing of [{ is_recurring: false }, { recurrence_pattern: null }]) {
      const event = await create({ recurrence_pattern: 'FREQ=WEEKLY', excluded: ['2026-06-08T10:00:00'] });
      const cleared = await ok(update(event, clearing));
      expect(cleared).toMatchObject({
        is_recurring: false,
        recurrence_pattern: null,
        rrule: null,
        excluded: [],
        version: 2,
      });
      const path = { id: event.id, version: 1 };
      const { snapshot } = await ok(getVersion({ client: ana.client, path }));
      expect(snapshot).toMatchObject({ is_recurring: true, excluded: ['2026-06-08T08:00:00Z'] });
    }
  });

  it('needs a pattern when it is true, unless the event has one', async () => {
    const event = await create({});
    const problem = await refused(update(event, { is_recurring: true }));
    expect(complaints(problem)).toEqual(['/recurrence_pattern recurrence_required']);
    const series = await ok(update(event, { recurrence_pattern: 'FREQ=WEEKLY' }));
    expect(await ok(update(series, { is_recurring: true }))).toMatchObject({ version: 2 });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated']);
  });
});

describe('what a recurrence refuses', () => {
  const daily = (parts: object): object => ({ recurrence_pattern: { frequency: 'daily', ...parts } });

  it.each<[object, string]>([
    [{ is_recurring: true }, '/recurrence_pattern recurrence_required'],
    [{ is_recurring: false, recurrence_pattern: 'FREQ=DAILY' }, '/is_recurring not_allowed'],
    [{ recurrence_pattern: 'every day' }, '/recurrence_pattern invalid_rule'],
    [{ recurrence_pattern: '' }, '/recurrence_pattern invalid_rule'],
    [{ recurrence_pattern: 7 }, '/recurrence_pattern invalid_rule'],
    [{ recurrence_pattern: ['FREQ=DAILY'] }, '/recurrence_pattern invalid_rule'],
    [{ recurrence_pattern: {} }, '/recurrence_pattern/frequency invalid_rule'],
    [{ recurrence_pattern: 'FREQ=HOURLY' }, '/recurrence_pattern unsupported_frequency'],
    [{ recurrence_pattern: { frequency: 'minutely' } }, '/recurrence_pattern/frequency unsupported_frequency'],
    [daily({ count: 3, until: '2026-12-31' }), '/recurrence_pattern/until count_with_until'],
    [daily({ count: 0 }), '/recurrence_pattern/count count_out_of_range'],
    [daily({ count: 1.5 }), '/recurrence_pattern/count count_out_of_range'],
    [daily({ count: '3' }), '/recurrence_pattern/count invalid_rule'],
    [daily({ interval: 0 }), '/recurrence_pattern/interval interval_out_of_range'],
    [daily({ until: 'someday' }), '/recurrence_pattern/until invalid_time'],
    [daily({ until: '2026-05-31' }), '/recurrence_pattern no_occurrence'],
    [daily({ every: 2 }), '/recurrence_pattern/every unknown_rule_part'],
    [daily({ by_day: ['1MO'] }), '/recurrence_pattern/by_day/0 part_not_allowed'],
    [daily({ by_day: ['MO', 'someday'] }), '/recurrence_pattern/by_day/1 invalid_rule'],
    [daily({ by_day: 'MO' }), '/recurrence_pattern/by_day invalid_rule'],
    [daily({ by_month: [13] }), '/recurrence_pattern/by_month/0 value_out_of_range'],
    [{ recurrence_pattern: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, '/recurrence_pattern no_occurrence'],
    [{ recurrence_pattern: 'FREQ=DAILY;RSCALE=CHINESE' }, '/recurrence_pattern unsupported_calendar'],
    [{ recurrence_pattern: 'FREQ=DAILY', end_time: '2026-07-03T10:00:00' }, '/end_time occurrence_too_long'],
    [{ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TU' }, '/start_time start_not_in_pattern'],
    [{ recurrence_pattern: 'FREQ=DAILY', excluded: ['x'] }, '/excluded/0 not_an_instant'],
    [{ recurrence_pattern: 'FREQ=DAILY', added: {} }, '/added invalid'],
    [{ excluded: ['2026-06-08T10:00:00'] }, '/excluded not_allowed'],
    [{ excluded: 5 }, '/excluded not_allowed'],
    [{ recurrence_pattern: 'FREQ=DAILY', skip: true }, '/skip unknown_field'],
  ])('%j', async (changes, complaint) => {
    const before = await footprint(app.database);
    const body = { ...MONDAY, ...changes } as CreateEventBody;
    const problem = await refused(createEvent({ client: ana.client, body }));
    expect([problem.status, ...complaints(problem)]).toEqual([422, complaint]);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('names the next start that would do, in UTC or as a date', async () => {
    const nextOf = async (changes: object): Promise<unknown> => {
      const body = { ...MONDAY, ...changes } as CreateEventBody;
      const problem = await refused(createEvent({ client: ana.client, body }));
      return (problem.errors as { next?: string }[])[0]!.next;
    };
    expect(await nextOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TH' })).toBe('2026-06-04T08:00:00Z');
    const day = { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' };
    expect(await nextOf({ ...day, recurrence_pattern: 'FREQ=MONTHLY;BYMONTHDAY=31' })).toBe('2026-07-31');
  });

  it('a move of the start that the new pattern sent with it does not match', async () => {
    const series = await create({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' });
    const tuesday = { start_time: '2026-06-02T10:00:00', end_time: '2026-06-02T11:00:00' };
    const wrong = { ...tuesday, recurrence_pattern: 'FREQ=WEEKLY;BYDAY=WE' };
    expect(complaints(await refused(update(series, wrong)))).toEqual(['/start_time start_not_in_pattern']);
    const both = await ok(update(series, { ...tuesday, recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TU' }));
    expect(both).toMatchObject({ start_time: '2026-06-02T08:00:00Z', rrule: 'FREQ=WEEKLY;BYDAY=TU', version: 2 });
  });
});

describe('a merge patch of the pattern', () => {
  const patch = async ({ id }: EventView, recurrence_pattern: object, format = 'merge-patch+json') => {
    const response = await app.fetch(`/api/events/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ana.accessToken}`, 'content-type': `application/${format}` },
      body: JSON.stringify({ recurrence_pattern }),
    });
    return { status: response.status, body: (await response.json()) as EventView };
  };

  it('changes the members that it contains, keeps the others, and removes those that are null', async () => {
    const event = await create({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=9' });
    expect((await patch(event, { interval: 2 })).body.rrule).toBe('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=9');
    const ended = await patch(event, { count: null, until: '2026-12-31' });
    expect(ended.body.recurrence_pattern).toMatchObject({ interval: 2, by_day: ['MO', 'WE'], until: '2026-12-31' });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated', '3 updated']);
  });

  it('refuses what does not fit the parts that stay', async () => {
    const event = await create({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9' });
    expect(await patch(event, { until: '2026-12-31' })).toMatchObject({ status: 422 });
    expect(await patch(event, { frequency: null })).toMatchObject({ status: 422 });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created']);
  });

  it('is the whole pattern where there is none yet, and in plain JSON', async () => {
    const event = await create({});
    expect((await patch(event, { frequency: 'weekly', by_day: ['MO', 'WE'], until: null })).body.rrule).toBe(
      'FREQ=WEEKLY;BYDAY=MO,WE',
    );
    expect((await patch(event, { frequency: 'daily' }, 'json')).body.rrule).toBe('FREQ=DAILY');
  });
});
