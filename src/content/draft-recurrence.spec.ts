import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import type { EventContent } from './event-content.js';
import { resolveRecurrence, type RecurrenceInput } from './draft-recurrence.js';
import { seriesOf } from './series.js';
import { type EventTimes, resolveTimes } from './draft-times.js';

function times(start_time: string, end_time: string, time_zone = 'UTC', all_day = false): EventTimes {
  const resolved = resolveTimes({ start_time, end_time, time_zone, all_day }, null, 'UTC');
  if ('errors' in resolved) throw new Error(JSON.stringify(resolved.errors));
  return resolved.times;
}

/** A Monday. */
const MONDAY = times('2026-06-01T10:00:00', '2026-06-01T11:00:00', 'Europe/Paris');
const WEEKLY = 'FREQ=WEEKLY;BYDAY=MO,WE';

type EventRecurrence = Pick<EventContent, 'rrule' | 'excluded' | 'added' | 'overrides'>;

function contentWith(recurrence: EventRecurrence | null, at: EventTimes): EventContent {
  return { ...contentOf(), ...at, ...(recurrence ?? ONCE) };
}

function resolved(
  input: RecurrenceInput,
  current: EventRecurrence | null = null,
  at = MONDAY,
  to = at,
): EventRecurrence {
  const result = resolveRecurrence(input, contentWith(current, at), to);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  const { rrule, excluded, added, overrides } = result.content;
  return { rrule, excluded, added, overrides };
}

function errorsOf(input: RecurrenceInput, current: EventRecurrence | null = null, at = MONDAY): string[] {
  const result = resolveRecurrence(input, contentWith(current, at), at);
  if (!('errors' in result)) throw new Error(`Not refused: ${JSON.stringify(result)}`);
  return result.errors.map(({ pointer, code, next }) => [pointer, code, next].filter(Boolean).join(' '));
}

const ONCE: EventRecurrence = { rrule: null, excluded: [], added: [], overrides: [] };
const SERIES: EventRecurrence = { rrule: WEEKLY, excluded: ['2026-06-03T10:00:00'], added: [], overrides: [] };

describe('the recurrence of a new event', () => {
  it('is none without a pattern', () => {
    for (const input of [{}, { is_recurring: false }, { recurrence_pattern: null }, { excluded: [], added: null }]) {
      expect(resolved(input)).toEqual(ONCE);
    }
  });

  it('is stored as one canonical text, whether it came as RRULE or as an object', () => {
    const forms: unknown[] = [
      'FREQ=WEEKLY;BYDAY=MO,WE',
      'RRULE:freq=weekly;interval=1;byday=mo,we',
      { frequency: 'weekly', by_day: ['MO', 'WE'] },
      { frequency: 'WEEKLY', interval: 1, by_day: ['mo', 'we'], count: null },
    ];
    for (const recurrence_pattern of forms) expect(resolved({ recurrence_pattern }).rrule).toBe(WEEKLY);
  });

  it('needs no is_recurring beside a pattern, and a pattern beside is_recurring', () => {
    expect(resolved({ recurrence_pattern: WEEKLY, is_recurring: true }).rrule).toBe(WEEKLY);
    expect(errorsOf({ is_recurring: true })).toEqual(['/recurrence_pattern recurrence_required']);
  });

  it('does not contradict itself', () => {
    expect(errorsOf({ is_recurring: false, recurrence_pattern: WEEKLY })).toEqual(['/is_recurring not_allowed']);
    expect(errorsOf({ is_recurring: true, recurrence_pattern: null })).toEqual(['/is_recurring not_allowed']);
  });

  it('has no exclusions without a pattern, of whatever type', () => {
    for (const value of [['2026-06-03T10:00:00'], [1], 5, {}, 'x', false]) {
      expect(errorsOf({ excluded: value })).toEqual(['/excluded not_allowed']);
    }
    expect(errorsOf({ is_recurring: false, added: ['2026-06-03T10:00:00'] })).toEqual(['/added not_allowed']);
  });

  it('keeps exclusions and additions as wall times, sorted and once each', () => {
    const excluded = ['2026-06-08T08:00:00Z', '2026-06-03T10:00:00', '2026-06-08T10:00:00'];
    expect(resolved({ recurrence_pattern: WEEKLY, excluded, added: ['2026-06-05T10:00:00'] })).toMatchObject({
      excluded: ['2026-06-03T10:00:00', '2026-06-08T10:00:00'],
      added: ['2026-06-05T10:00:00'],
    });
  });

  it('points at every bad exclusion and addition', () => {
    const input = { recurrence_pattern: WEEKLY, excluded: ['2026-06-03T10:00:00', 'x', 5], added: 'y' };
    expect(errorsOf(input)).toEqual(['/excluded/1 not_an_instant', '/excluded/2 not_an_instant', '/added invalid']);
  });

  it('points into the pattern, and at bad lists beside it', () => {
    const recurrence_pattern = { frequency: 'weekly', by_day: ['MO', 'XX'] };
    expect(errorsOf({ recurrence_pattern, excluded: [null] })).toEqual([
      '/recurrence_pattern/by_day/1 invalid_rule',
      '/excluded/0 not_an_instant',
    ]);
  });

  it('returns the next valid start', () => {
    expect(errorsOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TU' })).toEqual([
      '/start_time start_not_in_pattern 2026-06-02T08:00:00Z',
    ]);
    const day = times('2026-06-01', '2026-06-02', 'Europe/Paris', true);
    expect(errorsOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TU' }, null, day)).toEqual([
      '/start_time start_not_in_pattern 2026-06-02',
    ]);
  });

  it('points at the end when an occurrence is too long, and at the pattern when there is none', () => {
    const long = times('2026-06-01T10:00:00', '2026-07-03T10:00:00');
    expect(errorsOf({ recurrence_pattern: 'FREQ=MONTHLY' }, null, long)).toEqual(['/end_time occurrence_too_long']);
    expect(errorsOf({ recurrence_pattern: 'FREQ=DAILY;UNTIL=20260531' })).toEqual([
      '/recurrence_pattern no_occurrence',
    ]);
  });

  it('accepts dates for an all-day series', () => {
    const day = times('2026-06-01', '2026-06-02', 'Europe/Paris', true);
    const input = { recurrence_pattern: WEEKLY, excluded: ['2026-06-03'], added: ['2026-06-05T10:00:00'] };
    expect(errorsOf(input, null, day)).toEqual(['/added/0 not_a_date']);
    expect(resolved({ ...input, added: [] }, null, day).excluded).toEqual(['2026-06-03T00:00:00']);
  });
});

describe('the recurrence of a changed event', () => {
  it('stays when it is absent', () => {
    expect(resolved({}, SERIES)).toEqual(SERIES);
    expect(resolved({ is_recurring: true }, SERIES)).toEqual(SERIES);
    expect(resolved({ added: ['2026-06-05T10:00:00'] }, SERIES)).toEqual({ ...SERIES, added: ['2026-06-05T10:00:00'] });
    expect(resolved({ excluded: null }, SERIES)).toEqual({ ...SERIES, excluded: [] });
  });

  it('is removed, with its exclusions, by null or is_recurring false', () => {
    expect(resolved({ recurrence_pattern: null }, SERIES)).toEqual(ONCE);
    expect(resolved({ is_recurring: false }, SERIES)).toEqual(ONCE);
  });

  it('follows the times when they move without a new pattern', () => {
    const tuesday = times('2026-06-02T10:00:00', '2026-06-02T11:00:00', 'Europe/Paris');
    expect(resolved({}, SERIES, MONDAY, tuesday)).toMatchObject({
      rrule: 'FREQ=WEEKLY;BYDAY=TU,TH',
      excluded: ['2026-06-04T10:00:00'],
    });
  });
});

describe('seriesOf', () => {
  it('returns wall times and a duration for the engine', () => {
    const night = times('2026-03-28T20:00:00', '2026-03-29T20:00:00', 'Europe/Paris');
    expect(seriesOf(contentWith(null, night))).toMatchObject({
      zone: 'Europe/Paris',
      allDay: false,
      // The clocks spring forward that night: a day on the calendar, 23 hours by the stopwatch.
      duration: { days: 1, seconds: 0 },
      rule: null,
    });
  });
});
