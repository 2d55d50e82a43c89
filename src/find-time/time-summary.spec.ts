import { describe, expect, it } from 'vitest';
import type { Reason, Slot } from './best-times.js';
import { summaryOf } from './time-summary.js';

const at = (text: string): number => Date.parse(text) / 1_000;
const WEEK = 7 * 86_400;

/** Returns a weekly slot of one hour of which some weeks are taken. */
function slot(start: string, taken: number[] = [], reason: Reason = 'busy', count = 10): Slot {
  const occurrences = Array.from({ length: count }, (_, week) => {
    const begins = at(start) + week * WEEK;
    return { start: begins, end: begins + 3_600 };
  });
  return {
    occurrences,
    free: count - taken.length,
    taken: taken.map((week) => ({ ...occurrences[week]!, id: 'ana', reason })),
    optionalFree: [],
    optionalBusy: [],
  };
}

const series = (slots: Slot[], nearMiss: Slot | null = null): string =>
  summaryOf({ slots, nearMiss, rejected: [] }, 'UTC', true);

describe('summaryOf', () => {
  it('counts the occurrences of a series, and compares them with the next best time', () => {
    expect(series([slot('2026-05-27T10:00:00Z')], slot('2026-05-27T09:00:00Z', [1]))).toBe(
      '10 of 10 Wednesdays at 10:00 (UTC) work; at 9:00, 9 of 10: 3 June is taken.',
    );
    expect(series([slot('2026-05-27T10:00:00Z')])).toBe('10 of 10 Wednesdays at 10:00 (UTC) work.');
  });

  it('lists the taken dates when no time works for every occurrence', () => {
    const best = slot('2026-05-27T09:00:00Z', [0, 1, 2, 3]);
    expect(series([best], best)).toBe('6 of 10 Wednesdays at 9:00 (UTC) work: 27 May, 3 June and 2 more are taken.');
  });

  it('includes other weekdays, other years and other reasons', () => {
    expect(series([slot('2026-12-15T10:00:00Z')], slot('2026-12-16T09:30:00Z', [2, 3], 'outside_working_hours'))).toBe(
      '10 of 10 Tuesdays at 10:00 (UTC) work; at 9:30, 8 of 10 Wednesdays: 30 December and 6 January 2027 are outside working hours.',
    );
  });

  it('formats times in the requested zone', () => {
    const one = slot('2026-05-31T22:30:00Z', [], 'busy', 1);
    expect(summaryOf({ slots: [one], nearMiss: null, rejected: [] }, 'Europe/Paris', false)).toBe(
      'Monday 1 June 2026 at 0:30 (Europe/Paris) works for everybody.',
    );
  });

  it('counts the optional people who are available', () => {
    const one = { ...slot('2026-06-01T10:00:00Z', [], 'busy', 1), optionalFree: ['ben'], optionalBusy: ['cem'] };
    expect(summaryOf({ slots: [one], nearMiss: null, rejected: [] }, 'UTC', false)).toBe(
      'Monday 1 June 2026 at 10:00 (UTC) works for everybody who must attend, and for 1 of 2 others.',
    );
  });

  it('describes the closest time when no time works', () => {
    const time = { start: at('2026-06-01T10:00:00Z'), end: at('2026-06-01T11:00:00Z') };
    const obstacle = { id: 'ana', reason: 'busy' as const };
    const none = (count: number): string =>
      summaryOf(
        { slots: [], nearMiss: null, rejected: [{ ...time, reasons: Array.from({ length: count }, () => obstacle) }] },
        'UTC',
        false,
      );
    expect(none(1)).toBe(
      'No time in the window works for everybody. At the closest one, Monday 1 June 2026 at 10:00 (UTC), 1 person is not available.',
    );
    expect(none(2)).toContain('2 people are not available.');
    const nothing = { slots: [], nearMiss: null, rejected: [] };
    expect(summaryOf(nothing, 'UTC', false)).toBe('No event of this duration fits into the window.');
    expect(summaryOf(nothing, 'UTC', true)).toBe('No start of the series fits into the window.');
  });
});
