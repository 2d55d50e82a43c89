import { civilFromDay, dayFromCivil, modulo, weekdayOf, type Weekday } from './calendar-day.js';

/** Returns the first day of the week that contains `day`. Weeks begin on `weekStart`. */
export function startOfWeek(day: number, weekStart: Weekday): number {
  return day - modulo(weekdayOf(day) - weekStart, 7);
}

/**
 * Returns the first day of week 1 of a year: the first week with at least four days in that year (RFC 5545 §3.3.10,
 * BYWEEKNO; ISO 8601 if weeks begin on Monday).
 */
export function startOfWeekOne(year: number, weekStart: Weekday): number {
  return startOfWeek(dayFromCivil(year, 1, 4), weekStart);
}

/** Returns the week-year that contains `day`. It may differ from the civil year near 1 January. */
export function weekYearOf(day: number, weekStart: Weekday): number {
  const fourthDayOfWeek = startOfWeek(day, weekStart) + 3;
  return civilFromDay(fourthDayOfWeek).year;
}

/** Returns 52 or 53. */
export function weeksInYear(year: number, weekStart: Weekday): number {
  return (startOfWeekOne(year + 1, weekStart) - startOfWeekOne(year, weekStart)) / 7;
}
