import { describe, expect, it } from 'vitest';
import { parseLocalTime, formatLocalTime } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { parseRrule } from './rrule-text.js';
import type { Series } from './series.js';
import { validateSeries } from './validate.js';

/** A series of one-hour events in Paris that starts on Monday 1 June 2026 at 10:00. */
function seriesWith(rrule: string, changes: Partial<Series> = {}): Series {
  return {
    start: parseLocalTime('2026-06-01T10:00'),
    zone: 'Europe/Paris',
    allDay: false,
    duration: { days: 0, seconds: 3600 },
    rule: parseRrule(rrule),
    added: [],
    excluded: [],
    overrides: [],
    ...changes,
  };
}

function errorOf(series: Series): TimeError {
  try {
    validateSeries(series);
  } catch (error) {
    if (error instanceof TimeError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('validateSeries', () => {
  it('accepts ordinary series', () => {
    for (const rrule of [
      'FREQ=DAILY',
      'FREQ=WEEKLY;BYDAY=MO,WE',
      'FREQ=MONTHLY;BYDAY=1MO;UNTIL=20261231',
      'FREQ=YEARLY',
    ]) {
      expect(() => validateSeries(seriesWith(rrule))).not.toThrow();
    }
  });

  it('returns the next start that the rule matches', () => {
    const error = errorOf(seriesWith('FREQ=MONTHLY;BYDAY=-1FR'));
    expect(error).toMatchObject({ code: 'start_not_in_pattern', pointer: '/start' });
    expect(formatLocalTime(error.next!)).toBe('2026-06-26T10:00:00');
  });

  it.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYDAY=MO;BYSETPOS=2',
    'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTH=2',
    'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6',
    'FREQ=YEARLY;BYDAY=-53MO;BYYEARDAY=100',
    'FREQ=WEEKLY;BYMONTH=2;BYDAY=MO,TU;BYSETPOS=3',
    'FREQ=DAILY;UNTIL=20260531',
    'FREQ=YEARLY;INTERVAL=1000;BYMONTH=5',
  ])('rejects %s, which has no occurrence', (rrule) => {
    expect(errorOf(seriesWith(rrule))).toMatchObject({ code: 'no_occurrence', pointer: '/rule' });
  });

  it.each([
    [
      'a yearly day of the month without a month',
      'FREQ=YEARLY;BYMONTHDAY=1',
      {},
      'month_day_without_month',
      '/rule/by_month_day',
    ],
    [
      'an occurrence of 32 days',
      'FREQ=DAILY',
      { duration: { days: 32, seconds: 0 } },
      'occurrence_too_long',
      '/duration',
    ],
    ['an end before the start', 'FREQ=DAILY', { duration: { days: 0, seconds: -1 } }, 'invalid_duration', '/duration'],
    ['an unknown zone', 'FREQ=DAILY', { zone: 'Mars/Olympus' }, 'unknown_time_zone', '/zone'],
    ['a start in 1899', 'FREQ=DAILY', { start: parseLocalTime('1899-12-31') }, 'year_out_of_range', '/start'],
    ['an end in 2201', 'FREQ=DAILY;UNTIL=22010101', {}, 'year_out_of_range', '/rule/until'],
    ['an all-day series that starts at 10:00', 'FREQ=DAILY', { allDay: true }, 'invalid_time', '/start'],
    [
      'an all-day series of one-hour events',
      'FREQ=DAILY',
      { allDay: true, start: parseLocalTime('2026-06-01') },
      'invalid_duration',
      '/duration',
    ],
    ['a bad added date', 'FREQ=DAILY', { added: [{ day: 1.5, second: 0 }] }, 'invalid_time', '/added/0'],
    [
      'an interval of 0',
      'FREQ=DAILY',
      { rule: { frequency: 'daily', interval: 0 } },
      'interval_out_of_range',
      '/rule/interval',
    ],
    [
      'an override without an occurrence',
      'FREQ=WEEKLY',
      { overrides: [{ original: parseLocalTime('2026-06-02T10:00') }] },
      'not_an_occurrence',
      '/overrides/0/original',
    ],
  ] as [string, string, Partial<Series>, string, string][])('rejects %s', (_, rrule, changes, code, pointer) => {
    expect(errorOf(seriesWith(rrule, changes))).toMatchObject({ code, pointer });
  });

  it('rejects more than 1,440 times per day, except from imports', () => {
    const numbers = (count: number): string => Array.from({ length: count }, (_, index) => index).join();
    const rrule = `FREQ=DAILY;BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=0,30`;
    expect(errorOf(seriesWith(rrule))).toMatchObject({ code: 'too_many_times', pointer: '/rule' });
    expect(() => validateSeries(seriesWith(rrule, { startAlwaysCounts: true }))).not.toThrow();
  });

  it('accepts an imported start that is not in its pattern, and years that only imports may have', () => {
    const start = parseLocalTime('1880-01-01T10:00');
    const imported = seriesWith('FREQ=YEARLY;BYMONTHDAY=2;UNTIL=99991231', { start, startAlwaysCounts: true });
    expect(() => validateSeries(imported)).not.toThrow();
  });

  it('accepts a long single event', () => {
    expect(() =>
      validateSeries(seriesWith('FREQ=DAILY', { rule: null, duration: { days: 60, seconds: 0 } })),
    ).not.toThrow();
  });
});
