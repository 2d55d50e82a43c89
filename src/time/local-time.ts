import { civilFromDay, dayFromCivil, isCivilDate, LAST_DAY } from './calendar-day.js';
import { TimeError } from './time-error.js';

/** A date and a time on a wall clock, without a zone. */
export type LocalTime = {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Seconds since midnight, 0 to 86,399. */
  readonly second: number;
};

/**
 * A local time as one integer, `day * 86400 + second`, to compare, sort and hash. It equals the epoch second only in
 * UTC, so it must never be mixed with instants.
 */
export type LocalStamp = number;

export const SECONDS_IN_DAY = 86_400;

const LOCAL_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.0+)?)?)?$/;
const ICALENDAR_TIME = /^\d{8}(?:T\d{6})?$/;

export function stampOf(local: LocalTime): LocalStamp {
  return local.day * SECONDS_IN_DAY + local.second;
}

export function localOf(stamp: LocalStamp): LocalTime {
  const day = Math.floor(stamp / SECONDS_IN_DAY);
  return { day, second: stamp - day * SECONDS_IN_DAY };
}

/**
 * Reads `2026-06-01T10:00:00`, `2026-06-01T10:00` or `2026-06-01` (midnight). Accepts the years 0000 to 9999;
 * `validateSeries` decides which years a series may use.
 * @throws TimeError `invalid_time` for any other text, a date that doesn't exist, or an offset or `Z`.
 */
export function parseLocalTime(text: string): LocalTime {
  return read(LOCAL_TIME, text, [5, 8, 11, 14, 17]);
}

/**
 * Reads the iCalendar forms `20260601T100000` and `20260601` (RFC 5545 §3.3.4, §3.3.5 form 1).
 * @throws TimeError `invalid_time`
 */
export function parseICalendarTime(text: string): LocalTime {
  return read(ICALENDAR_TIME, text, [4, 6, 9, 11, 13]);
}

/** Formats as `2026-06-01T10:00:00`. */
export function formatLocalTime(local: LocalTime): string {
  return `${formatLocalDate(local)}T${clock(local.second, ':')}`;
}

/** Formats as `2026-06-01`. */
export function formatLocalDate(local: LocalTime): string {
  return date(local.day, '-');
}

/** Formats an instant as `toISOString` does, `2026-06-01T08:00:00.000Z`, in a third of the time. */
export function formatInstant(time: Date): string {
  const milliseconds = time.getTime();
  // Also for an invalid time, which throws there.
  if (!(milliseconds >= FIRST_MS && milliseconds <= LAST_MS)) return time.toISOString();
  const second = Math.floor(milliseconds / 1_000);
  const rest = milliseconds - second * 1_000;
  return `${formatLocalTime(localOf(second))}.${rest < 100 ? '0' : ''}${TWO_DIGITS[rest] ?? rest}Z`;
}

/** Of the years 0000 to 9999. */
const FIRST_MS = dayFromCivil(0, 1, 1) * SECONDS_IN_DAY * 1_000;
const LAST_MS = (LAST_DAY + 1) * SECONDS_IN_DAY * 1_000 - 1;

/** Formats as `20260601T100000` (RFC 5545 §3.3.5 form 1). */
export function formatICalendarTime(local: LocalTime): string {
  return `${formatICalendarDate(local)}T${clock(local.second, '')}`;
}

/** Formats as `20260601` (RFC 5545 §3.3.4). */
export function formatICalendarDate(local: LocalTime): string {
  return date(local.day, '');
}

/** @param places where month, day, hour, minute and second begin in a text of the form */
function read(form: RegExp, text: string, places: readonly [number, number, number, number, number]): LocalTime {
  if (!form.test(text)) throw invalidTime(text);
  const digit = (place: number): number => text.charCodeAt(place) - ZERO;
  const two = (place: number): number => (place < text.length ? digit(place) * 10 + digit(place + 1) : 0);
  const year = two(0) * 100 + two(2);
  const [month, dayOfMonth, hour, minute, second] = [
    two(places[0]),
    two(places[1]),
    two(places[2]),
    two(places[3]),
    two(places[4]),
  ];
  // Second 60 is a leap second. Like POSIX time, the engine reads it as 59 (RFC 5545 §3.3.12).
  if (!isCivilDate(year, month, dayOfMonth) || hour > 23 || minute > 59 || second > 60) throw invalidTime(text);
  return {
    day: dayFromCivil(year, month, dayOfMonth),
    second: hour * 3600 + minute * 60 + Math.min(second, 59),
  };
}

const ZERO = '0'.charCodeAt(0);

function invalidTime(text: string): TimeError {
  return new TimeError('invalid_time', '', `"${text.slice(0, 40)}" is not a date or time that exists.`);
}

// Events consist of times for a good part, so these are as fast as they can be.
const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

function date(day: number, separator: string): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  const century = Math.floor(year / 100);
  const hasFourDigits = century >= 0 && century < 100;
  const years = hasFourDigits
    ? TWO_DIGITS[century]! + TWO_DIGITS[year - century * 100]!
    : String(year).padStart(4, '0');
  return `${years}${separator}${TWO_DIGITS[month]!}${separator}${TWO_DIGITS[dayOfMonth]!}`;
}

function clock(second: number, separator: string): string {
  const minute = Math.floor(second / 60);
  const hour = Math.floor(minute / 60);
  return `${TWO_DIGITS[hour]!}${separator}${TWO_DIGITS[minute - hour * 60]!}${separator}${TWO_DIGITS[Math.floor(second) - minute * 60]!}`;
}
