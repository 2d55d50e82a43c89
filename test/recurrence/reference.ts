import type { LocalStamp, LocalTime } from '../../src/time/local-time.js';
import type { RecurrenceRule } from '../../src/recurrence/rule.js';

const DAY = 86_400;

/**
 * RFC 5545 §3.3.10 taken literally: looks at every single day, with the calendar of `Date` and nothing of the engine's.
 * Slow and simple, to check the engine against where other libraries have defects of their own.
 */
export function referenceTimes(rule: RecurrenceRule, start: LocalTime, lastDay: number): LocalStamp[] {
  const weekStart = rule.weekStart ?? 0;
  const begin = start.day * DAY + start.second;
  const startMatches = dayMatches(rule, start, start.day);
  const origin =
    rule.frequency === 'yearly' && rule.byWeekNumber && !startMatches
      ? civil(start.day).year
      : periodOf(rule, start.day, weekStart);
  const periods = new Map<number, number[]>();
  // A period beyond each end, because BYSETPOS looks at whole periods.
  for (let day = start.day - 380; day <= lastDay + 380; day += 1) {
    const period = periodOf(rule, day, weekStart) - origin;
    if (period >= 0 && period % rule.interval === 0 && dayMatches(rule, start, day)) {
      periods.set(period, [...(periods.get(period) ?? []), day]);
    }
  }
  const end = (lastDay + 1) * DAY;
  const until = rule.until?.form === 'local' ? rule.until.local.day * DAY + rule.until.local.second : Infinity;
  const timesOfDay = times(rule, start);
  const found = [...periods.values()]
    .flatMap((days) =>
      positions(
        rule,
        days.flatMap((day) => timesOfDay.map((time) => day * DAY + time)),
      ),
    )
    .filter((stamp) => stamp >= begin && stamp < end && stamp <= until);
  return found.slice(0, rule.count);
}

function dayMatches(rule: RecurrenceRule, start: LocalTime, day: number): boolean {
  const { year, month, dayOfMonth, weekday } = civil(day);
  const at = civil(start.day);
  const monthLength = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const yearLength = new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29 ? 366 : 365;
  const dayOfYear = day - dayOf(year, 1, 1) + 1;
  const week = weekOf(day, rule.weekStart ?? 0);
  const { byMonth, byMonthDay, byYearDay, byWeekNumber, byDay, frequency } = rule;
  const named = byMonthDay ?? byYearDay ?? byDay;

  if (byMonth && !byMonth.includes(month)) return false;
  if (byMonthDay && !byMonthDay.includes(dayOfMonth) && !byMonthDay.includes(dayOfMonth - monthLength - 1))
    return false;
  if (byYearDay && !byYearDay.includes(dayOfYear) && !byYearDay.includes(dayOfYear - yearLength - 1)) return false;
  if (byWeekNumber && !byWeekNumber.includes(week.number) && !byWeekNumber.includes(week.number - week.of - 1))
    return false;
  if (byDay) {
    const inYear = frequency === 'yearly' && !byMonth;
    const [position, length] = inYear ? [dayOfYear, yearLength] : [dayOfMonth, monthLength];
    const ordinals = [undefined, Math.ceil(position / 7), -Math.ceil((length - position + 1) / 7)];
    if (!byDay.some((entry) => entry.weekday === weekday && ordinals.includes(entry.ordinal))) return false;
  }
  if (named || frequency === 'daily') return true;
  if (frequency === 'weekly' || byWeekNumber) return weekday === at.weekday;
  return dayOfMonth === at.dayOfMonth && (frequency === 'monthly' || byMonth !== undefined || month === at.month);
}

function periodOf({ frequency, byWeekNumber }: RecurrenceRule, day: number, weekStart: number): number {
  const { year, month } = civil(day);
  if (frequency === 'daily') return day;
  if (frequency === 'weekly') return mondayBased(day, weekStart) / 7;
  if (frequency === 'monthly') return year * 12 + month;
  return byWeekNumber ? weekOf(day, weekStart).year : year;
}

function times(rule: RecurrenceRule, start: LocalTime): number[] {
  const hours = rule.byHour ?? [Math.floor(start.second / 3600)];
  const minutes = rule.byMinute ?? [Math.floor((start.second % 3600) / 60)];
  const seconds = rule.bySecond ?? [start.second % 60];
  const all = hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => (hour * 60 + minute) * 60 + second)),
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

function positions({ bySetPosition }: RecurrenceRule, stamps: number[]): number[] {
  if (!bySetPosition) return stamps;
  return stamps.filter(
    (_, index) => bySetPosition.includes(index + 1) || bySetPosition.includes(index - stamps.length),
  );
}

type Civil = { year: number; month: number; dayOfMonth: number; weekday: number };

const known = new Map<number, Civil>();

function civil(day: number): Civil {
  let found = known.get(day);
  if (found === undefined) {
    const date = new Date(day * DAY * 1000);
    const weekday = (date.getUTCDay() + 6) % 7;
    found = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate(), weekday };
    known.set(day, found);
  }
  return found;
}

function dayOf(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / (DAY * 1000);
}

/** The first day of a day's week, counted so that a multiple of 7 is always one week further. */
function mondayBased(day: number, weekStart: number): number {
  return day - ((civil(day).weekday - weekStart + 7) % 7) + 3 - weekStart;
}

function weekOf(day: number, weekStart: number): { year: number; number: number; of: number } {
  const first = (year: number): number => {
    const fourth = dayOf(year, 1, 4);
    return fourth - ((civil(fourth).weekday - weekStart + 7) % 7);
  };
  const { year: civilYear } = civil(day);
  const year = [civilYear + 1, civilYear, civilYear - 1].find((candidate) => first(candidate) <= day)!;
  return { year, number: Math.floor((day - first(year)) / 7) + 1, of: (first(year + 1) - first(year)) / 7 };
}
