import { compileDayFilter, countMatchingDays, matchingDays } from './day-filter.js';
import { SECONDS_IN_DAY, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { compilePeriods, isUniform, type Periods } from './periods.js';
import type { RecurrenceRule } from './rule.js';
import { sortUnique, timesOfDay } from './times-of-day.js';

/** In days. A week-year may have 53 weeks. */
const MAX_DAYS_PER_PERIOD = { daily: 1, monthly: 31, yearly: 371 };

/** The local times of a rule in one period, before start, COUNT and UNTIL are applied. */
export type Period = {
  readonly size: number;
  readonly days: readonly number[];
  /** The indexes of the local times that BYSETPOS picks; null without BYSETPOS. */
  readonly picked: readonly number[] | null;
};

export type PeriodStamps = {
  readonly periods: Periods;
  /** True if every period after the first has the same size. */
  readonly uniform: boolean;
  /** True if every BYSETPOS lies beyond the size of any period. False doesn't mean that the rule matches anything. */
  readonly alwaysEmpty: boolean;
  /** Returns the size of a period, without listing its times where possible. */
  sizeOf(index: number): number;
  period(index: number): Period;
  at(period: Period, position: number): LocalStamp;
  /** Returns the first position whose local time is `stamp` or later, or the size of the period if there is none. */
  positionFrom(period: Period, stamp: LocalStamp): number;
};

export function compilePeriodStamps(rule: RecurrenceRule, start: LocalTime, allDay: boolean): PeriodStamps {
  const filter = compileDayFilter(rule, start.day);
  const periods = compilePeriods(rule, start.day, countMatchingDays(filter, start.day, start.day) === 1);
  // All-day series ignore BYHOUR, BYMINUTE and BYSECOND (RFC 5545 §3.3.10).
  const allTimes = allDay ? [0] : timesOfDay(rule, start.second);
  // In a daily rule BYSETPOS picks the same times every day.
  const dailyPick = rule.frequency === 'daily' ? rule.bySetPosition : undefined;
  const times = dailyPick ? pick(dailyPick, allTimes.length).map((index) => allTimes[index]!) : allTimes;
  const setPositions = dailyPick ? undefined : rule.bySetPosition;
  const maxSize =
    times.length * (rule.frequency === 'weekly' ? (rule.byDay?.length ?? 1) : MAX_DAYS_PER_PERIOD[rule.frequency]);

  const period = (index: number): Period => {
    const days = matchingDays(filter, periods.firstDay(index), periods.lastDay(index));
    const picked = setPositions ? pick(setPositions, days.length * times.length) : null;
    return { days, picked, size: picked ? picked.length : days.length * times.length };
  };

  const at = ({ days, picked }: Period, position: number): LocalStamp => {
    const index = picked ? picked[position]! : position;
    const dayIndex = times.length === 1 ? index : Math.floor(index / times.length);
    return days[dayIndex]! * SECONDS_IN_DAY + times[index - dayIndex * times.length]!;
  };

  return {
    periods,
    uniform: isUniform(rule),
    alwaysEmpty: maxSize === 0 || (setPositions?.every((position) => Math.abs(position) > maxSize) ?? false),
    period,
    at,
    sizeOf(index) {
      if (setPositions) return period(index).size;
      return countMatchingDays(filter, periods.firstDay(index), periods.lastDay(index)) * times.length;
    },
    positionFrom(searched, stamp) {
      let below = 0;
      let above = searched.size;
      while (below < above) {
        const middle = (below + above) >>> 1;
        if (at(searched, middle) < stamp) below = middle + 1;
        else above = middle;
      }
      return below;
    },
  };
}

/** Applies BYSETPOS to the whole period, even if the series starts within it (RFC 5545 §3.3.10). */
function pick(setPositions: readonly number[], size: number): number[] {
  const indices = setPositions.map((position) => (position > 0 ? position - 1 : size + position));
  return sortUnique(indices.filter((index) => index >= 0 && index < size));
}
