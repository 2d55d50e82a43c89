import { endOf, wallDuration } from '../recurrence/series.js';
import { inRange, outOfRange, type Point, pointAt, readInstant, tryLocal } from '../platform/http/instant-text.js';
import type { FieldError } from '../problems/problem.js';
import { formatLocalTime, localOf, parseLocalTime, stampOf } from '../time/local-time.js';
import { canonicalTimeZone, isTimeZone, toInstant, toLocal } from '../time/time-zone.js';
import type { EventContent } from './event-content.js';

/** The times of an event as a client sends them. Absent members leave the current values. */
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
/** Distinguishes an instant from a wall time. */
const OFFSET = /(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * Resolves times to instants and wall times. A text with an offset is an instant; a text without one is a wall time in
 * the event's zone. A start in a DST gap moves forward by the gap, and the end with it, so that the length on the clock
 * stays; the wall times stay as typed. A wall time that occurs twice is the first (RFC 5545 §3.3.5). All-day events use
 * plain dates. Fractions of seconds are dropped. A new zone alone keeps the instants. Pure.
 * @param current the current times of the event; null for a new event
 * @param defaultZone the caller's zone, for a new event without a zone
 */
export function resolveTimes(
  input: TimeInput,
  current: EventTimes | null,
  defaultZone: string,
): { times: EventTimes } | { errors: FieldError[] } {
  const errors: FieldError[] = [];
  const zoneName = input.time_zone ?? current?.timeZone ?? defaultZone;
  if (!isTimeZone(zoneName)) {
    const message = 'Must be an IANA time zone such as Europe/Paris.';
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
      // The client sent back what it had read. Keep the wall time, which an instant cannot express.
      const isEcho =
        OFFSET.test(text) && timeZone === current?.timeZone && read.instant.getTime() === instant?.getTime();
      return isEcho && local !== undefined ? { instant: read.instant, local } : read;
    }
    if (instant === undefined || local === undefined || current?.allDay !== allDay) {
      const message = allDay ? 'Required, as a date.' : 'Required, as a date and time.';
      errors.push({ pointer, code: 'required', message });
      return null;
    }
    if (timeZone === current.timeZone) return { instant, local };
    return allDay ? (readDate(local.slice(0, 10), timeZone) as Point) : pointAt(instant, timeZone);
  };
  const movesEnd = input.start_time !== undefined && !hasOffset(input.start_time) && !hasOffset(input.end_time);
  const start = point('/start_time', input.start_time, current?.startTime, current?.localStart);
  const typedEnd = point('/end_time', input.end_time, current?.endTime, current?.localEnd);
  const end = start && typedEnd && fitEnd(start, typedEnd, { timeZone, allDay }, movesEnd);
  if (start && end && end.instant.getTime() <= start.instant.getTime()) {
    const [pointer, sent] = input.end_time === undefined ? ['/start_time', start] : ['/end_time', end];
    const message = `The end must be after the start.${adviseOtherEdge(input, sent, current)}`;
    errors.push({ pointer, code: 'end_not_after_start', message });
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
 * Returns what to send as well if the caller meant to move the event, whose length then stays. Empty when they sent both
 * times, or another zone.
 * @param sent the time that they sent, as it was read
 */
function adviseOtherEdge(input: TimeInput, sent: Point, current: EventTimes | null): string {
  const { start_time: start, end_time: end, time_zone: zone } = input;
  if (!current || (start === undefined) === (end === undefined) || (zone ?? current.timeZone) !== current.timeZone)
    return '';
  const other = start === undefined ? 'start_time' : 'end_time';
  const length = stampOf(parseLocalTime(current.localEnd)) - stampOf(parseLocalTime(current.localStart));
  const seconds = start === undefined ? -length : length;
  const text = hasOffset(start ?? end)
    ? new Date(sent.instant.getTime() + seconds * 1_000).toISOString().replace('.000Z', 'Z')
    : formatLocalTime(localOf(stampOf(parseLocalTime(sent.local)) + seconds)).slice(0, current.allDay ? 10 : undefined);
  return ` To move the event, send \`${other}\` as well: ${text} keeps its length.`;
}

const hasOffset = (text: string | undefined): boolean => text !== undefined && OFFSET.test(text);

/**
 * Returns the end beside a start that the clocks skip. Beside a start that was sent, it moves by the gap too. Otherwise
 * it stays, and only its wall time is shifted, so that it is as far from that of the start as the instants are.
 */
function fitEnd(start: Point, end: Point, { timeZone, allDay }: Zoned, movesEnd: boolean): Point {
  if (showsLocal(start, timeZone)) return end;
  const from = start.instant.getTime() / 1_000;
  if (allDay ? end.instant > start.instant : end.local <= start.local) return end;
  if (allDay || movesEnd) {
    const moved = endOf(from, wallDuration(start.local, end.local), timeZone, allDay);
    return { ...end, instant: new Date(moved * 1_000) };
  }
  const length = end.instant.getTime() / 1_000 - from;
  return { ...end, local: formatLocalTime(localOf(stampOf(parseLocalTime(start.local)) + length)) };
}

type Zoned = Pick<EventTimes, 'timeZone' | 'allDay'>;

/** Returns true when the clocks of the zone show the wall time at the instant, so that no gap moved it. */
export const showsLocal = ({ instant, local }: Point, timeZone: string): boolean =>
  formatLocalTime(toLocal(instant.getTime() / 1_000, timeZone)) === local;

/**
 * Returns the original local starts that a text may name, the likeliest first. The instant at which a DST gap ends may
 * also name an occurrence in the gap, whose original start is the skipped wall time. An error when it is not a time, or
 * the second of two equal wall times, at which no series has an occurrence.
 */
export function readLocalStarts(text: string, { timeZone, allDay }: Zoned): string[] | Omit<FieldError, 'pointer'> {
  const read = allDay ? readDate(text, timeZone) : readInstant(text, timeZone);
  if ('code' in read) return read;
  if (isRepeated(read, timeZone)) return repeatedTime(read, timeZone);
  const skipped = allDay || !OFFSET.test(text) ? null : skippedLocal(read.instant.getTime() / 1_000, timeZone);
  return skipped === null ? [read.local] : [read.local, skipped];
}

/** Returns true for the second of two equal wall times, which a series cannot express. */
export function isRepeated({ instant, local }: Point, timeZone: string): boolean {
  return (
    toInstant(parseLocalTime(local), timeZone).epochSecond < instant.getTime() / 1_000 &&
    showsLocal({ instant, local }, timeZone)
  );
}

/** Returns the error for the second of two equal wall times. */
export function repeatedTime({ local }: Pick<Point, 'local'>, timeZone: string): Omit<FieldError, 'pointer'> {
  const first = new Date(toInstant(parseLocalTime(local), timeZone).epochSecond * 1_000).toISOString().slice(0, 19);
  const message = `The clocks of ${timeZone} show this time twice, and a series can only have the first, at ${first}Z.`;
  return { code: 'repeated_time', message };
}

/** Longer than any DST gap. */
const BEFORE_ANY_GAP = 2 * 86_400;

/** Returns the wall time in a gap that moves forward to an instant (epoch seconds); null when there is none. */
function skippedLocal(epochSecond: number, timeZone: string): string | null {
  const earlier = epochSecond - BEFORE_ANY_GAP;
  const candidate = localOf(epochSecond + stampOf(toLocal(earlier, timeZone)) - earlier);
  const { epochSecond: found, adjusted } = toInstant(candidate, timeZone);
  return adjusted && found === epochSecond ? formatLocalTime(candidate) : null;
}

function readDate(text: string, timeZone: string): Point | Omit<FieldError, 'pointer'> {
  const local = DATE.test(text) ? tryLocal(text) : null;
  if (!local) return { code: 'not_a_date', message: 'Must be a date such as 2026-06-01.' };
  if (!inRange(text)) return outOfRange();
  const instant = new Date(toInstant(local, timeZone).epochSecond * 1_000);
  return { instant, local: formatLocalTime(local) };
}
