import { civilFromDay, dayFromCivil, daysInMonth, daysInYear, modulo } from '../time/calendar-day.js';
import { startOfWeek, startOfWeekOne } from '../time/week-year.js';
import { weekdayOf, type Weekday } from '../time/calendar-day.js';
import { weekYearOf, weeksInYear } from '../time/week-year.js';
import type { LocalTime } from '../time/local-time.js';
import type { RecurrenceRule, RuleWeekday } from './rule.js';

/**
 * The rule of a series whose start moves. Parts that pin the start's old place pin the new one instead:
 *
 * - in daily and weekly rules all weekdays turn by the same number of days (MO,WE moved by one: TU,TH), and the week's
 *   start turns with them where the order of the days in a week matters and would change;
 * - in monthly and yearly rules each entry that names the old start (its weekday, `-1FR`, its day of the month or year,
 *   its week) names the new start in the same way, counted from the same end; other entries stay;
 * - an entry for the old month, hour, minute or second becomes that of the new one.
 *
 * The end of the rule stays as it is.
 */
export function moveRule(rule: RecurrenceRule, from: LocalTime, to: LocalTime): RecurrenceRule {
  const old = placeOf(from, rule.weekStart ?? 0);
  const moved = placeOf(to, rule.weekStart ?? 0);
  const turning = rule.frequency === 'daily' || rule.frequency === 'weekly';
  const turn = modulo(to.day - from.day, 7);
  return withoutAbsent({
    ...rule,
    byMonth: replaced(rule.byMonth, [[old.month, moved.month]]),
    byWeekNumber: replaced(rule.byWeekNumber, pairs(old.weekNumber, moved.weekNumber)),
    byYearDay: replaced(rule.byYearDay, pairs(old.yearDay, moved.yearDay)),
    byMonthDay: replaced(rule.byMonthDay, pairs(old.monthDay, moved.monthDay)),
    byHour: replaced(rule.byHour, [[old.hour, moved.hour]]),
    byMinute: replaced(rule.byMinute, [[old.minute, moved.minute]]),
    bySecond: replaced(rule.bySecond, [[old.second, moved.second]]),
    byDay: turning
      ? rule.byDay?.map(({ weekday }) => ({ weekday: turned(weekday, turn) }))
      : rule.byDay && followStart(rule.byDay, old, moved, rule.frequency === 'yearly' && !rule.byMonth),
    weekStart: rule.frequency === 'weekly' && turn !== 0 ? turnedWeekStart(rule, turn) : rule.weekStart,
  });
}

/** A number counted from the start and, negative, from the end of what it counts in. */
type Numbered = { fromStart: number; fromEnd: number };

type Place = {
  weekday: Weekday;
  month: number;
  monthDay: Numbered;
  yearDay: Numbered;
  weekNumber: Numbered;
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
    monthDay: numbered(dayOfMonth, daysInMonth(year, month)),
    yearDay: numbered(day - dayFromCivil(year, 1, 1) + 1, daysInYear(year)),
    weekNumber: numbered(week, weeksInYear(weekYear, weekStart)),
    hour: Math.floor(second / 3600),
    minute: Math.floor(second / 60) % 60,
    second: second % 60,
  };
}

function numbered(fromStart: number, of: number): Numbered {
  return { fromStart, fromEnd: fromStart - of - 1 };
}

function pairs(old: Numbered, moved: Numbered): [number, number][] {
  return [
    [old.fromStart, moved.fromStart],
    [old.fromEnd, moved.fromEnd],
  ];
}

/** The list with old entries replaced by new ones, each entry once. */
function replaced(list: readonly number[] | undefined, replacements: [number, number][]): number[] | undefined {
  if (list === undefined) return undefined;
  const substitute = new Map(replacements);
  return [...new Set(list.map((entry) => substitute.get(entry) ?? entry))];
}

function followStart(byDay: readonly RuleWeekday[], old: Place, moved: Place, withinYear: boolean): RuleWeekday[] {
  const oldNumber = weekdayNumber(withinYear ? old.yearDay : old.monthDay);
  const newNumber = weekdayNumber(withinYear ? moved.yearDay : moved.monthDay);
  return byDay.map((entry) => {
    if (entry.weekday !== old.weekday) return entry;
    if (entry.ordinal === undefined) return { weekday: moved.weekday };
    if (entry.ordinal === oldNumber.fromStart) return { weekday: moved.weekday, ordinal: newNumber.fromStart };
    if (entry.ordinal === oldNumber.fromEnd) return { weekday: moved.weekday, ordinal: newNumber.fromEnd };
    return entry;
  });
}

/** The how-manieth of its weekday a day is. */
function weekdayNumber({ fromStart, fromEnd }: Numbered): Numbered {
  return { fromStart: Math.ceil(fromStart / 7), fromEnd: -Math.ceil(-fromEnd / 7) };
}

function turned(weekday: Weekday, turn: number): Weekday {
  return modulo(weekday + turn, 7) as Weekday;
}

function turnedWeekStart(rule: RecurrenceRule, turn: number): Weekday | undefined {
  const weekStart = rule.weekStart ?? 0;
  const weeksMatter = rule.interval > 1 || rule.bySetPosition !== undefined;
  const inWeek = (rule.byDay ?? []).map(({ weekday }) => modulo(weekday - weekStart, 7));
  const crossing = inWeek.filter((position) => position + turn >= 7).length;
  return weeksMatter && crossing > 0 && crossing < inWeek.length ? turned(weekStart, turn) : rule.weekStart;
}

function withoutAbsent(rule: RecurrenceRule): RecurrenceRule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as RecurrenceRule;
}
