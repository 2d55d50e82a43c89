import { dayFromCivil, daysInYear, weekdayOf, type Weekday } from '../time/calendar-day.js';
import type { DayParts } from './day-parts.js';
import type { RecurrenceRule } from './rule.js';
import { startOfWeekOne, weekYearOf, weeksInYear } from '../time/week-year.js';

/** Tests one day against a part that a mask can't express. `index` counts the days of the month from 0. */
export type DayTest = (day: number, year: number, index: number, monthLength: number) => boolean;

/** Returns the tests for BYYEARDAY, BYWEEKNO and weekdays with an ordinal. Most rules need none. */
export function exactTests(rule: RecurrenceRule, parts: DayParts): DayTest[] {
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

/** Ordinals count within the year in a yearly rule without BYMONTH, and within the month otherwise. */
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
