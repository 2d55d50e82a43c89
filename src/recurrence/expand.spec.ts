import { describe, expect, it } from 'vitest';
import { bounds, count, expand, next, occurrenceAt, previous } from './expand.js';
import { formatLocalTime, parseLocalTime } from '../time/local-time.js';
import { parseRrule } from './rrule-text.js';
import type { Series } from './series.js';
import { toInstant, toLocal } from '../time/time-zone.js';

function series(start: string, rrule: string | null, changes: Partial<Series> = {}): Series {
  return {
    start: parseLocalTime(start),
    zone: 'Europe/Paris',
    allDay: false,
    duration: { days: 0, seconds: 3600 },
    rule: rrule === null ? null : parseRrule(rrule),
    added: [],
    excluded: [],
    overrides: [],
    ...changes,
  };
}

function at(local: string, zone: string | null = 'Europe/Paris'): number {
  return toInstant(parseLocalTime(local), zone).epochSecond;
}

/** Returns the starts in the zone of the series, marked with ! where adjusted. */
function starts(expanded: Series, from: string, to: string, limit = 100): string[] {
  return expand(expanded, { from: at(from, expanded.zone), to: at(to, expanded.zone) }, limit).map(
    ({ start, adjusted }) => formatLocalTime(toLocal(start, expanded.zone)).slice(0, 16) + (adjusted ? '!' : ''),
  );
}

describe('expand', () => {
  it('keeps wall time across both clock changes', () => {
    const daily = series('2026-03-27T02:30', 'FREQ=DAILY');
    expect(starts(daily, '2026-03-28', '2026-03-31')).toEqual([
      '2026-03-28T02:30',
      '2026-03-29T03:30!',
      '2026-03-30T02:30',
    ]);
    const [, doubled] = expand(daily, { from: at('2026-10-24'), to: at('2026-10-27') }, 9);
    expect(doubled).toMatchObject({ start: at('2026-10-25T01:30') + 3600, adjusted: false });
  });

  it.each([
    ['Australia/Lord_Howe', '2026-10-02T02:15', '2026-10-04T02:45!'],
    ['Antarctica/Troll', '2026-03-27T01:30', '2026-03-29T03:30!'],
    ['Africa/Casablanca', '2026-03-20T02:30', '2026-03-22T03:30!'],
    ['Europe/Dublin', '2026-03-27T01:30', '2026-03-29T02:30!'],
    ['Pacific/Apia', '2011-12-28T10:00', '2011-12-31T10:00!'],
  ])('moves a time that the clocks of %s skip forward and counts it', (zone, start, adjusted) => {
    const third = series(start, 'FREQ=DAILY;COUNT=4', { zone });
    const listed = starts(third, '2000-01-01', '2100-01-01');
    expect(listed).toHaveLength(4);
    expect(listed[2]).toBe(adjusted);
  });

  it('is half-open: an occurrence that ends when the window begins, or begins when it ends, is outside', () => {
    const daily = series('2026-06-01T10:00', 'FREQ=DAILY');
    expect(starts(daily, '2026-06-02T11:00', '2026-06-03T10:00')).toEqual([]);
    expect(starts(daily, '2026-06-02T10:59', '2026-06-03T10:01')).toEqual(['2026-06-02T10:00', '2026-06-03T10:00']);
  });

  it('lists an occurrence of zero length at its start', () => {
    const moment = series('2026-06-01T10:00', 'FREQ=DAILY', { duration: { days: 0, seconds: 0 } });
    expect(starts(moment, '2026-06-02T10:00', '2026-06-02T10:01')).toEqual(['2026-06-02T10:00']);
  });

  it('finds a series a century ahead', () => {
    const weekly = series('2026-06-02T10:00', 'FREQ=WEEKLY;INTERVAL=2');
    expect(starts(weekly, '2126-06-01', '2126-06-20')).toEqual(['2126-06-04T10:00', '2126-06-18T10:00']);
  });

  it('adds days on the calendar, then elapsed seconds', () => {
    const stay = series('2026-03-28T12:00', 'FREQ=MONTHLY', { duration: { days: 1, seconds: 3600 } });
    const [first, second] = expand(stay, { from: at('2026-03-01'), to: at('2026-05-01') }, 2);
    expect(first!.end - first!.start).toBe(24 * 3600);
    expect(second!.end - second!.start).toBe(25 * 3600);
  });

  it('does not shorten an occurrence that was moved out of a gap', () => {
    const weekly = series('2025-03-16T02:30', 'FREQ=WEEKLY;COUNT=3', { duration: { days: 7, seconds: 0 } });
    const lengths = expand(weekly, { from: -Infinity, to: Infinity }, 9).map(({ start, end }) => (end - start) / 3600);
    expect(lengths).toEqual([168, 168, 168]);
  });

  it('lists an override at its new time only, however far it moved', () => {
    const original = parseLocalTime('2026-06-08T10:00');
    const moved = series('2026-06-01T10:00', 'FREQ=WEEKLY', {
      overrides: [
        { original, start: parseLocalTime('2027-01-01T09:00'), zone: 'America/New_York', content: { title: 'far' } },
      ],
    });
    expect(starts(moved, '2026-06-07', '2026-06-16')).toEqual(['2026-06-15T10:00']);
    const [found] = expand(moved, { from: at('2027-01-01'), to: at('2027-01-02') }, 9);
    expect(found).toMatchObject({ original, start: at('2027-01-01T15:00'), override: { content: { title: 'far' } } });
    expect(occurrenceAt(moved, original)).toEqual(found);
  });

  it('gives exclusions precedence over the rule, added dates and overrides', () => {
    const day = parseLocalTime('2026-06-02T10:00');
    const excluded = series('2026-06-01T10:00', 'FREQ=DAILY;COUNT=3', {
      added: [day, parseLocalTime('2026-06-10T10:00')],
      excluded: [day],
      overrides: [{ original: day, start: parseLocalTime('2026-07-01T10:00') }],
    });
    expect(starts(excluded, '2026-05-01', '2026-12-31')).toEqual([
      '2026-06-01T10:00',
      '2026-06-03T10:00',
      '2026-06-10T10:00',
    ]);
    expect(count(excluded)).toBe(3);
  });

  it('counts the start of an imported series that is not in its pattern', () => {
    const imported = series('2026-06-04T10:00', 'FREQ=WEEKLY;BYDAY=WE;COUNT=3', { startAlwaysCounts: true });
    expect(starts(imported, '2026-01-01', '2027-01-01')).toEqual([
      '2026-06-04T10:00',
      '2026-06-10T10:00',
      '2026-06-17T10:00',
    ]);
    expect(count(imported)).toBe(3);
  });

  it('expands all-day occurrences to whole days across a clock change', () => {
    const days = series('2026-03-28', 'FREQ=DAILY;COUNT=2', { allDay: true, duration: { days: 1, seconds: 0 } });
    const hours = expand(days, { from: -Infinity, to: Infinity }, 9).map(({ start, end }) => (end - start) / 3600);
    expect(hours).toEqual([24, 23]);
  });
});

describe('next, previous, count and bounds', () => {
  const weekly = series('2026-06-01T10:00', 'FREQ=WEEKLY;COUNT=5', { excluded: [parseLocalTime('2026-06-29T10:00')] });

  it('find the neighbours of an occurrence in both directions', () => {
    expect(next(weekly, at('2026-06-08T10:00'))?.start).toBe(at('2026-06-15T10:00'));
    expect(previous(weekly, at('2026-06-08T10:00'))?.start).toBe(at('2026-06-01T10:00'));
    expect(next(weekly, at('2026-06-22T10:00'))).toBeNull();
    expect(previous(weekly, at('2026-06-01T10:00'))).toBeNull();
  });

  it('count and bound the whole series', () => {
    expect(count(weekly)).toBe(4);
    expect(bounds(weekly)).toEqual({ start: at('2026-06-01T10:00'), end: at('2026-06-22T11:00') });
    expect(count(series('2026-06-01T10:00', 'FREQ=WEEKLY'))).toBeNull();
    expect(bounds(series('2026-06-01T10:00', 'FREQ=WEEKLY'))).toEqual({ start: at('2026-06-01T10:00'), end: null });
  });

  it('return null when no occurrence is left', () => {
    const start = parseLocalTime('2026-06-01T10:00');
    expect(bounds(series('2026-06-01T10:00', null, { excluded: [start] }))).toBeNull();
    expect(bounds(series('2026-06-01T10:00', 'FREQ=DAILY;COUNT=1', { excluded: [start] }))).toBeNull();
  });

  it('include overrides that are the first or the last occurrence', () => {
    const moved = series('2026-06-01T10:00', 'FREQ=WEEKLY;COUNT=3', {
      overrides: [
        { original: parseLocalTime('2026-06-08T10:00'), start: parseLocalTime('2026-01-01T10:00') },
        { original: parseLocalTime('2026-06-01T10:00'), start: parseLocalTime('2026-12-31T10:00') },
      ],
    });
    expect(bounds(moved)).toEqual({ start: at('2026-01-01T10:00'), end: at('2026-12-31T11:00') });
  });
});
