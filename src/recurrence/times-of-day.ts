import type { RecurrenceRule } from './rule.js';

/**
 * Returns the seconds after midnight at which the rule occurs, in order. The start supplies the parts that BYHOUR,
 * BYMINUTE and BYSECOND leave open.
 */
export function timesOfDay(rule: RecurrenceRule, startSecond: number): number[] {
  const hours = sortUnique(rule.byHour ?? [Math.floor(startSecond / 3600)]);
  const minutes = sortUnique(rule.byMinute ?? [Math.floor(startSecond / 60) % 60]);
  // A leap second counts as second 59, as in POSIX time (RFC 5545 §3.3.12).
  const seconds = sortUnique((rule.bySecond ?? [startSecond % 60]).map((second) => Math.min(second, 59)));
  const times: number[] = [];
  for (const hour of hours) {
    for (const minute of minutes) {
      for (const second of seconds) times.push(hour * 3600 + minute * 60 + second);
    }
  }
  return times;
}

/** Counts the times per day of the rule, without listing them. */
export function timesPerDay({ byHour = [0], byMinute = [0], bySecond = [0] }: RecurrenceRule): number {
  return new Set(byHour).size * new Set(byMinute).size * new Set(bySecond).size;
}

/** Returns each number once, smallest first. */
export function sortUnique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
