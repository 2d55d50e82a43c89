import { WEEKDAY_CODES } from '../../src/recurrence/rule.js';
import { civilFromDay, weekdayOf } from '../../src/time/calendar-day.js';
import { formatICalendarDate } from '../../src/time/local-time.js';
import type { Dice } from './dice.js';
import type { PlannedTimes } from './event-plan.js';

/** Days before and after today between which series start. */
const EARLIEST = 1_825;
const LATEST = 180;
const ENDLESS_SHARE = 0.1;
const ATTEMPTS = 3;

/** A rule without its end, the half hour of the morning in which it occurs, and the days that it keeps to itself. */
interface Pattern {
  day: number;
  rule: string;
  halfHour: number;
  /** Two patterns without a common key never occur on the same day in the same half hour. */
  keys: string[];
  /** Days between two occurrences, if that is always the same number. */
  every: number | null;
}

/**
 * Plans recurring events of one person. Each has half an hour between 7 and 12 o'clock to itself, as long as there is
 * one; a person with very many series has overlapping ones.
 * @param today calendar day
 */
export function planSeries(dice: Dice, count: number, today: number): PlannedTimes[] {
  const taken = new Map<string, [first: number, last: number][]>();
  return Array.from({ length: count }, () => {
    const days = dice.happens(ENDLESS_SHARE) ? Infinity : 30 + dice.below(700);
    let pattern: Pattern;
    let exclusive = false;
    for (let attempt = 0; !exclusive && attempt < ATTEMPTS; attempt += 1) {
      pattern = choosePattern(dice, today);
      exclusive = reserve(taken, pattern, days);
    }
    const { day, rule, halfHour, every } = pattern!;
    const rrule = rule + endOf(dice, day, days, every);
    return { day, minute: 7 * 60 + halfHour * 30, duration: 30, allDay: false, rrule, exclusive };
  });
}

function choosePattern(dice: Dice, today: number): Pattern {
  let day = today - EARLIEST + dice.below(EARLIEST + LATEST);
  while (weekdayOf(day) > 4) day += 1;
  const weekday = weekdayOf(day);
  const code = WEEKDAY_CODES[weekday];
  const kind = dice.next();
  if (kind < 0.15) {
    const halfHour = dice.below(2);
    const weekdays = dice.happens(0.5);
    const rule = weekdays ? 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' : 'FREQ=DAILY';
    return { day, rule, halfHour, keys: [`${halfHour}`], every: weekdays ? null : 1 };
  }
  if (kind < 0.7) {
    const halfHour = 2 + dice.below(6);
    const interval = dice.happens(0.25) ? 2 : 1;
    const others = weekday < 3 && dice.happens(0.2) ? [weekday + 2] : [];
    const codes = [weekday, ...others].map((one) => WEEKDAY_CODES[one]!).join(',');
    const keys = [weekday, ...others].map((one) => `${halfHour} ${one}`);
    const rule = `FREQ=WEEKLY${interval > 1 ? ';INTERVAL=2' : ''};BYDAY=${codes}`;
    return { day, rule, halfHour, keys, every: others.length > 0 ? null : 7 * interval };
  }
  const { dayOfMonth } = civilFromDay(day);
  if (kind < 0.85 && dayOfMonth <= 28) {
    const rule = `FREQ=MONTHLY;BYMONTHDAY=${dayOfMonth}`;
    return { day, rule, halfHour: 8, keys: [`8 ${dayOfMonth}`], every: null };
  }
  const ordinal = Math.ceil(dayOfMonth / 7);
  const position = ordinal > 4 ? -1 : ordinal;
  const rule = `FREQ=MONTHLY;BYDAY=${position}${code}`;
  return { day, rule, halfHour: 9, keys: [`9 ${code}`], every: null };
}

/** Keeps the time of a pattern free of other series. Returns false when it is taken. */
function reserve(taken: Map<string, [number, number][]>, { day, keys }: Pattern, days: number): boolean {
  const last = day + days;
  if (keys.some((key) => taken.get(key)?.some(([from, to]) => from <= last && day <= to))) return false;
  for (const key of keys) taken.set(key, [...(taken.get(key) ?? []), [day, last]]);
  return true;
}

/** Returns the end of a rule that occurs for a number of days at most. */
function endOf(dice: Dice, day: number, days: number, every: number | null): string {
  if (days === Infinity) return '';
  if (every !== null && dice.happens(0.5)) return `;COUNT=${Math.floor(days / every) + 1}`;
  return `;UNTIL=${formatICalendarDate({ day: day + days, second: 0 })}`;
}
