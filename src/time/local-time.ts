import { civilFromDay, dayFromCivil, isCivilDate } from './calendar-day.js';
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

interface Form {
  form: RegExp;
  /** Where each part begins; the year is first. */
  places: Record<'month' | 'dayOfMonth' | 'hour' | 'minute' | 'second', number>;
}

const LOCAL_TIME: Form = {
  form: /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.0+)?)?)?$/,
  places: { month: 5, dayOfMonth: 8, hour: 11, minute: 14, second: 17 },
};
const ICALENDAR_TIME: Form = {
  form: /^\d{8}(?:T\d{6})?$/,
  places: { month: 4, dayOfMonth: 6, hour: 9, minute: 11, second: 13 },
};

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
  return read(LOCAL_TIME, text);
}

/**
 * Reads the iCalendar forms `20260601T100000` and `20260601` (RFC 5545 §3.3.4, §3.3.5 form 1).
 * @throws TimeError `invalid_time`
 */
export function parseICalendarTime(text: string): LocalTime {
  return read(ICALENDAR_TIME, text);
}

/** Formats as `2026-06-01T10:00:00`. */
export function formatLocalTime(local: LocalTime): string {
  return `${formatLocalDate(local)}T${clock(local.second, ':')}`;
}

/** Formats as `2026-06-01`. */
export function formatLocalDate(local: LocalTime): string {
  return date(local.day, '-');
}

/** Formats as `20260601T100000` (RFC 5545 §3.3.5 form 1). */
export function formatICalendarTime(local: LocalTime): string {
  return `${formatICalendarDate(local)}T${clock(local.second, '')}`;
}

/** Formats as `20260601` (RFC 5545 §3.3.4). */
export function formatICalendarDate(local: LocalTime): string {
  return date(local.day, '');
}

/** Reads the digits by their places: with groups of the expression, it takes twice as long. */
function read({ form, places }: Form, text: string): LocalTime {
  if (!form.test(text)) throw invalidTime(text);
  const digit = (place: number): number => text.charCodeAt(place) - ZERO;
  const two = (place: number): number => (place < text.length ? digit(place) * 10 + digit(place + 1) : 0);
  const year = two(0) * 100 + two(2);
  const month = two(places.month);
  const dayOfMonth = two(places.dayOfMonth);
  const hour = two(places.hour);
  const minute = two(places.minute);
  const second = two(places.second);
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
