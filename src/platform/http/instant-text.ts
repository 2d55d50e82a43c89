import { formatLocalTime, type LocalTime, parseLocalTime, stampOf } from '../../time/local-time.js';
import { toInstant, toLocal } from '../../time/time-zone.js';
import type { FieldError } from '../../problems/problem.js';

/** An instant and its local time in a zone. */
export interface Point {
  instant: Date;
  local: string;
}

type InvalidInstant = Omit<FieldError, 'pointer'>;

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?$/;
const FIRST_YEAR = '1900';
const LAST_YEAR = '2200';

/** Reads an RFC 3339 instant, or wall time in the zone. Drops fractions of seconds. */
export function readInstant(text: string, timeZone: string): Point | InvalidInstant {
  const match = DATE_TIME.exec(text);
  const [, date = '', minutes = '', seconds = '00', offset] = match ?? [];
  const local = match ? tryLocal(`${date}T${minutes}:${seconds}`) : null;
  const offsetSeconds = offset === undefined ? 0 : secondsOf(offset);
  if (!local || offsetSeconds === null) {
    const message = 'Must be a date and time such as 2026-06-01T10:00:00Z (RFC 3339), or without the offset.';
    return { code: 'not_an_instant', message };
  }
  if (!inRange(date)) return outOfRange();
  if (offset !== undefined) return pointAt(new Date((stampOf(local) - offsetSeconds) * 1_000), timeZone);
  // The wall time stays as typed even in a gap, because it applies to the other days of a series.
  const instant = new Date(toInstant(local, timeZone).epochSecond * 1_000);
  return { instant, local: formatLocalTime(local) };
}

/** Reads an instant in a query, to the millisecond. A date means midnight in the zone. */
export function readQueryInstant(text: string, timeZone: string): Date | InvalidInstant {
  const read = readInstant(DATE.test(text) ? `${text}T00:00:00` : restorePlus(text), timeZone);
  return 'instant' in read ? new Date(read.instant.getTime() + milliseconds(text)) : read;
}

/** Restores the + of an offset: unescaped in a query, it arrives as a space. */
export const restorePlus = (text: string): string => text.replace(/ (\d\d:\d\d)$/, '+$1');

export function pointAt(instant: Date, timeZone: string): Point {
  return { instant, local: formatLocalTime(toLocal(instant.getTime() / 1_000, timeZone)) };
}

export function tryLocal(text: string): LocalTime | null {
  try {
    return parseLocalTime(text);
  } catch {
    return null;
  }
}

export const inRange = (date: string): boolean => date.slice(0, 4) >= FIRST_YEAR && date.slice(0, 4) <= LAST_YEAR;

export const outOfRange = (): InvalidInstant => ({
  code: 'not_allowed',
  message: `The year must be from ${FIRST_YEAR} to ${LAST_YEAR}.`,
});

/** Returns the offset in seconds east of UTC, or null if it is invalid. */
function secondsOf(offset: string): number | null {
  if (/^z$/i.test(offset)) return 0;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3_600 + minutes * 60);
}

/** Returns the milliseconds of a time. Event times have whole seconds, but the times of changes have milliseconds. */
function milliseconds(text: string): number {
  const fraction = /[.,](\d{1,9})/.exec(text)?.[1] ?? '0';
  return Number(fraction.padEnd(3, '0').slice(0, 3));
}
