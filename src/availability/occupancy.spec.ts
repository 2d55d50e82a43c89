import { describe, expect, it } from 'vitest';
import { contentOf as content, seconds, spelled } from '../../test/support/contents.js';
import type { EventContent } from '../content/event-content.js';
import { type Interval, toMultirange, occupancyOf, findOccupied, toWeekMask } from './occupancy.js';

const NOW = seconds('2026-06-01T00:00:00Z');
const YEARS = 366 * 86_400;
const busy = (event: EventContent, now = NOW): string[] => occupancyOf(event, now).busy.map(spelled);

describe('the time that an event occupies', () => {
  it('is from its start to its end', () => {
    expect(busy(content())).toEqual(['2026-06-01T10:00/2026-06-01T11:00']);
  });

  it('is none when it shows as free or lies in the trash', () => {
    expect(busy(content({ show_as: 'free' }))).toEqual([]);
    expect(busy({ ...content(), deletedAt: new Date() })).toEqual([]);
    expect(busy({ ...content({ recurrence_pattern: 'FREQ=DAILY' }), showAs: 'free' })).toEqual([]);
  });

  it('covers the whole days of an all-day event in its zone', () => {
    const day = content({ all_day: true, start_time: '2026-06-01', end_time: '2026-06-03' }, 'Europe/Paris');
    expect(busy(day)).toEqual(['2026-05-31T22:00/2026-06-02T22:00']);
  });

  it('is every occurrence of a series, without those excluded and with those added', () => {
    const series = content({
      recurrence_pattern: 'FREQ=DAILY;COUNT=3',
      excluded: ['2026-06-02T10:00:00'],
      added: ['2026-06-05T10:00:00'],
    });
    expect(busy(series)).toEqual([
      '2026-06-01T10:00/2026-06-01T11:00',
      '2026-06-03T10:00/2026-06-03T11:00',
      '2026-06-05T10:00/2026-06-05T11:00',
    ]);
  });

  it('keeps the wall time of a series across a change of the clocks', () => {
    const start = { start_time: '2026-03-28T10:00:00', end_time: '2026-03-28T11:00:00' };
    expect(busy(content({ ...start, recurrence_pattern: 'FREQ=DAILY;COUNT=2' }, 'Europe/Paris'))).toEqual([
      '2026-03-28T09:00/2026-03-28T10:00',
      '2026-03-29T08:00/2026-03-29T09:00',
    ]);
  });

  it('reaches ten years beyond now for a series without end, even one that began long ago', () => {
    const old = content({
      start_time: '2000-01-01T10:00:00',
      end_time: '2000-01-01T11:00:00',
      recurrence_pattern: 'FREQ=MONTHLY',
    });
    const { busy: intervals, until } = occupancyOf(old, NOW);
    expect(intervals[0]!.start).toBe(seconds('2000-01-01T10:00:00Z'));
    expect(intervals.at(-1)!.start).toBeGreaterThan(NOW + 9.9 * YEARS);
    expect(intervals.at(-1)!.start).toBeLessThan(NOW + 10.1 * YEARS);
    expect(until).toBe(NOW + 10 * YEARS);
  });

  it('reaches ten years beyond the start of a series that begins far from now', () => {
    const far = content({
      start_time: '2100-01-01T10:00:00',
      end_time: '2100-01-01T11:00:00',
      recurrence_pattern: 'FREQ=YEARLY',
    });
    expect(occupancyOf(far, NOW).busy).toHaveLength(11);
  });

  it('names at most 10,000 occurrences', () => {
    const rule = 'FREQ=DAILY;BYHOUR=10,11,12,13;BYMINUTE=0';
    const { busy: intervals, until } = occupancyOf(content({ recurrence_pattern: rule }), NOW);
    expect(intervals).toHaveLength(10_000);
    expect(until).toBe(intervals.at(-1)!.start);
  });

  it('keeps the coming years of a daily series that began thirty years ago', () => {
    const times = { start_time: '1996-01-01T10:00:00', end_time: '1996-01-01T11:00:00' };
    const { busy: intervals } = occupancyOf(content({ ...times, recurrence_pattern: 'FREQ=DAILY' }), NOW);
    expect(intervals[0]!.start).toBeLessThan(NOW - 0.9 * YEARS);
    expect(intervals.at(-1)!.start).toBeGreaterThan(NOW + 9.9 * YEARS);
  });

  it('is all there is for a series that ends before the horizon', () => {
    expect(occupancyOf(content({ recurrence_pattern: 'FREQ=DAILY;COUNT=3' }), NOW).until).toBeNull();
  });
});

describe('the time that an override occupies', () => {
  const weekly = content({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });

  it('is where and as long as its override says', () => {
    const overrides = [
      { original: '2026-06-08T10:00:00', start: '2026-12-24T18:00:00', duration: { days: 0, seconds: 1_800 } },
    ];
    expect(busy({ ...weekly, overrides })).toEqual([
      '2026-06-01T10:00/2026-06-01T11:00',
      '2026-06-15T10:00/2026-06-15T11:00',
      '2026-12-24T18:00/2026-12-24T18:30',
    ]);
  });

  it('is none when it shows as free, and the only one when it alone is busy', () => {
    const free = { original: '2026-06-08T10:00:00', showAs: 'free' as const };
    expect(busy({ ...weekly, overrides: [free] })).toHaveLength(2);
    const alone = { ...free, showAs: 'busy' as const };
    expect(busy({ ...weekly, showAs: 'free', overrides: [alone] })).toEqual(['2026-06-08T10:00/2026-06-08T11:00']);
  });

  it('is named by its original start', () => {
    const overrides = [{ original: '2026-06-08T10:00:00', start: '2026-06-09T10:00:00' }];
    const window = { from: seconds('2026-06-09T00:00:00Z'), to: seconds('2026-06-10T00:00:00Z') };
    const [found] = findOccupied({ ...weekly, overrides }, window, 5);
    expect(found!.original).toEqual({ day: seconds('2026-06-08T00:00:00Z') / 86_400, second: 36_000 });
  });
});

describe('toWeekMask', () => {
  const share = (a: string, b: string): boolean => [...a].some((bit, slot) => bit === '1' && b[slot] === '1');
  const at = (start: string, end: string): Interval => ({ start: seconds(start), end: seconds(end) });
  const ofWeek = (input: Parameters<typeof content>[0]): string => toWeekMask(occupancyOf(content(input), NOW).busy);

  it('marks the half hours of the week that something touches', () => {
    const bits = toWeekMask([at('2026-06-01T10:10:00Z', '2026-06-01T11:00:00Z')]);
    expect(bits).toHaveLength(336);
    expect(bits.match(/1/g)).toHaveLength(2);
    expect(toWeekMask([at('1960-02-29T10:10:00Z', '1960-02-29T11:00:00Z')])).toBe(bits);
    expect(toWeekMask([])).not.toContain('1');
    expect(toWeekMask([at('2026-06-01T00:00:00Z', '2026-07-01T00:00:00Z')])).not.toContain('0');
  });

  it('never keeps apart what overlaps, summer or winter, and keeps apart other hours and days', () => {
    const paris = ofWeek({ recurrence_pattern: 'FREQ=WEEKLY', time_zone: 'Europe/Paris' });
    expect(share(paris, toWeekMask([at('2027-01-04T09:59:00Z', '2027-01-04T10:00:00Z')]))).toBe(true);
    expect(share(paris, toWeekMask([at('2027-06-07T08:00:00Z', '2027-06-07T08:01:00Z')]))).toBe(true);
    expect(share(paris, ofWeek({ start_time: '2026-06-01T13:00:00', end_time: '2026-06-01T14:00:00' }))).toBe(false);
    expect(share(paris, ofWeek({ start_time: '2026-06-02T10:00:00', end_time: '2026-06-02T11:00:00' }))).toBe(false);
  });
});

describe('toMultirange', () => {
  it('writes half-open intervals as PostgreSQL reads them', () => {
    expect(toMultirange([])).toBe('{}');
    expect(
      toMultirange([
        { start: 0, end: 60 },
        { start: 120, end: 180 },
      ]),
    ).toBe('{[1970-01-01T00:00:00.000Z,1970-01-01T00:01:00.000Z),[1970-01-01T00:02:00.000Z,1970-01-01T00:03:00.000Z)}');
  });

  it('goes on beyond the horizon when occurrences overlap one another', () => {
    const series = content({ end_time: '2026-06-04T10:00:00', recurrence_pattern: 'FREQ=DAILY' });
    expect(occupancyOf(series, NOW).until).toBe(seconds('2026-06-01T10:00:00Z') + 10 * YEARS);
  });

  it('has an end for a series that never occupies time', () => {
    const series = content({ recurrence_pattern: 'FREQ=DAILY', show_as: 'free' });
    expect(occupancyOf(series, NOW)).toEqual({ busy: [], until: null, horizon: null });
  });
});
