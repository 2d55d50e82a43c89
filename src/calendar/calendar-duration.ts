import type { Duration } from '../recurrence/series.js';

const DURATION =
  /^([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})D)?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/i;

/**
 * Reads a DURATION value (RFC 5545 §3.3.6): days and weeks on the calendar, then elapsed time. Also accepts `PT1D`, which
 * is wrong but common. Null for other text, and for a negative duration, which an event cannot have.
 */
export function parseDuration(text: string): Duration | null {
  const [, sign, ...numbers] = DURATION.exec(text.trim()) ?? [];
  if (numbers.every((number) => number === undefined)) return null;
  const [weeks, days, wrongDays, hours, minutes, seconds] = numbers.map((number) => Number(number ?? 0));
  const duration = {
    days: weeks! * 7 + days! + wrongDays!,
    seconds: hours! * 3_600 + minutes! * 60 + seconds!,
  };
  return sign === '-' && duration.days + duration.seconds > 0 ? null : duration;
}

/** Returns a duration as iCalendar text, such as `P1DT2H`. */
export function printDuration({ days, seconds }: Duration): string {
  const parts = [
    [Math.floor(seconds / 3_600), 'H'],
    [Math.floor(seconds / 60) % 60, 'M'],
    [seconds % 60, 'S'],
  ] as const;
  const time = parts.flatMap(([number, unit]) => (number > 0 ? `${number}${unit}` : [])).join('');
  return `P${days > 0 || time === '' ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}
