import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf, seconds, spelled } from '../../test/support/contents.js';
import type { EventContent } from '../content/event-content.js';
import { findBlocking, findFreeSlots, mergeIntervals, subtractIntervals } from './free-slots.js';
import { type Interval, occupancyOf } from './occupancy.js';

const interval = (start: string, end: string): Interval => ({ start: seconds(start), end: seconds(end) });
const onDay = (start: string, end: string): Interval => interval(`2026-06-01T${start}:00Z`, `2026-06-01T${end}:00Z`);
const slots = async (content: EventContent, busy: Interval[]): Promise<string[]> =>
  (await findFreeSlots(content, busy)).map(spelled);
const busyOf = (content: EventContent): Interval[] => occupancyOf(content, seconds('2026-06-01T00:00:00Z')).busy;

describe('the next times at which a single event would fit', () => {
  it('begin at the next quarter of an hour after what is in the way, one after the other', async () => {
    expect(await slots(contentOf(), [onDay('09:30', '10:40')])).toEqual([
      '2026-06-01T10:45/2026-06-01T11:45',
      '2026-06-01T11:45/2026-06-01T12:45',
      '2026-06-01T12:45/2026-06-01T13:45',
    ]);
  });

  it('leave out gaps that are too short, and may touch', async () => {
    const busy = [onDay('10:00', '11:00'), onDay('11:45', '12:00'), onDay('13:00', '14:00')];
    expect((await slots(contentOf(), busy))[0]).toBe('2026-06-01T12:00/2026-06-01T13:00');
  });

  it('are whole days for an all-day event, also across a change of the clocks', async () => {
    const dates = { all_day: true, start_time: '2026-10-24', end_time: '2026-10-25' };
    const busy = [interval('2026-10-24T10:00:00Z', '2026-10-24T11:00:00Z')];
    expect(await slots(contentOf(dates, 'Europe/Paris'), busy)).toEqual([
      '2026-10-24T22:00/2026-10-25T23:00',
      '2026-10-25T23:00/2026-10-26T23:00',
      '2026-10-26T23:00/2026-10-27T23:00',
    ]);
  });

  it('leave out a date that a zone skips', async () => {
    const dates = { all_day: true, start_time: '2011-12-29', end_time: '2011-12-30' };
    const busy = [interval('2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z')];
    expect((await slots(contentOf(dates, 'Pacific/Apia'), busy))[0]).toBe('2011-12-30T10:00/2011-12-31T10:00');
  });

  it('are none when nothing is free for sixty days', async () => {
    expect(await slots(contentOf(), [interval('2026-06-01T00:00:00Z', '2026-09-01T00:00:00Z')])).toEqual([]);
  });
});

describe('the next times at which a series would fit', () => {
  it('are later on the same days, free at every occurrence', async () => {
    const weekly = contentOf({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=500' });
    // In the way: at 10:00 the first week, at 11:30 after nine years.
    const busy = [onDay('10:00', '11:00'), interval('2035-05-28T11:30:00Z', '2035-05-28T12:00:00Z')];
    expect(await slots(weekly, busy)).toEqual([
      '2026-06-01T12:00/2026-06-01T13:00',
      '2026-06-01T13:00/2026-06-01T14:00',
      '2026-06-01T14:00/2026-06-01T15:00',
    ]);
  });

  it('keep the wall time in winter and summer', async () => {
    const times = { start_time: '2026-10-19T01:00:00', end_time: '2026-10-19T02:00:00' };
    const nights = contentOf({ ...times, recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' }, 'Europe/Paris');
    // A week later 3:00 is an hour later by the stopwatch.
    const busy = [
      interval('2026-10-18T23:00:00Z', '2026-10-19T00:00:00Z'),
      interval('2026-10-26T02:30:00Z', '2026-10-26T03:00:00Z'),
    ];
    const found = await findFreeSlots(nights, busy);
    expect(found.map(spelled)[0]).toBe('2026-10-19T00:00/2026-10-19T01:00');
    for (const { start } of found) {
      const local = (start - seconds('2026-10-18T22:00:00Z')) / 3_600;
      expect(local < 2.75 || local >= 4).toBe(true);
    }
  });

  it('are on the following days when every time of the day conflicts', async () => {
    const weekly = contentOf({ recurrence_pattern: 'FREQ=WEEKLY' });
    const all = contentOf({
      all_day: true,
      start_time: '2026-06-01',
      end_time: '2026-06-02',
      recurrence_pattern: 'FREQ=WEEKLY',
    });
    expect(await slots(weekly, busyOf(all))).toEqual([
      '2026-06-02T00:00/2026-06-02T01:00',
      '2026-06-02T01:00/2026-06-02T02:00',
      '2026-06-02T02:00/2026-06-02T03:00',
    ]);
    const always = [interval('2026-06-01T00:00:00Z', '2046-06-01T00:00:00Z')];
    expect(await slots(weekly, always)).toEqual([]);
  });

  it('do not move an occurrence with a time of its own', async () => {
    const weekly: EventContent = {
      ...contentOf({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' }),
      overrides: [{ original: '2026-06-08T10:00:00', start: '2026-06-09T10:00:00' }],
    };
    const busy = [onDay('10:00', '11:00')];
    expect((await slots(weekly, busy))[0]).toBe('2026-06-01T11:00/2026-06-01T12:00');
    // No shift helps while this occurrence conflicts.
    expect(await slots(weekly, [...busy, interval('2026-06-09T10:00:00Z', '2026-06-09T10:30:00Z')])).toEqual([]);
  });

  it('are later days of an all-day series, and move all times of a day together', async () => {
    const dates = { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' };
    const days = contentOf({ ...dates, recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    expect(await slots(days, [interval('2026-06-08T10:00:00Z', '2026-06-09T11:00:00Z')])).toEqual([
      '2026-06-03T00:00/2026-06-04T00:00',
      '2026-06-04T00:00/2026-06-05T00:00',
      '2026-06-05T00:00/2026-06-06T00:00',
    ]);
    const twice = contentOf({ recurrence_pattern: 'FREQ=DAILY;BYHOUR=10,15;COUNT=10' });
    expect((await slots(twice, [interval('2026-06-02T15:00:00Z', '2026-06-02T16:00:00Z')]))[0]).toBe(
      '2026-06-03T10:00/2026-06-03T11:00',
    );
  });

  it('are where the rule stays as it is', async () => {
    const mondays = contentOf({
      ...{ all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' },
      recurrence_pattern: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=4',
    });
    expect(await slots(mondays, [onDay('10:00', '11:00')])).toEqual([
      '2026-06-08T00:00/2026-06-09T00:00',
      '2026-06-15T00:00/2026-06-16T00:00',
      '2026-06-22T00:00/2026-06-23T00:00',
    ]);
    // All of Monday is busy, and the rule says Monday.
    const meetings = contentOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4' });
    const found = await slots(meetings, [interval('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z')]);
    expect(found[0]).toBe('2026-06-08T00:00/2026-06-08T01:00');
  });
});

describe('mergeIntervals and findBlocking', () => {
  it('merge intervals that touch or overlap, without changing the input', () => {
    const given = [onDay('12:00', '13:00'), onDay('10:00', '12:00'), onDay('10:30', '11:00'), onDay('15:00', '16:00')];
    const before = structuredClone(given);
    expect(mergeIntervals(given)).toEqual([onDay('10:00', '13:00'), onDay('15:00', '16:00')]);
    expect(given).toEqual(before);
  });

  it('find overlapping intervals, not touching ones', () => {
    const busyTime = [onDay('10:00', '11:00'), onDay('12:00', '13:00')];
    expect(findBlocking(busyTime, onDay('11:00', '12:00'))).toBeNull();
    expect(findBlocking(busyTime, onDay('10:59', '11:01'))).toEqual(busyTime[0]);
    expect(findBlocking(busyTime, onDay('09:00', '14:00'))).toEqual(busyTime[1]);
    expect(findBlocking([], onDay('09:00', '14:00'))).toBeNull();
  });
});

describe('what intervals have beyond others', () => {
  it('is every minute of theirs that none of the others has, as few intervals as possible', () => {
    const minutes = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 9 })), { maxLength: 8 });
    fc.assert(
      fc.property(minutes, minutes, (some, others) => {
        const [ours, theirs] = [some, others].map((list) =>
          list.map(([start, length]) => ({ start, end: start + length })),
        );
        const has = (list: Interval[], at: number): boolean => list.some(({ start, end }) => start <= at && at < end);
        const left = subtractIntervals(ours!, mergeIntervals(theirs!));
        for (let at = 0; at < 60; at += 1) expect(has(left, at)).toBe(has(ours!, at) && !has(theirs!, at));
        expect(left).toEqual(mergeIntervals(left));
      }),
    );
  });
});
