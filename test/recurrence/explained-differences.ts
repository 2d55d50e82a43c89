import type { RecurrenceRule } from '../../src/recurrence/rule.js';

/** A way in which a library differs, told in `docs/recurrence-differences.md` under the same name. */
export type Explanation = {
  name: string;
  applies: (rule: RecurrenceRule) => boolean;
  /** The library searches until the year 9999 in vain, which takes half a second: one rule in ten will do. */
  slow?: boolean;
};

const mixedWeekdays: Explanation = {
  name: 'plain and numbered weekdays together',
  applies: ({ byDay = [] }) =>
    byDay.some(({ ordinal }) => ordinal !== undefined) && byDay.some(({ ordinal }) => ordinal === undefined),
};

const weekNumberWithoutDays: Explanation = {
  name: 'week numbers without days',
  applies: ({ byWeekNumber, byDay, byMonthDay, byYearDay }) =>
    byWeekNumber !== undefined && !byDay && !byMonthDay && !byYearDay,
};

const weekYears: Explanation = {
  name: 'years of weeks',
  applies: ({ byWeekNumber = [], interval, bySetPosition }) =>
    byWeekNumber.length > 0 &&
    (interval > 1 ||
      bySetPosition !== undefined ||
      byWeekNumber.some((week) => Math.abs(week) === 1 || Math.abs(week) >= 52)),
};

const firstWeek: Explanation = {
  name: 'set positions in the first week',
  applies: ({ bySetPosition, frequency }) => bySetPosition !== undefined && frequency === 'weekly',
};

const positionsFromTheEnd: Explanation = {
  name: 'set positions from the end',
  applies: ({ bySetPosition = [] }) => bySetPosition.some((position) => position < 0),
};

const unitedYearDays: Explanation = {
  name: 'days of the year united with other days',
  applies: ({ byYearDay, byDay, byMonthDay, byWeekNumber }) =>
    byYearDay !== undefined && (byDay !== undefined || byMonthDay !== undefined || byWeekNumber !== undefined),
};

const unitedWeekNumbers: Explanation = {
  name: 'week numbers united with days of the month',
  applies: ({ byWeekNumber, byMonthDay }) => byWeekNumber !== undefined && byMonthDay !== undefined,
};

/** By library, the most specific first; a difference is counted under the first that applies. */
export const EXPLAINED: Record<string, Explanation[]> = {
  rrule: [{ ...mixedWeekdays, slow: true }, weekNumberWithoutDays, weekYears, positionsFromTheEnd, firstWeek],
  'rrule-temporal': [mixedWeekdays, unitedYearDays, unitedWeekNumbers],
};
