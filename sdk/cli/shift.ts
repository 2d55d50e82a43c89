import { toInstant } from '../index.js';
import { UsageError } from './cli-error.js';
import { type Duration, readDuration, takeDuration } from './duration.js';
import { noteOn } from './when.js';
import { areDates, moveWall, type Times, wallOf } from './zones.js';

/** By how much to move; back when the numbers are negative. */
export interface Shift extends Duration {
  /** How long it lasts then, when that is written. */
  duration: Duration | null;
}

const MINUS = /^[-−–]/;

/**
 * Reads `+1h`, `-30m`, `1 hour later`, `2 days earlier`, perhaps with `for 45 min` behind. Returns null for a text that is
 * not relative to the present time of the event.
 *
 * @throws UsageError when it is, but the duration in it cannot be understood
 */
export function readShift(text: string): Shift | null {
  const { rest, duration } = takeDuration(text.trim());
  const [, sign, signed] = /^([-+−–])\s*(\d.*)$/s.exec(rest) ?? [];
  const [, amount, direction] = /^(.+?)\s+(later|earlier)$/is.exec(rest) ?? [];
  const written = signed ?? amount;
  if (written === undefined) return null;
  const isBack = sign === undefined ? direction!.toLowerCase() === 'earlier' : MINUS.test(sign);
  const { days, minutes } = readDuration(written);
  return { days: isBack ? -days : days, minutes: isBack ? -minutes : minutes, duration };
}

/** `-30m` as a word that is not an option: with the minus of typography. */
export const plainMinus = (word: string): string => (/^-\d/.test(word) ? `−${word.slice(1)}` : word);

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
