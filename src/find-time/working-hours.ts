import type { Interval } from '../availability/occupancy.js';
import { type Weekday, weekdayOf } from '../time/calendar-day.js';
import { SECONDS_IN_DAY } from '../time/local-time.js';
import { getZone } from '../time/zone.js';

/** When somebody works, on the clocks of a zone. */
export interface WorkingHours {
  /** Seconds after midnight, up to a whole day. */
  start: number;
  end: number;
  days: ReadonlySet<Weekday>;
}

/** `09:00` or `24:00` as seconds after midnight. */
export function secondsOfClock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 3_600 + minutes * 60;
}

/**
 * The stretches of a window (epoch seconds) in which somebody is not at work. Hours that touch at midnight run together;
 * a bound that the clocks skip moves forward with them.
 */
export function awayTime(hours: WorkingHours, zoneName: string, window: Interval): Interval[] {
  const { toInstant, toStamp } = getZone(zoneName);
  const instantOn = (day: number, second: number): number => toInstant(day * SECONDS_IN_DAY + second).epochSecond;
  // The day before as well: it may end with the window already begun.
  const firstDay = Math.floor(toStamp(window.start) / SECONDS_IN_DAY) - 1;
  const away: Interval[] = [];
  let worked = window.start;
  for (let day = firstDay; worked < window.end; day += 1) {
    if (instantOn(day, 0) >= window.end) break;
    if (!hours.days.has(weekdayOf(day))) continue;
    const opens = instantOn(day, hours.start);
    const closes = instantOn(day, hours.end);
    if (closes <= worked) continue;
    if (opens > worked) away.push({ start: worked, end: Math.min(opens, window.end) });
    worked = closes;
  }
  if (worked < window.end) away.push({ start: worked, end: window.end });
  return away;
}
