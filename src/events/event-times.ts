import type { FieldError } from '../platform/http/problem.js';
import { formatLocalTime, localOf, type LocalTime, parseLocalTime, stampOf } from '../platform/time/local-time.js';
import { canonicalTimeZone, isTimeZone, toInstant, toLocal } from '../platform/time/time-zone.js';
import type { EventContent } from './event-content.js';

/** The times of an event as a client spells them; absent ones stay as they are. */
export interface TimeInput {
  start_time?: string;
  end_time?: string;
  time_zone?: string;
  all_day?: boolean;
}

export type EventTimes = Pick<
  EventContent,
  'startTime' | 'endTime' | 'localStart' | 'localEnd' | 'timeZone' | 'allDay'
>;

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?$/;
/** What makes a text an instant and not wall time. */
const OFFSET = /(?:[Zz]|[+-]\d\d:\d\d)$/;
const FIRST_YEAR = '1900';
const LAST_YEAR = '2200';

/** One end of an event: the instant, and what the clocks of its zone show then. */
interface Point {
  instant: Date;
  local: string;
}

/**
 * Works out instants and wall times. With an offset a text is that instant; without one it is wall time in the event's
 * zone (a time in a DST gap moves forward by the gap, a doubled one is the first: RFC 5545 §3.3.5). All-day events use
 * plain dates. Fractions of seconds are dropped. A new zone alone keeps the instants.
 * @param current the event's present times, null for a new event
 * @param defaultZone the caller's zone, for new events that name none
 */
export function resolveTimes(
  input: TimeInput,
  current: EventTimes | null,
  defaultZone: string,
): { times: EventTimes } | { errors: FieldError[] } {
  const errors: FieldError[] = [];
  const zoneName = input.time_zone ?? current?.timeZone ?? defaultZone;
  if (!isTimeZone(zoneName)) {
    const message = 'Not a time zone of the IANA list, such as Europe/Paris.';
    return { errors: [{ pointer: '/time_zone', code: 'unknown_time_zone', message }] };
  }
  const timeZone = canonicalTimeZone(zoneName);
  const allDay = input.all_day ?? current?.allDay ?? false;

  const point = (pointer: string, text: string | undefined, instant?: Date, local?: string): Point | null => {
    if (text !== undefined) {
      const read = allDay ? readDate(text, timeZone) : readInstant(text, timeZone);
      if ('code' in read) {
        errors.push({ ...read, pointer });
        return null;
      }
      // Sent back as it was told: an instant says less than the wall time it was made from.
      const isEcho =
        OFFSET.test(text) && timeZone === current?.timeZone && read.instant.getTime() === instant?.getTime();
      return isEcho && local !== undefined ? { instant: read.instant, local } : read;
    }
    if (instant === undefined || local === undefined || current?.allDay !== allDay) {
      const message = allDay ? 'Needed, as a date.' : 'Needed, as a date and time.';
      errors.push({ pointer, code: 'required', message });
      return null;
    }
    if (timeZone === current.timeZone) return { instant, local };
    return allDay ? (readDate(local.slice(0, 10), timeZone) as Point) : at(instant, timeZone);
  };
  const start = point('/start_time', input.start_time, current?.startTime, current?.localStart);
  const end = point('/end_time', input.end_time, current?.endTime, current?.localEnd);
  if (start && end && end.instant.getTime() <= start.instant.getTime()) {
    const pointer = input.end_time === undefined ? '/start_time' : '/end_time';
    errors.push({ pointer, code: 'end_not_after_start', message: 'The end must be after the start.' });
  }
  if (errors.length > 0 || !start || !end) return { errors };
  return {
    times: {
      startTime: start.instant,
      endTime: end.instant,
      localStart: start.local,
      localEnd: end.local,
      timeZone,
      allDay,
    },
  };
}

/**
 * The original local starts that a text of the wire may name, the likelier first; none when it is no time. An instant to
 * which the clocks sprang is also that of the wall time in the gap, which a series keeps as its name.
 */
export function readLocalStarts(text: string, { timeZone, allDay }: Pick<EventTimes, 'timeZone' | 'allDay'>): string[] {
  const read = allDay ? readDate(text, timeZone) : readInstant(text, timeZone);
  if ('code' in read) return [];
  const skipped = allDay || !OFFSET.test(text) ? null : skippedLocal(read.instant.getTime() / 1_000, timeZone);
  return skipped === null ? [read.local] : [read.local, skipped];
}

/** Longer than the clocks ever skip. */
const BEFORE_ANY_GAP = 2 * 86_400;

/** The wall time in a gap that moves forward to an instant (epoch seconds), null when there is none. */
function skippedLocal(epochSecond: number, timeZone: string): string | null {
  const earlier = epochSecond - BEFORE_ANY_GAP;
  const candidate = localOf(epochSecond + stampOf(toLocal(earlier, timeZone)) - earlier);
  const { epochSecond: found, adjusted } = toInstant(candidate, timeZone);
  return adjusted && found === epochSecond ? formatLocalTime(candidate) : null;
}

/** An RFC 3339 instant, or wall time in the zone. */
export function readInstant(text: string, timeZone: string): Point | Omit<FieldError, 'pointer'> {
  const match = DATE_TIME.exec(text);
  const [, date = '', minutes = '', seconds = '00', offset] = match ?? [];
  const local = match ? tryLocal(`${date}T${minutes}:${seconds}`) : null;
  const offsetSeconds = offset === undefined ? 0 : secondsOf(offset);
  if (!local || offsetSeconds === null) {
    const message = 'Must be a date and time such as 2026-06-01T10:00:00Z (RFC 3339), or without the offset.';
    return { code: 'not_an_instant', message };
  }
  if (!inRange(date)) return outOfRange();
  if (offset !== undefined) return at(new Date((stampOf(local) - offsetSeconds) * 1_000), timeZone);
  // The wall time stays as it was typed even in a gap: the other days of a series keep to it.
  const instant = new Date(toInstant(local, timeZone).epochSecond * 1_000);
  return { instant, local: formatLocalTime(local) };
}

function readDate(text: string, timeZone: string): Point | Omit<FieldError, 'pointer'> {
  const local = DATE.test(text) ? tryLocal(text) : null;
  if (!local) return { code: 'not_a_date', message: 'Must be a date such as 2026-06-01.' };
  if (!inRange(text)) return outOfRange();
  const instant = new Date(toInstant(local, timeZone).epochSecond * 1_000);
  return { instant, local: formatLocalTime(local) };
}

function at(instant: Date, timeZone: string): Point {
  return { instant, local: formatLocalTime(toLocal(instant.getTime() / 1_000, timeZone)) };
}

function tryLocal(text: string): LocalTime | null {
  try {
    return parseLocalTime(text);
  } catch {
    return null;
  }
}

/** Seconds east of UTC, null for an offset that no clock has. */
function secondsOf(offset: string): number | null {
  if (/^z$/i.test(offset)) return 0;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3_600 + minutes * 60);
}

const inRange = (date: string): boolean => date.slice(0, 4) >= FIRST_YEAR && date.slice(0, 4) <= LAST_YEAR;

const outOfRange = (): Omit<FieldError, 'pointer'> => ({
  code: 'not_allowed',
  message: `Only the years ${FIRST_YEAR} to ${LAST_YEAR}.`,
});
