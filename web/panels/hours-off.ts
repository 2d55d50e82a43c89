import { addDays, weekday } from '../time/zoned.js';

const QUARTER = 15;
const DAY = 1_440;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/**
 * When somebody does not work on a day of the reader, whose clock is so many minutes behind theirs: outside the working
 * hours of Monday to Friday on their own clock.
 * @param within what is shown of the day; all minutes are those of the reader's clock
 */
export function hoursOff(
  day: string,
  ahead: number,
  hours: { start: string; end: string },
  within: { from: number; to: number },
): { from: number; to: number }[] {
  const [start, end] = [minutesOf(hours.start), minutesOf(hours.end)];
  const works = (minute: number): boolean => {
    const theirs = minute + ahead;
    const days = Math.floor(theirs / DAY);
    const time = theirs - days * DAY;
    return weekday(addDays(day, days)) < 5 && time >= start && time < end;
  };
  const off: { from: number; to: number }[] = [];
  for (let minute = within.from; minute < within.to; minute += QUARTER) {
    if (works(minute)) continue;
    const last = off.at(-1);
    if (last?.to === minute) last.to += QUARTER;
    else off.push({ from: minute, to: minute + QUARTER });
  }
  return off;
}
