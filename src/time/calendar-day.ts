/**
 * The proleptic Gregorian calendar in integers. A *day* is the number of days since 1970-01-01; a *weekday* counts from
 * Monday = 0. This module doesn't depend on clocks or time zones.
 */

export type CivilDate = { year: number; month: number; dayOfMonth: number };

/** Monday = 0 … Sunday = 6, the order of ISO 8601. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** The last day of the engine: 9999-12-31, the last date that iCalendar can express (RFC 5545 §3.3.4). */
export const LAST_DAY = 2_932_896;

/** The Gregorian calendar, weekdays included, repeats after exactly this many days (400 years, 20,871 weeks). */
export const DAYS_IN_CYCLE = 146_097;

/** Years counted from 1 March end with the leap day, so the lengths of their months follow a closed formula. */
const DAYS_BEFORE_1970_FROM_MARCH_OF_YEAR_ZERO = 719_468;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** @param month 1 to 12 */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : DAYS_IN_MONTH[month - 1]!;
}

export function daysInYear(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}

/** Returns the day of a civil date. The date must exist; see `isCivilDate`. */
export function dayFromCivil(year: number, month: number, dayOfMonth: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const cycle = Math.floor(marchYear / 400);
  const yearOfCycle = marchYear - cycle * 400;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + dayOfMonth - 1;
  const dayOfCycle = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * DAYS_IN_CYCLE + dayOfCycle - DAYS_BEFORE_1970_FROM_MARCH_OF_YEAR_ZERO;
}

/** Returns the civil date of a day: the inverse of `dayFromCivil`. */
export function civilFromDay(day: number): CivilDate {
  const shifted = day + DAYS_BEFORE_1970_FROM_MARCH_OF_YEAR_ZERO;
  const cycle = Math.floor(shifted / DAYS_IN_CYCLE);
  const dayOfCycle = shifted - cycle * DAYS_IN_CYCLE;
  const leapDays =
    Math.floor(dayOfCycle / 1460) - Math.floor(dayOfCycle / 36524) + Math.floor(dayOfCycle / (DAYS_IN_CYCLE - 1));
  const yearOfCycle = Math.floor((dayOfCycle - leapDays) / 365);
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0), month, dayOfMonth };
}

export function isCivilDate(year: number, month: number, dayOfMonth: number): boolean {
  return month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= daysInMonth(year, month);
}

export function weekdayOf(day: number): Weekday {
  // 1970-01-01 was a Thursday.
  return modulo(day + 3, 7) as Weekday;
}

/** Returns the remainder with the sign of the divisor: `modulo(-1, 7)` is 6. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
