import { describe, expect, it } from 'vitest';
import { LAST_DAY, civilFromDay, dayFromCivil, daysInMonth, weekdayOf } from './calendar-day.js';
import { startOfWeekOne, weekYearOf, weeksInYear } from './week-year.js';

describe('calendar day', () => {
  it('counts days from 1970-01-01 and back, over 8,000 years', () => {
    for (let day = -25_567; day <= LAST_DAY; day += 397) {
      const { year, month, dayOfMonth } = civilFromDay(day);
      const date = new Date(day * 86_400_000);
      expect([year, month, dayOfMonth]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
      expect(dayFromCivil(year, month, dayOfMonth)).toBe(day);
      expect(weekdayOf(day)).toBe((date.getUTCDay() + 6) % 7);
    }
    expect(civilFromDay(LAST_DAY)).toEqual({ year: 9999, month: 12, dayOfMonth: 31 });
  });

  it.each([
    [1900, 28],
    [2000, 29],
    [2024, 29],
    [2026, 28],
  ])('February %i has %i days', (year, days) => {
    expect(daysInMonth(year, 2)).toBe(days);
  });

  it('numbers weeks as in ISO 8601 when they start on Monday', () => {
    expect(weekYearOf(dayFromCivil(2027, 1, 3), 0)).toBe(2026);
    expect(weekYearOf(dayFromCivil(2024, 12, 30), 0)).toBe(2025);
    expect(startOfWeekOne(2026, 0)).toBe(dayFromCivil(2025, 12, 29));
    expect([2020, 2026, 2027].map((year) => weeksInYear(year, 0))).toEqual([53, 53, 52]);
  });

  it('numbers weeks from a start other than Monday', () => {
    expect(startOfWeekOne(2026, 6)).toBe(dayFromCivil(2026, 1, 4));
  });
});
