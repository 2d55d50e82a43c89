import { civilFromDay, dayFromCivil, daysInMonth, daysInYear, modulo, type Weekday } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, type LocalTime } from '../time/local-time.js';
import { completeParts } from './day-parts.js';
import type { RecurrenceRule, RuleWeekday } from './rule.js';
import { timesOfDay } from './times-of-day.js';

/** A move of a series on its wall clock: the start goes from `from` to `to`, and all occurrences as far. */
export type Move = {
  readonly from: LocalTime;
  readonly to: LocalTime;
  /** An occurrence of the rule, by its original start: in its month or year, positions from either end are read. */
  readonly reference: LocalTime;
};

/**
 * Returns the rules with which a series may follow a move, the most natural first. Most of them miss: the caller
 * compares their dates with those that the move asks for. Weekdays rotate; days of the month and of the year, weeks and
 * ordinals of weekdays move by as much as the start, and over either end of their month or year (`1` moved back by a day
 * is `-1`). COUNT and UNTIL stay. Returns none if no hours and minutes give the moved times of day.
 */
export function movedRules(rule: RecurrenceRule, move: Move): RecurrenceRule[] {
  const times = moveTimesOfDay(rule, move);
  if (times === null) return [];
  const days = move.to.day - move.from.day;
  if (days === 0) return [omitUndefined({ ...rule, ...times })];
  const old = placeOf(move.reference.day);
  const moved = placeOf(move.reference.day + days);
  const candidates: RecurrenceRule[] = [];
  for (const byMonth of monthOptions(rule.byMonth, moved.month - old.month)) {
    for (const byMonthDay of monthDayOptions(rule, move, moved)) {
      for (const byDay of weekdayOptions(rule, days)) {
        for (const byWeekNumber of weekOptions(rule.byWeekNumber, days)) {
          const byYearDay = rule.byYearDay && shiftPositions(rule.byYearDay, days);
          for (const weekStart of weekStartOptions(rule, days)) {
            const parts = { byMonth, byMonthDay, byDay, byWeekNumber, byYearDay, weekStart };
            candidates.push(omitUndefined({ ...rule, ...times, ...parts }));
          }
        }
      }
    }
  }
  return candidates;
}

/**
 * Returns the rule whose weekdays with an ordinal follow the reference: the second Monday becomes the second Tuesday, or
 * the third Monday, counted from the same end. Null for a rule without such weekdays, and for a reference that leaves its
 * month, or its year where the ordinals count within the year.
 */
export function ordinalRule(rule: RecurrenceRule, move: Move): RecurrenceRule | null {
  const times = moveTimesOfDay(rule, move);
  const days = move.to.day - move.from.day;
  if (times === null || !rule.byDay?.some(({ ordinal }) => ordinal !== undefined) || rule.bySetPosition) return null;
  if (rule.byMonthDay) return null;
  const [old, moved] = [placeOf(move.reference.day), placeOf(move.reference.day + days)];
  const withinYear = rule.frequency === 'yearly' && !rule.byMonth;
  if (old.year !== moved.year || (!withinYear && old.month !== moved.month)) return null;
  const [before, after] = [old, moved].map(({ yearDay, monthDay }) => weekdayOrdinal(withinYear ? yearDay : monthDay));
  const byDay = rule.byDay.map(({ weekday, ordinal }): RuleWeekday => {
    const rotated = rotateWeekday(weekday, days);
    if (ordinal === undefined) return { weekday: rotated };
    const by = ordinal > 0 ? after!.fromStart - before!.fromStart : after!.fromEnd - before!.fromEnd;
    return { weekday: rotated, ordinal: ordinal + by };
  });
  const isValid = byDay.every(({ ordinal }, index) => {
    const was = rule.byDay![index]!.ordinal;
    return ordinal === undefined || (ordinal !== 0 && Math.sign(ordinal) === Math.sign(was!));
  });
  return isValid ? omitUndefined({ ...rule, ...times, byDay: unique(byDay) }) : null;
}

type TimeParts = Pick<RecurrenceRule, 'byHour' | 'byMinute' | 'bySecond'>;

/** Returns the times of day of the moved rule; null if they are not all combinations of some hours and minutes. */
export function moveTimesOfDay(rule: RecurrenceRule, { from, to }: Pick<Move, 'from' | 'to'>): TimeParts | null {
  const { byHour, byMinute, bySecond } = rule;
  if (!byHour && !byMinute && !bySecond) return {};
  const shift = to.second - from.second;
  if (shift === 0) return { byHour, byMinute, bySecond };
  const moved = timesOfDay(rule, from.second).map((time) => modulo(time + shift, SECONDS_IN_DAY));
  const list = (of: (time: number) => number): number[] => [...new Set(moved.map(of))].sort((a, b) => a - b);
  const hours = list((time) => Math.floor(time / 3_600));
  const minutes = list((time) => Math.floor(time / 60) % 60);
  const seconds = list((time) => time % 60);
  if (hours.length * minutes.length * seconds.length !== moved.length) return null;
  const keep = (given: readonly number[] | undefined, found: number[]): number[] | undefined =>
    given || found.length > 1 ? found : undefined;
  return { byHour: keep(byHour, hours), byMinute: keep(byMinute, minutes), bySecond: keep(bySecond, seconds) };
}

/** A position counted from the start (1, 2, …) and from the end (-1, -2, …) of its year or month. */
type Position = { fromStart: number; fromEnd: number };

type Place = { year: number; month: number; monthDay: Position; yearDay: Position };

function placeOf(day: number): Place {
  const { year, month, dayOfMonth } = civilFromDay(day);
  return {
    year,
    month,
    monthDay: positionIn(dayOfMonth, daysInMonth(year, month)),
    yearDay: positionIn(day - dayFromCivil(year, 1, 1) + 1, daysInYear(year)),
  };
}

const positionIn = (fromStart: number, length: number): Position => ({ fromStart, fromEnd: fromStart - length - 1 });

/** Moves positions; one that passes the end of its month or year is counted from the other end. */
function shiftPositions(positions: readonly number[], by: number): number[] {
  return positions.map((position) => {
    const moved = position + by;
    if (Math.sign(moved) === Math.sign(position)) return moved;
    return position > 0 ? moved - 1 : moved + 1;
  });
}

function monthOptions(byMonth: readonly number[] | undefined, by: number): (number[] | undefined)[] {
  if (!byMonth) return [undefined];
  return by === 0 ? [[...byMonth]] : [byMonth.map((month) => modulo(month - 1 + by, 12) + 1), [...byMonth]];
}

function monthDayOptions(rule: RecurrenceRule, { from, to }: Move, moved: Place): (number[] | undefined)[] {
  const { byMonthDay, frequency } = rule;
  const completed = completeParts(rule, from.day).byMonthDay;
  if (!completed || (!byMonthDay && frequency !== 'monthly' && frequency !== 'yearly')) return [undefined];
  const shifted = shiftPositions(completed, to.day - from.day).filter((day) => Math.abs(day) <= 31);
  const options: (number[] | undefined)[] = shifted.length === completed.length ? [shifted] : [];
  if (completed.length === 1) options.push([moved.monthDay.fromStart], [moved.monthDay.fromEnd]);
  return byMonthDay ? options : [undefined, ...options];
}

/** All weekdays rotate, and ordinals move by whole weeks. */
function weekdayOptions({ byDay }: RecurrenceRule, days: number): (RuleWeekday[] | undefined)[] {
  if (!byDay) return [undefined];
  const weeks = Math.floor(days / 7);
  return [
    byDay.map(({ weekday, ordinal }) => ({
      weekday: rotateWeekday(weekday, days),
      ...(ordinal === undefined ? {} : { ordinal: shiftPositions([ordinal], weeks)[0]! }),
    })),
  ];
}

function weekOptions(byWeekNumber: readonly number[] | undefined, days: number): (number[] | undefined)[] {
  if (!byWeekNumber) return [undefined];
  return [...new Set([Math.floor(days / 7), Math.ceil(days / 7)])].map((weeks) => shiftPositions(byWeekNumber, weeks));
}

/** A week that begins elsewhere keeps the days of a fortnightly rule together. */
function weekStartOptions(
  { weekStart, interval, bySetPosition, frequency }: RecurrenceRule,
  days: number,
): (Weekday | undefined)[] {
  const matters = frequency === 'weekly' && (interval > 1 || bySetPosition !== undefined);
  return matters && modulo(days, 7) !== 0 ? [weekStart, rotateWeekday(weekStart ?? 0, days)] : [weekStart];
}

/** Returns the ordinal of a day among the days with its weekday, such as 2 for the second Monday. */
function weekdayOrdinal({ fromStart, fromEnd }: Position): Position {
  return { fromStart: Math.ceil(fromStart / 7), fromEnd: -Math.ceil(-fromEnd / 7) };
}

const rotateWeekday = (weekday: Weekday, days: number): Weekday => modulo(weekday + days, 7) as Weekday;

const unique = (byDay: RuleWeekday[]): RuleWeekday[] => [
  ...new Map(byDay.map((day) => [`${day.ordinal ?? ''}${day.weekday}`, day])).values(),
];

function omitUndefined(rule: RecurrenceRule): RecurrenceRule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as RecurrenceRule;
}
