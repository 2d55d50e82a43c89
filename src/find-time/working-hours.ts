import type { Interval } from '../availability/occupancy.js';
import { modulo, type Weekday, weekdayOf } from '../time/calendar-day.js';
import { localOf, SECONDS_IN_DAY } from '../time/local-time.js';
import { toBound } from '../time/time-zone.js';
import { getZone } from '../time/zone.js';

/** The working hours of a person, on the clocks of a zone. */
export interface WorkingHours {
  /** Seconds after midnight, up to a whole day; `end` too. */
  start: number;
  end: number;
  days: ReadonlySet<Weekday>;
}

/** Monday to Friday, 9:00 to 18:00: the hours that are preferred when nobody says which ones they work. */
export const USUAL_HOURS: WorkingHours = { start: 9 * 3_600, end: 18 * 3_600, days: new Set<Weekday>([0, 1, 2, 3, 4]) };

/** Returns the seconds after midnight of a clock time such as `09:00` or `24:00`. */
export function secondsOfClock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 3_600 + minutes * 60;
}

/**
 * Returns the intervals of a window (epoch seconds) that lie outside working hours. Hours that touch at midnight are
 * contiguous; a start or an end that the clocks skip is the end of the gap.
 */
export function awayTime(hours: WorkingHours, zoneName: string, window: Interval): Interval[] {
  const { toStamp } = getZone(zoneName);
  const instantOn = (day: number, second: number): number => toBound(localOf(day * SECONDS_IN_DAY + second), zoneName);
  // Includes the previous day: its hours may end within the window.
  const firstDay = Math.floor(toStamp(window.start) / SECONDS_IN_DAY) - 1;
  const away: Interval[] = [];
  let coveredUntil = window.start;
  for (let day = firstDay; coveredUntil < window.end; day += 1) {
    if (instantOn(day, 0) >= window.end) break;
    if (!hours.days.has(weekdayOf(day))) continue;
    const opens = instantOn(day, hours.start);
    const closes = instantOn(day, hours.end);
    if (closes <= Math.max(opens, coveredUntil)) continue;
    if (opens > coveredUntil) away.push({ start: coveredUntil, end: Math.min(opens, window.end) });
    coveredUntil = closes;
  }
  if (coveredUntil < window.end) away.push({ start: coveredUntil, end: window.end });
  return away;
}

/**
 * Returns how far a time of day is from the working hours on the clocks of a zone, whatever the day: the seconds by which it
 * begins too early, or ends too late. At most half a day.
 */
export function distanceFromHours({ start, end }: WorkingHours, zoneName: string, time: Interval): number {
  const { toStamp } = getZone(zoneName);
  const begins = modulo(toStamp(time.start), SECONDS_IN_DAY);
  const length = time.end - time.start;
  const last = Math.max(start, end - length);
  if (begins >= start && begins <= last) return 0;
  return Math.min(modulo(start - begins, SECONDS_IN_DAY), modulo(begins - last, SECONDS_IN_DAY));
}
