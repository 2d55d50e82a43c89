import { toInstant } from '../index.js';
import { UsageError } from './cli-error.js';
import { isUnanchored, plainAmounts } from './amounts.js';
import { type Duration, isDuration, readDuration, takeDuration } from './duration.js';
import { eventTimes, noteOn, readSpan } from './when.js';
import { areDates, DAY_MS, moveWall, type Times, wallOf } from './zones.js';

/** By how much to move; back when the numbers are negative. */
export interface Shift extends Duration {
  /** How long it lasts then, when that is written. */
  duration: Duration | null;
  /** The time of day on the day that it moves to, as it is written; null keeps the time. */
  time: string | null;
}

const MINUS = /^[-−–]/;
const EXAMPLES =
  'To count from the event, write +90m, -2 days, 2 days later, or 2 days later 10:00; to count from now, in 2 days.';
/** Words that count from the event, or perhaps from today. */
const FROM_EITHER =
  /\b(?:(?:next|same)\s+(?:day|hour|minute)|following|previous|(?:after|before)(?!\s+(?:tomorrow|yesterday)\b)|back|backwards?|forwards?|ahead)\b/i;
/**
 * Reads `+1h`, `-30m`, `one hour later`, `2 days earlier 10:00`, perhaps with `for 45 min` behind. Returns null for a text
 * that does not count from the present time of the event.
 *
 * @throws UsageError when it does, or could, and by how much cannot be understood
 */
export function readShift(text: string): Shift | null {
  const { rest, duration } = takeDuration(plainAmounts(text.trim()));
  const isRelative = /^[-+−–]/.test(rest) || FROM_EITHER.test(rest) || isUnanchored(rest);
  if (!isRelative) return null;
  const { amount, isBack, time } = takeAmount(rest);
  const { days, minutes } = amount;
  if (time !== '' && minutes !== 0) {
    throw new UsageError(
      `“${text}” has both hours to move by and a time of day. Write only one of them, or whole days: 2 days later 10:00.`,
    );
  }
  return {
    days: isBack ? -days : days,
    minutes: isBack ? -minutes : minutes,
    duration,
    time: time === '' ? null : time,
  };
}

/** Takes `2 days later` or `+2 days` out of a text; what is left is a time of day. @throws UsageError */
function takeAmount(text: string): { amount: Duration; isBack: boolean; time: string } {
  const [, before, direction, behind] = /^(.*?)\b(later|earlier|sooner)\b[\s,]*(.*)$/is.exec(text) ?? [];
  if (direction !== undefined) {
    const words = before!.replace(/^\+/, '').trim().split(/\s+/);
    if (words[0] === '') throw new UsageError(`“${text}” does not say by how much. ${EXAMPLES}`);
    const { amount, other } = longestDuration(words, (count) => [words.slice(-count), words.slice(0, -count)]);
    return { amount, isBack: direction.toLowerCase() !== 'later', time: [...other, behind!].join(' ').trim() };
  }
  const [, first, sign, rest] = /^(|.*?\s)([-+−–])\s*(.+)$/s.exec(text) ?? [];
  if (sign === undefined) throw new UsageError(`“${text}” may count from the event, or from now. ${EXAMPLES}`);
  const words = rest!.trim().split(/\s+/);
  const { amount, other } = longestDuration(words, (count) => [words.slice(0, count), words.slice(count)]);
  return { amount, isBack: MINUS.test(sign), time: [first!.trim(), ...other].join(' ').trim() };
}

/** The duration of the most words, and the words that are left. @throws UsageError */
function longestDuration(
  words: string[],
  split: (count: number) => [string[], string[]],
): { amount: Duration; other: string[] } {
  for (let count = words.length; count > 0; count -= 1) {
    const [taken, other] = split(count);
    if (isDuration(taken.join(' '))) return { amount: readDuration(taken.join(' ')), other };
  }
  // Refuses it.
  return { amount: readDuration(words.join(' ')), other: [] };
}

/** `-30m` as a word that is not an option: with the minus of typography. */
export const plainMinus = (word: string): string => (/^-\d/.test(word) ? `−${word.slice(1)}` : word);

/** What is moved: an event, or one date of a series at its present times. */
export interface Movable extends Times {
  all_day: boolean;
  /** The zone in which its days are counted. */
  time_zone: string;
}

export interface MovedTimes {
  times: { start_time: string; end_time: string; all_day?: boolean };
  /** What the change of clocks makes of them. */
  notes: string[];
}

/**
 * The new times of what is moved: relative to its present ones, or as written, where a time alone keeps the day, a day alone
 * keeps the time, and both keep the length.
 *
 * @param zone the zone in which times are written
 * @throws UsageError
 */
export function moveTimes(present: Movable, text: string, zone: string, now = new Date()): MovedTimes {
  const shift = readShift(text);
  if (shift?.time === null) return shiftTimes(present, shift, present.time_zone);
  const isOnDates = areDates(present);
  const [start, end] = [present.start_time, present.end_time].map((at) => (isOnDates ? at : wallOf(at, zone)));
  const day = moveWall(start!.slice(0, 10), { days: shift?.days ?? 0 });
  const span = readSpan(shift?.time ?? text, zone, { day, now });
  if (shift) {
    if (span.start.hasDay || span.start.instant !== null || !span.start.hasTime) {
      throw new UsageError(`“${text}” has more than days to move by and a time of day. ${EXAMPLES}`);
    }
    span.duration ??= shift.duration;
    if (span.end && span.duration) throw new UsageError(`“${text}” has both an end and a duration.`);
  }
  if (!span.start.hasTime && !isOnDates) {
    // A day alone keeps the time.
    span.start = { ...span.start, wall: `${span.start.wall}T${start!.slice(11)}`, hasTime: true };
    if (span.end) throw new UsageError('The event has times: write a day and perhaps a time, or two times.');
  }
  const ms = Date.parse(present.end_time) - Date.parse(present.start_time);
  const days = isOnDates ? (Date.parse(end!) - Date.parse(start!)) / DAY_MS : 1;
  const fallback = {
    timed: isOnDates ? { days: 0, minutes: 60 } : { days: 0, minutes: ms / 60_000 },
    allDay: { days, minutes: 0 },
  };
  const { times, notes } = eventTimes(span, zone, fallback);
  const { all_day, ...both } = times;
  // Wall times are those of the zone of the event, unless they say otherwise.
  const isWall = !all_day && !both.start_time.endsWith('Z');
  const inZone = (wall: string): string => (isWall && zone !== present.time_zone ? toInstant(wall, zone) : wall);
  const sent = { start_time: inZone(both.start_time), end_time: inZone(both.end_time) };
  return { times: { ...sent, ...(all_day === present.all_day ? {} : { all_day }) }, notes };
}

/**
 * The times moved: days as the calendar of the zone counts them, so that the time of day stays; hours and minutes as a
 * stopwatch counts them. The event stays as long as it is, unless the shift says otherwise.
 *
 * @throws UsageError when dates are to move by hours
 */
export function shiftTimes(
  { start_time, end_time }: Times,
  { days, minutes, duration }: Shift,
  zone: string,
): { times: { start_time: string; end_time: string }; notes: string[] } {
  if (areDates({ start_time, end_time })) {
    if (minutes !== 0 || (duration?.minutes ?? 0) !== 0) {
      throw new UsageError('An event on dates alone moves by whole days, such as +1 day.');
    }
    const start = moveWall(start_time, { days });
    const end = duration ? moveWall(start, duration) : moveWall(end_time, { days });
    return { times: { start_time: start, end_time: end }, notes: [] };
  }
  const [onDay, notes] = inDays(start_time, days, zone);
  const start = plus(onDay, minutes);
  const length = (Date.parse(end_time) - Date.parse(start_time)) / 60_000;
  const end = duration ? plus(inDays(start, duration.days, zone)[0], duration.minutes) : plus(start, length);
  return { times: { start_time: start, end_time: end }, notes: minutes === 0 ? notes : [] };
}

function inDays(instant: string, days: number, zone: string): [string, string[]] {
  // The second of two equal wall times stays that one.
  if (days === 0) return [instant, []];
  const wall = moveWall(wallOf(instant, zone), { days });
  return [toInstant(wall, zone), noteOn({ wall, instant: null }, zone)];
}

const plus = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString().replace('.000Z', 'Z');
