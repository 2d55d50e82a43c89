import type { RecurrenceRule } from './rule.js';

/** The seconds of a day at which the rule occurs, in order: what BYHOUR, BYMINUTE and BYSECOND leave out, the start has. */
export function timesOfDay(rule: RecurrenceRule, startSecond: number): number[] {
  const hours = inOrder(rule.byHour ?? [Math.floor(startSecond / 3600)]);
  const minutes = inOrder(rule.byMinute ?? [Math.floor(startSecond / 60) % 60]);
  // A leap second is the 59th, as in POSIX time (RFC 5545 §3.3.12).
  const seconds = inOrder((rule.bySecond ?? [startSecond % 60]).map((second) => Math.min(second, 59)));
  const times: number[] = [];
  for (const hour of hours) {
    for (const minute of minutes) {
      for (const second of seconds) times.push(hour * 3600 + minute * 60 + second);
    }
  }
  return times;
}

/** How many times a day the rule occurs, without listing them. */
export function timesADay({ byHour = [0], byMinute = [0], bySecond = [0] }: RecurrenceRule): number {
  return new Set(byHour).size * new Set(byMinute).size * new Set(bySecond).size;
}

/** Each number once, smallest first. */
export function inOrder(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
