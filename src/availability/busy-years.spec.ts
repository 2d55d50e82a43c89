import { describe, expect, it } from 'vitest';
import { BusyYears, type Times } from './busy-years.js';

const YEARS = { start: 0, end: 10_000 };

describe('BusyYears', () => {
  it('finds what lies in a window, clipped to it', () => {
    const known = new BusyYears();
    const busy = Array.from({ length: 30 }, (_, index): Times => [index * 10, index * 10 + (index % 3) * 3 + 2]);
    known.store('a 1', YEARS, busy);
    for (let start = 0; start < 320; start += 1) {
      for (const end of [start + 1, start + 9, start + 35, 1_000]) {
        const expected = busy
          .filter(([from, to]) => from < end && to > start)
          .map(([from, to]) => ({ start: Math.max(from, start), end: Math.min(to, end) }));
        expect(known.find('a 1', YEARS, { start, end })).toEqual(expected);
      }
    }
  });

  it('knows a version only in the years that were stored, and one that occupies nothing as well', () => {
    const known = new BusyYears();
    known.store('a 1', YEARS, []);
    expect(known.find('a 1', YEARS, YEARS)).toEqual([]);
    expect([known.has('a 1', YEARS), known.has('a 2', YEARS)]).toEqual([true, false]);
    expect(known.find('a 1', { start: 0, end: 20_000 }, YEARS)).toBeNull();
  });

  it('forgets everything when PostgreSQL started again', () => {
    const known = new BusyYears();
    known.keepSince('Monday');
    known.store('a 1', YEARS, [[1, 2]]);
    known.keepSince('Monday');
    expect(known.has('a 1', YEARS)).toBe(true);
    known.keepSince('Tuesday');
    expect(known.has('a 1', YEARS)).toBe(false);
  });
});
