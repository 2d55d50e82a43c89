import { civilFromDay, dayFromCivil, modulo, weekdayOf, type Weekday } from './calendar-day.js';

/** The first day of the week that contains `day`, weeks beginning on `weekStart`. */
export function startOfWeek(day: number, weekStart: Weekday): number {
  return day - modulo(weekdayOf(day) - weekStart, 7);
}

/**
 * The first day of week 1 of a year: the week with at least four of its days in that year (RFC 5545 §3.3.10, BYWEEKNO;
 * ISO 8601 when weeks begin on Monday).
 */
export function startOfWeekOne(year: number, weekStart: Weekday): number {
  return startOfWeek(dayFromCivil(year, 1, 4), weekStart);
}

/** The year whose numbered weeks contain `day`: not always the civil year, at either end of it. */
export function weekYearOf(day: number, weekStart: Weekday): number {
  const fourthDayOfWeek = startOfWeek(day, weekStart) + 3;
  return civilFromDay(fourthDayOfWeek).year;
}

/** 52 or 53. */
export function weeksInYear(year: number, weekStart: Weekday): number {
  return (startOfWeekOne(year + 1, weekStart) - startOfWeekOne(year, weekStart)) / 7;
}
