import { civilFromDay, dayFromCivil, daysInMonth, daysInYear, modulo } from '../time/calendar-day.js';
import { startOfWeek, startOfWeekOne } from '../time/week-year.js';
import { weekdayOf, type Weekday } from '../time/calendar-day.js';
import { weekYearOf, weeksInYear } from '../time/week-year.js';
import type { LocalTime } from '../time/local-time.js';
import type { RecurrenceRule, RuleWeekday } from './rule.js';

/**
 * Returns the rule of a series whose start moves. Entries that match the old start are replaced by entries that match
 * the new one:
 *
 * - In daily and weekly rules all weekdays rotate by the same number of days (MO,WE moved by one: TU,TH). WKST rotates
 *   with them where the order of the days in a week matters and would change.
 * - In monthly and yearly rules each entry that matches the old start (its weekday, `-1FR`, its day of the month or
 *   year, its week) matches the new start in the same way, counted from the same end. Other entries stay.
 * - An entry for the old month, hour, minute or second becomes the new month, hour, minute or second.
 *
 * COUNT and UNTIL stay.
 */
export function moveRule(rule: RecurrenceRule, from: LocalTime, to: LocalTime): RecurrenceRule {
  const old = placeOf(from, rule.weekStart ?? 0);
  const moved = placeOf(to, rule.weekStart ?? 0);
  const rotates = rule.frequency === 'daily' || rule.frequency === 'weekly';
  const rotation = modulo(to.day - from.day, 7);
  return omitUndefined({
    ...rule,
    byMonth: replaceEntries(rule.byMonth, [[old.month, moved.month]]),
    byWeekNumber: replaceEntries(rule.byWeekNumber, pairs(old.weekNumber, moved.weekNumber)),
    byYearDay: replaceEntries(rule.byYearDay, pairs(old.yearDay, moved.yearDay)),
    byMonthDay: replaceEntries(rule.byMonthDay, pairs(old.monthDay, moved.monthDay)),
    byHour: replaceEntries(rule.byHour, [[old.hour, moved.hour]]),
    byMinute: replaceEntries(rule.byMinute, [[old.minute, moved.minute]]),
    bySecond: replaceEntries(rule.bySecond, [[old.second, moved.second]]),
    byDay: rotates
      ? rule.byDay?.map(({ weekday }) => ({ weekday: rotateWeekday(weekday, rotation) }))
      : rule.byDay && followStart(rule.byDay, old, moved, rule.frequency === 'yearly' && !rule.byMonth),
    weekStart: rule.frequency === 'weekly' && rotation !== 0 ? rotateWeekStart(rule, rotation) : rule.weekStart,
  });
}

/** A position counted from the start (1, 2, …) and from the end (-1, -2, …) of its week-year, year or month. */
type Position = { fromStart: number; fromEnd: number };

type Place = {
  weekday: Weekday;
  month: number;
  monthDay: Position;
  yearDay: Position;
  weekNumber: Position;
  hour: number;
  minute: number;
  second: number;
};

function placeOf({ day, second }: LocalTime, weekStart: Weekday): Place {
  const { year, month, dayOfMonth } = civilFromDay(day);
  const weekYear = weekYearOf(day, weekStart);
  const week = (startOfWeek(day, weekStart) - startOfWeekOne(weekYear, weekStart)) / 7 + 1;
  return {
    weekday: weekdayOf(day),
    month,
    monthDay: positionIn(dayOfMonth, daysInMonth(year, month)),
    yearDay: positionIn(day - dayFromCivil(year, 1, 1) + 1, daysInYear(year)),
    weekNumber: positionIn(week, weeksInYear(weekYear, weekStart)),
    hour: Math.floor(second / 3600),
    minute: Math.floor(second / 60) % 60,
    second: second % 60,
  };
}

function positionIn(fromStart: number, length: number): Position {
  return { fromStart, fromEnd: fromStart - length - 1 };
}

function pairs(old: Position, moved: Position): [number, number][] {
  return [
    [old.fromStart, moved.fromStart],
    [old.fromEnd, moved.fromEnd],
  ];
}

/** Replaces entries of the list. The result contains each entry once. */
function replaceEntries(list: readonly number[] | undefined, replacements: [number, number][]): number[] | undefined {
  if (list === undefined) return undefined;
  const substitute = new Map(replacements);
  return [...new Set(list.map((entry) => substitute.get(entry) ?? entry))];
}

function followStart(byDay: readonly RuleWeekday[], old: Place, moved: Place, withinYear: boolean): RuleWeekday[] {
  const oldOrdinal = weekdayOrdinal(withinYear ? old.yearDay : old.monthDay);
  const newOrdinal = weekdayOrdinal(withinYear ? moved.yearDay : moved.monthDay);
  return byDay.map((entry) => {
    if (entry.weekday !== old.weekday) return entry;
    if (entry.ordinal === undefined) return { weekday: moved.weekday };
    if (entry.ordinal === oldOrdinal.fromStart) return { weekday: moved.weekday, ordinal: newOrdinal.fromStart };
    if (entry.ordinal === oldOrdinal.fromEnd) return { weekday: moved.weekday, ordinal: newOrdinal.fromEnd };
    return entry;
  });
}

/** Returns the ordinal of a day among the days with its weekday, such as 2 for the second Monday. */
function weekdayOrdinal({ fromStart, fromEnd }: Position): Position {
  return { fromStart: Math.ceil(fromStart / 7), fromEnd: -Math.ceil(-fromEnd / 7) };
}

function rotateWeekday(weekday: Weekday, rotation: number): Weekday {
  return modulo(weekday + rotation, 7) as Weekday;
}

function rotateWeekStart(rule: RecurrenceRule, rotation: number): Weekday | undefined {
  const weekStart = rule.weekStart ?? 0;
  const weeksMatter = rule.interval > 1 || rule.bySetPosition !== undefined;
  const inWeek = (rule.byDay ?? []).map(({ weekday }) => modulo(weekday - weekStart, 7));
  const crossing = inWeek.filter((position) => position + rotation >= 7).length;
  return weeksMatter && crossing > 0 && crossing < inWeek.length ? rotateWeekday(weekStart, rotation) : rule.weekStart;
}

function omitUndefined(rule: RecurrenceRule): RecurrenceRule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as RecurrenceRule;
}
