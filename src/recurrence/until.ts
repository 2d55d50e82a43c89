import {
  SECONDS_IN_DAY,
  formatICalendarDate,
  formatICalendarTime,
  formatLocalDate,
  formatLocalTime,
  localOf,
  parseICalendarTime,
  parseLocalTime,
  stampOf,
} from '../time/local-time.js';
import type { Until } from './rule.js';
import { getZone } from '../time/zone.js';

const OFFSET = /([+-])([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * Reads an UNTIL value of RRULE text: `20261231`, `20261231T100000` or `20261231T090000Z`.
 * @throws TimeError `invalid_time`
 */
export function parseICalendarUntil(text: string): Until {
  if (/z$/i.test(text)) return { form: 'instant', epochSecond: stampOf(parseICalendarTime(text.slice(0, -1))) };
  const local = parseICalendarTime(text.toUpperCase());
  return text.length === 8 ? { form: 'date', day: local.day } : { form: 'local', local };
}

/**
 * Reads the `until` of a pattern: `2026-12-31`, `2026-12-31T10:00:00`, `…Z` or `…+01:00` (kept as an instant).
 * @throws TimeError `invalid_time`
 */
export function parseUntil(text: string): Until {
  if (text.endsWith('Z')) return { form: 'instant', epochSecond: stampOf(parseLocalTime(text.slice(0, -1))) };
  const offset = text.length > 10 ? OFFSET.exec(text) : null;
  if (offset) {
    const seconds = (Number(offset[2]) * 60 + Number(offset[3])) * 60;
    const local = stampOf(parseLocalTime(text.slice(0, offset.index)));
    return { form: 'instant', epochSecond: offset[1] === '+' ? local - seconds : local + seconds };
  }
  const local = parseLocalTime(text);
  return text.length === 10 ? { form: 'date', day: local.day } : { form: 'local', local };
}

export function printUntil(until: Until): string {
  if (until.form === 'date') return formatLocalDate({ day: until.day, second: 0 });
  if (until.form === 'local') return formatLocalTime(until.local);
  return `${formatLocalTime(localOf(until.epochSecond))}Z`;
}

export function printICalendarUntil(until: Until): string {
  if (until.form === 'date') return formatICalendarDate({ day: until.day, second: 0 });
  if (until.form === 'local') return formatICalendarTime(until.local);
  return `${formatICalendarTime(localOf(until.epochSecond))}Z`;
}

/** Returns the day of the limit. For an instant it is the day in UTC, which may differ from the local day by one. */
export function untilDay(until: Until): number {
  if (until.form === 'date') return until.day;
  if (until.form === 'local') return until.local.day;
  return Math.floor(until.epochSecond / SECONDS_IN_DAY);
}

/**
 * Returns the same limit in the form that RFC 5545 §3.3.10 requires for a start: a date for an all-day start, a local
 * time for a floating one, and an instant in UTC otherwise. A date becomes the last second of that local day.
 */
export function untilBesideStart(until: Until, start: { zone: string | null; allDay: boolean }): Until {
  const zone = getZone(start.zone);
  if (start.allDay) {
    if (until.form !== 'instant') return { form: 'date', day: untilDay(until) };
    return { form: 'date', day: localOf(zone.toStamp(until.epochSecond)).day };
  }
  const stamp = lastStamp(until, start.zone);
  if (start.zone === null) return { form: 'local', local: localOf(stamp) };
  return until.form === 'instant' ? until : { form: 'instant', epochSecond: zone.toInstant(stamp).epochSecond };
}

/** Returns the last local time on the wall clock of a zone that the limit includes. */
function lastStamp(until: Until, zone: string | null): number {
  if (until.form === 'date') return (until.day + 1) * SECONDS_IN_DAY - 1;
  if (until.form === 'local') return stampOf(until.local);
  return getZone(zone).toStamp(until.epochSecond);
}
