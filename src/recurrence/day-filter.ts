import { civilFromDay, daysInMonth, weekdayOf } from '../time/calendar-day.js';
import { completeParts } from './day-parts.js';
import { exactTests } from './day-tests.js';
import { bitCount, monthDayMasks, weekdayMasks, within } from './month-bits.js';
import type { RecurrenceRule } from './rule.js';

/** A month and the days of it that a rule matches: bit 0 of the mask is the first of the month. */
export type MonthMask = { firstDay: number; length: number; mask: number };

export type DayFilter = {
  /** Returns the mask of the month that contains a day. The last month is cached. */
  monthOf(day: number): MonthMask;
};

/**
 * Compiles the parts that choose days (RFC 5545 §3.3.10): BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY and BYDAY each limit
 * the days, so a day must match every part that is present. The day of the start supplies what the rule leaves open:
 * its weekday in a weekly rule or with BYWEEKNO, its day of the month in a monthly rule, its date in a yearly rule.
 */
export function compileDayFilter(rule: RecurrenceRule, startDay: number): DayFilter {
  const parts = completeParts(rule, startDay);
  const monthDays = monthDayMasks(parts.byMonthDay);
  const weekdays = weekdayMasks(parts.byDay?.map(({ weekday }) => weekday));
  const months = parts.byMonth && new Set(parts.byMonth);
  const tests = exactTests(rule, parts);
  let cached: MonthMask = { firstDay: 0, length: 0, mask: 0 };

  return {
    monthOf(day) {
      if (day >= cached.firstDay && day < cached.firstDay + cached.length) return cached;
      const { year, month, dayOfMonth } = civilFromDay(day);
      const firstDay = day - dayOfMonth + 1;
      const length = daysInMonth(year, month);
      let mask = months === undefined || months.has(month) ? 0x7fff_ffff >>> (31 - length) : 0;
      if (monthDays) mask &= monthDays.fromStart | (monthDays.fromEnd >>> (31 - length));
      if (weekdays) mask &= weekdays[weekdayOf(firstDay)]!;
      for (let rest = tests.length > 0 ? mask : 0; rest !== 0; rest &= rest - 1) {
        const bit = rest & -rest;
        const index = 31 - Math.clz32(bit);
        if (!tests.every((test) => test(firstDay + index, year, index, length))) mask &= ~bit;
      }
      cached = { firstDay, length, mask };
      return cached;
    },
  };
}

/** Returns the matching days of a range, both ends included, in order. */
export function matchingDays(filter: DayFilter, first: number, last: number): number[] {
  const days: number[] = [];
  for (let day = first; day <= last;) {
    const { firstDay, length, mask } = filter.monthOf(day);
    let rest = within(mask, day - firstDay, last - firstDay);
    for (; rest !== 0; rest &= rest - 1) days.push(firstDay + 31 - Math.clz32(rest & -rest));
    day = firstDay + length;
  }
  return days;
}

/** Counts the matching days of a range, both ends included. */
export function countMatchingDays(filter: DayFilter, first: number, last: number): number {
  let count = 0;
  for (let day = first; day <= last;) {
    const { firstDay, length, mask } = filter.monthOf(day);
    count += bitCount(within(mask, day - firstDay, last - firstDay));
    day = firstDay + length;
  }
  return count;
}
