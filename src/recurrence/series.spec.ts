import { describe, expect, it } from 'vitest';
import { parseLocalTime } from '../time/local-time.js';
import { durationBetween, endOf } from './series.js';
import { toInstant } from '../time/time-zone.js';

function at(local: string): number {
  return toInstant(parseLocalTime(local), 'Europe/Paris').epochSecond;
}

describe('duration', () => {
  it.each([
    ['an hour', '2026-06-01T10:00', '2026-06-01T11:00', { days: 0, seconds: 3600 }],
    ['a night', '2026-06-01T22:00', '2026-06-02T06:00', { days: 0, seconds: 8 * 3600 }],
    ['two days', '2026-06-01T10:00', '2026-06-03T12:00', { days: 2, seconds: 7200 }],
    ['a day of 23 hours', '2026-03-28T12:00', '2026-03-29T12:00', { days: 1, seconds: 0 }],
    ['a day of 25 hours', '2026-10-24T12:00', '2026-10-25T12:00', { days: 1, seconds: 0 }],
    ['into a gap', '2026-03-28T02:30', '2026-03-29T03:30', { days: 1, seconds: 0 }],
    ['nothing', '2026-06-01T10:00', '2026-06-01T10:00', { days: 0, seconds: 0 }],
  ])('of %s is days on the calendar, then seconds', (_, start, end, expected) => {
    expect(durationBetween(at(start), at(end), 'Europe/Paris')).toEqual(expected);
  });

  it('restores the exact end, between any times around both clock changes', () => {
    for (const from of [at('2026-03-28T00:00'), at('2026-10-24T00:00')]) {
      for (let start = from; start < from + 2 * 86_400; start += 1800) {
        for (let end = start; end < start + 3 * 86_400; end += 5400) {
          const duration = durationBetween(start, end, 'Europe/Paris');
          expect(endOf(start, duration, 'Europe/Paris')).toBe(end);
          expect(duration.seconds).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });
});
