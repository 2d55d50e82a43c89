import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { createMeeting } from '../support/meetings.js';
import { createSeries, occurrencesOf, startsOf } from '../support/series.js';
import { ok, refused, startApp, type TestApp } from '../support/test-app.js';
import { createEvent } from '../../sdk/generated/sdk.gen.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

interface Change {
  zone: string;
  /** Local dates around the change, and when 10:00 is there, in UTC. */
  before: [date: string, instant: string];
  after: [date: string, instant: string];
}

const CHANGES: [string, Change][] = [
  [
    'Lord Howe springs half an hour',
    change('Australia/Lord_Howe', '2026-10-03 2026-10-02T23:30', '2026-10-04 2026-10-03T23:00'),
  ],
  [
    'Lord Howe falls back half an hour',
    change('Australia/Lord_Howe', '2027-04-03 2027-04-02T23:00', '2027-04-04 2027-04-03T23:30'),
  ],
  ['Troll springs two hours', change('Antarctica/Troll', '2026-03-28 2026-03-28T10:00', '2026-03-29 2026-03-29T08:00')],
  [
    'Troll falls back two hours',
    change('Antarctica/Troll', '2026-10-24 2026-10-24T08:00', '2026-10-25 2026-10-25T10:00'),
  ],
  [
    'Casablanca leaves its usual time for Ramadan',
    change('Africa/Casablanca', '2026-02-14 2026-02-14T09:00', '2026-02-15 2026-02-15T10:00'),
  ],
  [
    'Casablanca goes back to it',
    change('Africa/Casablanca', '2026-03-21 2026-03-21T10:00', '2026-03-22 2026-03-22T09:00'),
  ],
  [
    'Dublin begins its standard time in summer',
    change('Europe/Dublin', '2026-03-28 2026-03-28T10:00', '2026-03-29 2026-03-29T09:00'),
  ],
  ['Dublin leaves it in winter', change('Europe/Dublin', '2026-10-24 2026-10-24T09:00', '2026-10-25 2026-10-25T10:00')],
];

function change(zone: string, before: string, after: string): Change {
  return { zone, before: before.split(' ') as [string, string], after: after.split(' ') as [string, string] };
}

const later = (instant: string, minutes: number): string =>
  new Date(Date.parse(`${instant}:00Z`) + minutes * 60_000).toISOString().replace('.000Z', 'Z');

describe('a daily series at 10:00', () => {
  it.each(CHANGES)('stays at 10:00 when %s', async (_name, { zone, before, after }) => {
    const ana = await app.signUp('ana', zone);
    const { id } = await createSeries(ana, {
      start_time: `${before[0]}T10:00:00`,
      end_time: `${before[0]}T11:00:00`,
      recurrence_pattern: 'FREQ=DAILY;COUNT=2',
    });
    expect(await occurrencesOf(ana, id)).toMatchObject(
      [before, after].map(([, instant]) => ({ start_time: later(instant, 0), end_time: later(instant, 60) })),
    );
  });

  it.each(CHANGES)(
    'takes just that hour from its owner on both sides when %s',
    async (_name, { zone, before, after }) => {
      const ana = await app.signUp('ana', zone);
      const series = await createSeries(ana, {
        start_time: `${before[0]}T10:00:00`,
        end_time: `${before[0]}T11:00:00`,
        recurrence_pattern: 'FREQ=DAILY;COUNT=2',
      });
      for (const [, instant] of [before, after]) {
        const overlapping = { start_time: later(instant, 30), end_time: later(instant, 90) };
        const problem = await refused(
          createEvent({ client: ana.client, body: { title: 'Overlapping', ...overlapping } }),
        );
        const theirs = { event_id: series.id, start_time: later(instant, 0), end_time: later(instant, 60) };
        expect(problem).toMatchObject({ status: 409, conflicts: [{ ...theirs, with: overlapping }] });
        await createMeeting(ana, { start_time: later(instant, -30), end_time: later(instant, 0) });
        await createMeeting(ana, { start_time: later(instant, 60), end_time: later(instant, 120) });
      }
    },
  );

  it.each(CHANGES)(
    'splits between the two days with a correct UNTIL in head and tail when %s',
    async (_name, { zone, before, after }) => {
      const ana = await app.signUp('ana', zone);
      const event = await createSeries(ana, {
        start_time: `${before[0]}T10:00:00`,
        end_time: `${before[0]}T11:00:00`,
        recurrence_pattern: `FREQ=DAILY;UNTIL=${after[0].replaceAll('-', '')}`,
      });
      const query = { occurrence: later(after[1], 0), scope: 'following' as const };
      const tail = await ok(
        updateEvent({ client: ana.client, path: { id: event.id }, query, body: { title: 'Tail' } }),
      );
      const head = await ok(getEvent({ client: ana.client, path: { id: event.id } }));
      expect(head.recurrence_pattern).toMatchObject({ until: before[0] });
      expect(tail.recurrence_pattern).toMatchObject({ until: after[0] });
      // Beside a start in a zone UNTIL is an instant: the last second of that local day.
      const untilOf = (rrule: string | null): string => /UNTIL=(\d+T\d+Z)/.exec(rrule ?? '')![1]!;
      const lastSecond = (date: string): string =>
        new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
          new Date(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z')),
        );
      expect(lastSecond(untilOf(head.rrule))).toBe(`${before[0]} 23:59:59`);
      expect(lastSecond(untilOf(tail.rrule))).toBe(`${after[0]} 23:59:59`);
      expect(await startsOf(ana, event.id)).toEqual([before[1].slice(2)]);
      expect(await startsOf(ana, tail.id)).toEqual([after[1].slice(2)]);
    },
  );
});

describe('the day that Apia skipped, 30 December 2011', () => {
  it('moves a Friday at 10:00 to Saturday at 10:00, and the next one is a Friday again', async () => {
    const ana = await app.signUp('ana', 'Pacific/Apia');
    const { id } = await createSeries(ana, {
      start_time: '2011-12-23T10:00:00',
      end_time: '2011-12-23T11:00:00',
      recurrence_pattern: 'FREQ=WEEKLY;BYDAY=FR;COUNT=3',
    });
    expect(await occurrencesOf(ana, id)).toMatchObject([
      { start_time: '2011-12-23T20:00:00Z' },
      { start_time: '2011-12-30T20:00:00Z', adjusted: true },
      { start_time: '2012-01-05T20:00:00Z' },
    ]);
    const query = { occurrence: '2011-12-30T20:00:00Z', scope: 'this' as const };
    const named = await ok(updateEvent({ client: ana.client, path: { id }, query, body: { title: 'After the jump' } }));
    expect(named.overrides).toEqual([{ original_start: '2011-12-30T20:00:00Z', title: 'After the jump' }]);
  });

  it('moves a whole day to the next one there is', async () => {
    const ana = await app.signUp('ana', 'Pacific/Apia');
    const { id } = await createSeries(ana, {
      all_day: true,
      start_time: '2011-12-29',
      end_time: '2011-12-30',
      recurrence_pattern: 'FREQ=DAILY;COUNT=2',
    });
    expect(await occurrencesOf(ana, id)).toMatchObject([
      { start_time: '2011-12-29', end_time: '2011-12-31' },
      { start_time: '2011-12-31', end_time: '2012-01-01', original_start: '2011-12-30', adjusted: true },
    ]);
  });
});

describe('how a time in a gap is shown', () => {
  it('can be sent back: the start, the exclusions and the name of an occurrence keep their wall time', async () => {
    const ana = await app.signUp('ana', 'Europe/Paris');
    const event = await createSeries(ana, {
      start_time: '2026-03-29T02:30:00',
      end_time: '2026-03-29T04:00:00',
      recurrence_pattern: 'FREQ=DAILY;COUNT=400',
      excluded: ['2027-03-28T02:30:00'],
    });
    expect(event).toMatchObject({ start_time: '2026-03-29T01:30:00Z', excluded: ['2027-03-28T01:30:00Z'] });
    const { start_time, end_time, excluded, added, recurrence_pattern } = event;
    const body = { start_time, end_time, excluded, added, recurrence_pattern: recurrence_pattern as never };
    const echoed = await ok(updateEvent({ client: ana.client, path: { id: event.id }, body }));
    expect(echoed.version).toBe(1);
    expect((await startsOf(ana, event.id))[1]).toBe('26-03-30T00:30');
  });
});

describe('a series that moves to another zone', () => {
  it('keeps the instant of its start and of what was put elsewhere, and follows the new clocks', async () => {
    const ana = await app.signUp('ana', 'Europe/Paris');
    const { id } = await createSeries(ana, { recurrence_pattern: 'FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12' });
    const query = { occurrence: '2026-07-01T10:00:00Z', scope: 'this' as const };
    const times = { start_time: '2026-07-02T16:00:00Z', end_time: '2026-07-02T17:00:00Z' };
    await ok(updateEvent({ client: ana.client, path: { id }, query, body: times }));
    const body = { time_zone: 'Asia/Tokyo' };
    const moved = await ok(updateEvent({ client: ana.client, path: { id }, body }));
    expect(moved).toMatchObject({ start_time: '2026-06-01T10:00:00Z', overrides: [times] });
    // Paris would be an hour later by the stopwatch in winter; Tokyo knows no summer time.
    expect((await startsOf(ana, id)).filter((start) => /-12-01|-07-0/.test(start))).toEqual([
      '26-07-02T16:00',
      '26-12-01T10:00',
    ]);
  });
});
