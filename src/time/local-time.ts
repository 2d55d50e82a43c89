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

const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.0+)?)?)?$/;
const ICALENDAR_TIME = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?$/;

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

function read(form: RegExp, text: string): LocalTime {
  const match = form.exec(text);
  if (!match) throw invalidTime(text);
  const [year, month, dayOfMonth, hour, minute, second] = match.slice(1).map((digits) => Number(digits ?? 0));
  const dateExists = isCivilDate(year!, month!, dayOfMonth!);
  // Second 60 is a leap second. Like POSIX time, the engine reads it as 59 (RFC 5545 §3.3.12).
  if (!dateExists || hour! > 23 || minute! > 59 || second! > 60) throw invalidTime(text);
  return {
    day: dayFromCivil(year!, month!, dayOfMonth!),
    second: hour! * 3600 + minute! * 60 + Math.min(second!, 59),
  };
}

function invalidTime(text: string): TimeError {
  return new TimeError('invalid_time', '', `"${text.slice(0, 40)}" is not a date or time that exists.`);
}

function date(day: number, separator: string): string {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return [String(year).padStart(4, '0'), twoDigits(month), twoDigits(dayOfMonth)].join(separator);
}

function clock(second: number, separator: string): string {
  const hour = Math.floor(second / 3600);
  const minute = Math.floor(second / 60) % 60;
  return [twoDigits(hour), twoDigits(minute), twoDigits(second % 60)].join(separator);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
