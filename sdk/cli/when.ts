import type { ParsedComponents } from 'chrono-node';
import { offsetAt, toInstant } from '../index.js';
import { isUnanchored } from './amounts.js';
import { UsageError } from './cli-error.js';
import { toChrono } from './clock-words.js';
import { type Duration, takeDuration } from './duration.js';
import {
  afterMidnight,
  hasTwoDays,
  inWrittenOrder,
  parseEnglish,
  refuseReversed,
  refuseReversedWeek,
  UNTIL,
} from './range-order.js';
import { dayText, moveWall, oddity, readZone, wallOf } from './zones.js';

/** A time that somebody wrote. */
export interface Point {
  /** What the clocks of the zone show: `2026-12-07T10:00:00`, or a date. */
  wall: string;
  /** Whether an instant was meant, such as with an offset or by “in 2 hours”, and which. */
  instant: string | null;
  /** Whether a time of day was written. */
  hasTime: boolean;
  /** Whether a day was written, and not only a time of day. */
  hasDay: boolean;
  /** False for a day of a month without its year. */
  hasYear: boolean;
}

/** From when to when. */
export interface Span {
  start: Point;
  end: Point | null;
  duration: Duration | null;
}

const EXAMPLES = 'Write for example: tomorrow 10am for 45 min · next friday 14:00-15:30 · 2026-12-07 10:00.';
const FILLERS = /^(?:[\s,]|\b(?:on|at|from|the|starting)\b)*$/i;
const VAGUE = /\b(?:morning|afternoon|evening|night|tonight)\b/i;
const BACK = /\b(?:last|past|ago|yesterday|previous)\b/i;
/** Several days, unless a day of the week is written as well. */
const SEVERAL_DAYS =
  /\b(?:this|next|last|past|previous|coming|following)\s+(?:(?:few|\d+)\s+)?(?:week|month|quarter|year)s?\b/i;
const ALWAYS_SEVERAL = /\bweekends?\b|\b(?:next|last|past|coming|following)\s+(?:few|\d+)\s+days\b/i;
const BOTH = new RegExp(String.raw`^(.+?)\s+${UNTIL}\s+(.+)$`, 'i');
const SECONDS = /\d:\d\d:\d\d/;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export interface SpanOptions {
  now?: Date;
  /** The day that is meant when only a time of day is written; today by default. */
  day?: string | null;
  /** Whether a time of day that is over today may be meant; otherwise it is tomorrow. */
  isPast?: boolean;
  /** Whether the last such time is meant: of a time of day that of yesterday when it has not come today. */
  isOver?: boolean;
}

/**
 * Reads times as people write them, in the zone. Everything must be understood: a misspelt word is refused, not ignored.
 *
 * @throws UsageError
 */
export function readSpan(
  text: string,
  zone: string,
  { now = new Date(), day = null, isOver = false, isPast = isOver }: SpanOptions = {},
): Span {
  const { rest: written, duration } = takeDuration(text.trim());
  const rest = toChrono(written);
  if (rest === '') throw new UsageError(`“${text}” says no day and no time. ${EXAMPLES}`);
  refuseAmbiguous(rest);
  refuseZoneName(rest);
  if (isUnanchored(rest)) {
    throw new UsageError(
      `“${rest}” does not say from when. Write for example in 2 days, 2 days ago, or tomorrow 10:00.`,
    );
  }
  const reference = { instant: now, timezone: offsetAt(now, zone) / 60_000 };
  const results = parseEnglish(rest, reference, { forwardDate: !BACK.test(rest) && !isOver });
  const isAhead = !BACK.test(rest) && !isPast;
  const [result, another] = results;
  const ignored = results.reduce((left, { text: read }) => left.replace(read, ' '), rest);
  if (!result || another || !FILLERS.test(ignored)) {
    const parts = BOTH.exec(rest);
    if (parts && !duration) return readBoth(parts[1]!, parts[2]!, zone, { now, day, isPast, isOver });
    const unread = !result || FILLERS.test(ignored) ? rest : ignored.replace(/\s+/g, ' ').trim();
    throw new UsageError(`“${unread}” is not a time that can be understood. ${EXAMPLES}`);
  }
  const read = inWrittenOrder(result);
  const start = toPoint(read.start, zone, rest, day);
  const end = read.end && toPoint(read.end, zone, rest, day);
  if (end) keepHour(end, rest);
  if (end && (hasTwoDays(rest) || !end.hasTime)) {
    refuseReversed(start, end);
    refuseReversedWeek([start, end], [read.start, read.end!], rest, isAhead ? wallOf(now, zone).slice(0, 10) : null);
  }
  refuseOtherWeekday(read.start, start);
  if (end && hasTwoDays(rest)) refuseOtherWeekday(read.end!, end);
  if (isAhead && day === null) moveAhead([start, end], read.start, zone, now);
  if (isOver) moveBehind([start, end], read.start, zone, now);
  if (end && duration) throw new UsageError(`“${text}” has both an end and a duration.`);
  if (end && end.hasTime !== start.hasTime) throw new UsageError(`“${text}” has only one time of day. ${EXAMPLES}`);
  return { start, end: end && afterMidnight(start, end, rest), duration };
}

/**
 * The instant in the past that is meant: of what comes again, such as a time of day or a day of the week, the last one.
 *
 * @throws UsageError when it has not come yet
 */
export function readPast(text: string, zone: string, now = new Date()): string {
  const { start, end, duration } = readSpan(text, zone, { now, isOver: true });
  if (end || duration) throw new UsageError(`“${text}” is more than one moment. Write one, such as yesterday 10:00.`);
  const at = instantOf(start, zone);
  const ahead = Date.parse(at) - now.getTime();
  // “now” is rounded to the minute.
  if (ahead > 0 && ahead < 60_000) return isoOf(new Date(Math.floor(now.getTime() / 1_000) * 1_000));
  if (ahead > 0) throw new UsageError(`“${text}” has not come yet. Write a time in the past, such as yesterday 10:00.`);
  return at;
}

/** “2026-12-05 10:00 to 2026-12-08 12:00” */
function readBoth(first: string, second: string, zone: string, options: SpanOptions): Span {
  const { start, end, duration } = readSpan(first, zone, options);
  const last = readSpan(second, zone, { ...options, day: start.wall.slice(0, 10), isPast: true });
  if (end || duration || last.end || last.duration || last.start.hasTime !== start.hasTime) {
    throw new UsageError(`“${first} to ${second}” is not a time that can be understood. ${EXAMPLES}`);
  }
  refuseReversed(start, last.start);
  return { start, end: last.start, duration: null };
}

/** A zone is an option, because it is also that in which the event stays when clocks change. */
function refuseZoneName(text: string): void {
  const [, name] = /(?:^|[\s,(])([A-Za-z_]{3,}(?:\/[A-Za-z_+\-0-9]+)+)/.exec(text) ?? [];
  if (name !== undefined) throw new UsageError(`Write the zone as an option: --zone ${readZone(name)}.`);
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const SLASHED = /\b(\d{1,2})([/.])(\d{1,2})(?:[/.](\d{4}|\d\d))?\b/;

/** 12/6 is a day in June or in December, depending on who reads it; 12/25 is one day. */
function refuseAmbiguous(text: string): void {
  const [found, first, mark, second, year] = SLASHED.exec(text) ?? [];
  // 9.30 is a time.
  if (!found || (mark === '.' && year === undefined) || first === second) return;
  const isMonth = (number: string | undefined): boolean => Number(number) >= 1 && Number(number) <= 12;
  if (!isMonth(first) || !isMonth(second)) return;
  const dayOf = (day: string, month: string): string =>
    [Number(day), MONTHS[Number(month) - 1], ...(year === undefined ? [] : [year])].join(' ');
  throw new UsageError(
    `“${found}” could be two different days. Write ${dayOf(first!, second!)}, or ${dayOf(second!, first!)}.`,
  );
}

function toPoint(read: ParsedComponents, zone: string, text: string, day: string | null): Point {
  const hasTime = read.isCertain('hour');
  if (!hasTime && VAGUE.test(text)) throw new UsageError(`“${text}” is vague. Add a time, such as 9:30.`);
  const several = ALWAYS_SEVERAL.exec(text) ?? (read.isCertain('weekday') ? null : SEVERAL_DAYS.exec(text));
  if (several) {
    const example = /month|quarter|year/i.test(several[0]) ? '6 december' : 'monday';
    throw new UsageError(`“${several[0]}” is more than a day. Write which one, such as ${example}.`);
  }
  const instant = hasTime && read.isCertain('timezoneOffset') ? instantText(read.date(), text) : null;
  const hasDay = read.isCertain('day') || read.isCertain('weekday') || /\btoday\b|\bmidnight\b/i.test(text);
  const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', width: number): string =>
    String(read.get(name) ?? 0).padStart(width, '0');
  let date = `${part('year', 4)}-${part('month', 2)}-${part('day', 2)}`;
  if (read.isCertain('month') && !hasDay) throw new UsageError(`“${text}” is a whole month. Write a day.`);
  if (!hasDay) date = day ?? date;
  const wall = hasTime ? `${date}T${part('hour', 2)}:${part('minute', 2)}:${part('second', 2)}` : date;
  const hasYear = instant !== null || read.isCertain('year') || !read.isCertain('month');
  return { wall: instant ? wallOf(instant, zone) : wall, instant, hasTime, hasDay, hasYear };
}

/** @throws UsageError for “Sunday 1 December 2026”, which is a Tuesday */
function refuseOtherWeekday(read: ParsedComponents, { wall, instant }: Point): void {
  if (instant !== null || !read.isCertain('day') || !read.isCertain('weekday')) return;
  const date = wall.slice(0, 10);
  const [is, written] = [new Date(`${date}T00:00Z`).getUTCDay(), read.get('weekday')!];
  if (is !== written)
    throw new UsageError(`${dayText(date).slice(4)} is a ${WEEKDAYS[is]}, not a ${WEEKDAYS[written]}.`);
}

/** “Friday 9:00” on a Friday at noon is that of next week, and “9:00” is tomorrow. */
function moveAhead(points: (Point | null)[], read: ParsedComponents, zone: string, now: Date): void {
  const { wall, instant, hasTime, hasDay } = points[0]!;
  if (instant !== null || !hasTime || wall >= wallOf(now, zone)) return;
  const days = hasDay ? (read.isCertain('day') || !read.isCertain('weekday') ? 0 : 7) : 1;
  for (const point of points) if (point) point.wall = moveWall(point.wall, { days });
}

/** The last Friday, the last 9:00, the last 10 March. */
function moveBehind(points: (Point | null)[], read: ParsedComponents, zone: string, now: Date): void {
  const { wall, instant, hasDay } = points[0]!;
  if (instant !== null || wall <= wallOf(now, zone)) return;
  const isDayOfYear = read.isCertain('day') && !read.isCertain('year');
  const days = !hasDay ? 1 : read.isCertain('weekday') && !read.isCertain('day') ? 7 : 0;
  for (const point of points) {
    if (!point) continue;
    if (isDayOfYear) point.wall = `${Number(point.wall.slice(0, 4)) - 1}${point.wall.slice(4)}`;
    else point.wall = moveWall(point.wall, { days: -days });
  }
}

/** The package reads the end of “20:00-9:00” as 21:00, as if hours were written up to 12. */
function keepHour(end: Point, text: string): void {
  if (end.instant !== null || !end.hasTime || /\d\s*[ap]\.?m\b/i.test(text)) return;
  const [, hour] = /(\d{1,2}):\d\d(?!.*:\d\d)/s.exec(text) ?? [];
  if (hour !== undefined && Number(end.wall.slice(11, 13)) === Number(hour) + 12) {
    end.wall = moveWall(end.wall, { minutes: -720 });
  }
}

/** What is counted from now is rounded to the minute, unless seconds are written. */
const instantText = (at: Date, text: string): string =>
  isoOf(SECONDS.test(text) ? at : new Date(Math.round(at.getTime() / 60_000) * 60_000));

const isoOf = (at: Date): string => at.toISOString().replace('.000Z', 'Z');

/** The instant of the point; a wall time that the clocks skip moves forward, and of two equal ones it is the first. */
export const instantOf = ({ instant, wall }: Point, zone: string): string => instant ?? toInstant(wall, zone);

export interface EventTimes {
  start_time: string;
  end_time: string;
  all_day: boolean;
}

/**
 * The times of an event, as the server wants them: dates for one that lasts all day, wall times without an offset where the
 * clocks of the zone are meant, instants otherwise. `notes` say what the change of clocks makes of them.
 *
 * @param fallback the duration when none is written
 * @throws UsageError when the end is not after the start
 */
export function eventTimes(
  { start, end, duration }: Span,
  zone: string,
  fallback: { timed: Duration; allDay: Duration } = {
    timed: { days: 0, minutes: 60 },
    allDay: { days: 1, minutes: 0 },
  },
): { times: EventTimes; notes: string[] } {
  if (!start.hasTime) {
    const length = duration ?? fallback.allDay;
    if (length.minutes > 0)
      throw new UsageError('An event on a date alone lasts whole days. Add a time, such as 9:30.');
    const end_time = end ? moveWall(end.wall, { days: 1 }) : moveWall(start.wall, length);
    if (end_time <= start.wall) throw new UsageError('The event would end before it starts.');
    return { times: { start_time: start.wall, end_time, all_day: true }, notes: [] };
  }
  const from = instantOf(start, zone);
  const notes = noteOn(start, zone);
  if (end) {
    notes.push(...noteOn(end, zone));
    if (Date.parse(instantOf(end, zone)) <= Date.parse(from))
      throw new UsageError('The event would end before it starts.');
    const isWall = start.instant === null && end.instant === null;
    const times = isWall ? [start.wall, end.wall] : [from, instantOf(end, zone)];
    return { times: { start_time: times[0]!, end_time: times[1]!, all_day: false }, notes };
  }
  const { days, minutes } = duration ?? fallback.timed;
  // Days are those of the calendar, minutes those of a stopwatch.
  const sameClock = toInstant(moveWall(wallOf(from, zone), { days }), zone);
  const to = isoOf(new Date(Date.parse(days > 0 ? sameClock : from) + minutes * 60_000));
  const endWall = moveWall(start.wall, { days, minutes });
  const keepsWall =
    start.instant === null && (oddity(start.wall, zone) === 'skipped' || toInstant(endWall, zone) === to);
  const times = keepsWall ? [start.wall, endWall] : [from, to];
  return { times: { start_time: times[0]!, end_time: times[1]!, all_day: false }, notes };
}

/** What the change of clocks makes of a wall time, if anything. */
export function noteOn({ wall, instant }: Pick<Point, 'wall' | 'instant'>, zone: string): string[] {
  if (instant !== null) return [];
  const [day, time] = [dayText(wall), wall.slice(11, 16)];
  const first = toInstant(wall, zone);
  switch (oddity(wall, zone)) {
    case 'skipped':
      return [`The clocks of ${zone} skip ${time} on ${day}: it is ${wallOf(first, zone).slice(11, 16)} then.`];
    case 'doubled': {
      const second = toInstant(wall, zone, { overlap: 'second' });
      return [`The clocks of ${zone} show ${time} twice on ${day}. This is the first; the second is ${second}.`];
    }
    case null:
      return [];
  }
}
