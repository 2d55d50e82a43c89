import type { LocalTime } from '../time/local-time.js';
import type { RecurrenceRule } from './rule.js';
import { getZone } from '../time/zone.js';

/**
 * How long an occurrence lasts: `days` on the calendar, then `seconds` by the stopwatch (RFC 5545 §3.8.5.3, §3.3.6).
 * A stay of two nights keeps its nights across a clock change, a meeting of an hour keeps its hour.
 */
export type Duration = { readonly days: number; readonly seconds: number };

/**
 * What one occurrence has of its own. It hangs on the occurrence's name, the original local start in the series' zone
 * (RECURRENCE-ID, RFC 5545 §3.8.4.4), and keeps hanging there wherever `start` moves the occurrence to.
 */
export type Override = {
  readonly original: LocalTime;
  /** Where the occurrence moved to, in `zone`; absent: it stays. */
  readonly start?: LocalTime;
  /** The zone of `start`; absent: that of the series. */
  readonly zone?: string | null;
  readonly duration?: Duration;
  /** Titles and the like: passed through untouched. */
  readonly content?: unknown;
};

/**
 * All that is stored of an event's times; occurrences are always computed from it. Everything local is wall-clock time
 * in `zone`, or floating if that is null. A series without a rule is one occurrence, and those added.
 */
export type Series = {
  readonly start: LocalTime;
  readonly zone: string | null;
  /** Starts at midnight and lasts whole days. */
  readonly allDay: boolean;
  readonly duration: Duration;
  readonly rule: RecurrenceRule | null;
  /** Further original starts (RDATE, RFC 5545 §3.8.5.2). */
  readonly added: readonly LocalTime[];
  /** Original starts that don't take place (EXDATE, §3.8.5.1); stronger than `added` and `overrides`. */
  readonly excluded: readonly LocalTime[];
  readonly overrides: readonly Override[];
  /**
   * Set on imported series: a start that the rule doesn't match is an occurrence all the same and counts for COUNT, and
   * what only the API demands of a rule is not demanded.
   */
  readonly startAlwaysCounts?: boolean;
};

/**
 * The duration between two instants (epoch seconds) as seen in a zone: as many whole days as the wall clock allows, the
 * rest in elapsed seconds. `endOf` gives back exactly `end`.
 */
export function durationBetween(start: number, end: number, zone: string | null): Duration {
  const { toStamp, toInstant } = getZone(zone);
  const localStart = toStamp(start);
  let days = Math.max(0, Math.floor((toStamp(end) - localStart) / 86_400));
  // The clocks may have changed in between, so that the last day isn't over yet.
  while (days > 0 && toInstant(localStart + days * 86_400).epochSecond > end) days -= 1;
  const afterDays = days === 0 ? start : toInstant(localStart + days * 86_400).epochSecond;
  return { days, seconds: end - afterDays };
}

/**
 * The end (epoch seconds) of what starts at an instant. Days are counted from the time the clocks really show at the
 * start, so that an occurrence moved out of a gap isn't shortened by the move.
 */
export function endOf(start: number, duration: Duration, zone: string | null): number {
  if (duration.days === 0) return start + duration.seconds;
  const { toStamp, toInstant } = getZone(zone);
  return toInstant(toStamp(start) + duration.days * 86_400).epochSecond + duration.seconds;
}

/** True if the series may have more than its start. */
export function recurs(series: Series): boolean {
  return series.rule !== null || series.added.length > 0;
}
