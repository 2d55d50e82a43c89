import {
  civilFromDay,
  dayFromCivil,
  daysInMonth,
  daysInYear,
  startOfWeekOne,
  weekdayOf,
  weekYearOf,
  weeksInYear,
  type Weekday,
} from '../../platform/time/calendar-day.js';
import type { RecurrenceRule } from './rule.js';

/** A month and which of its days a rule matches: bit 0 of the mask is the first of the month. */
export type MonthMask = { firstDay: number; length: number; mask: number };

export type DayFilter = {
  /** The mask of the month that contains a day. Asking for the same month again costs next to nothing. */
  monthOf(day: number): MonthMask;
};

/** Bits 0, 7, 14, 21 and 28: every seventh day from the first of a month. */
const EVERY_SEVENTH_DAY = 0x1020_4081;

/**
 * Compiles the parts that choose days (RFC 5545 §3.3.10): BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY and BYDAY each take
 * days away, so a day must pass all that are present. What the rule leaves open comes from the start's day: its weekday
 * in a weekly rule or beside BYWEEKNO, its day of the month in a monthly one, its date in a yearly one.
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

/** The matching days of a range, both ends included, in order. */
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

/** How many days of a range match, both ends included. */
export function countMatchingDays(filter: DayFilter, first: number, last: number): number {
  let count = 0;
  for (let day = first; day <= last;) {
    const { firstDay, length, mask } = filter.monthOf(day);
    count += bitCount(within(mask, day - firstDay, last - firstDay));
    day = firstDay + length;
  }
  return count;
}

type DayParts = Pick<RecurrenceRule, 'byMonth' | 'byMonthDay' | 'byDay' | 'byYearDay' | 'byWeekNumber'>;

function completeParts(rule: RecurrenceRule, startDay: number): DayParts {
  const { frequency, byMonth, byMonthDay, byDay, byYearDay, byWeekNumber } = rule;
  const start = civilFromDay(startDay);
  const parts = { byMonth, byMonthDay, byDay, byYearDay, byWeekNumber };
  const startWeekday = [{ weekday: weekdayOf(startDay) }];
  if (frequency === 'weekly') return { ...parts, byDay: byDay ?? startWeekday };
  if (frequency === 'daily' || byDay || byYearDay) return parts;
  // Every library reads a yearly BYMONTHDAY without a month differently; imported rules mean the start's month here,
  // and the others are refused by validateSeries.
  if (byMonthDay)
    return frequency === 'yearly' && !byWeekNumber ? { ...parts, byMonth: byMonth ?? [start.month] } : parts;
  if (byWeekNumber) return { ...parts, byDay: startWeekday };
  return {
    ...parts,
    byMonthDay: [start.dayOfMonth],
    byMonth: byMonth ?? (frequency === 'yearly' ? [start.month] : undefined),
  };
}

/** A test of one day, for the parts that no mask can express. `index` counts the days of the month from 0. */
type DayTest = (day: number, year: number, index: number, monthLength: number) => boolean;

function exactTests(rule: RecurrenceRule, parts: DayParts): DayTest[] {
  const tests: DayTest[] = [];
  const { byYearDay, byWeekNumber, byDay } = parts;
  if (byYearDay) {
    const numbers = new Set(byYearDay);
    tests.push((day, year) => {
      const dayOfYear = day - dayFromCivil(year, 1, 1) + 1;
      return numbers.has(dayOfYear) || numbers.has(dayOfYear - daysInYear(year) - 1);
    });
  }
  if (byWeekNumber) tests.push(weekNumberTest(new Set(byWeekNumber), rule.weekStart ?? 0));
  if (byDay?.some(({ ordinal }) => ordinal !== undefined)) {
    tests.push(ordinalTest(byDay, rule.frequency === 'yearly' && !parts.byMonth));
  }
  return tests;
}

function weekNumberTest(numbers: ReadonlySet<number>, weekStart: Weekday): DayTest {
  let year = { firstDay: 0, weeks: 0 };
  return (day) => {
    if (day < year.firstDay || day >= year.firstDay + year.weeks * 7) {
      const weekYear = weekYearOf(day, weekStart);
      year = { firstDay: startOfWeekOne(weekYear, weekStart), weeks: weeksInYear(weekYear, weekStart) };
    }
    const week = Math.floor((day - year.firstDay) / 7) + 1;
    return numbers.has(week) || numbers.has(week - year.weeks - 1);
  };
}

/** Ordinals count within the year in a yearly rule without months, within the month otherwise. */
function ordinalTest(byDay: NonNullable<RecurrenceRule['byDay']>, withinYear: boolean): DayTest {
  return (day, year, index, monthLength) => {
    const position = withinYear ? day - dayFromCivil(year, 1, 1) : index;
    const length = withinYear ? daysInYear(year) : monthLength;
    const fromStart = Math.floor(position / 7) + 1;
    const fromEnd = -Math.floor((length - 1 - position) / 7) - 1;
    const weekday = weekdayOf(day);
    return byDay.some(
      ({ weekday: wanted, ordinal }) =>
        wanted === weekday && (ordinal === undefined || ordinal === fromStart || ordinal === fromEnd),
    );
  };
}

/** Days counted from the end are set as for a month of 31, and shifted right for the shorter ones. */
function monthDayMasks(numbers: readonly number[] | undefined): { fromStart: number; fromEnd: number } | undefined {
  if (numbers === undefined) return undefined;
  let fromStart = 0;
  let fromEnd = 0;
  for (const number of numbers) {
    if (number > 0) fromStart |= 1 << (number - 1);
    else fromEnd |= 1 << (31 + number);
  }
  return { fromStart, fromEnd };
}

/** For each weekday a month may begin on, the mask of the wanted weekdays. */
function weekdayMasks(wanted: readonly Weekday[] | undefined): number[] | undefined {
  return (
    wanted &&
    [0, 1, 2, 3, 4, 5, 6].map((first) =>
      wanted.reduce<number>((mask, weekday) => mask | (EVERY_SEVENTH_DAY << ((weekday - first + 7) % 7)), 0),
    )
  );
}

/** Only the bits from index `from` to index `to`. */
function within(mask: number, from: number, to: number): number {
  const cutBelow = from <= 0 ? mask : mask & (-1 << from);
  return to >= 30 ? cutBelow : cutBelow & (0x7fff_ffff >>> (30 - to));
}

/** Adds up neighbouring bits, then pairs, then nibbles, then bytes. */
function bitCount(mask: number): number {
  const pairs = mask - ((mask >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
