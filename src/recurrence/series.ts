import { modulo } from '../time/calendar-day.js';
import { type LocalTime, parseLocalTime, stampOf } from '../time/local-time.js';
import type { RecurrenceRule } from './rule.js';
import { getZone } from '../time/zone.js';

/**
 * The length of an occurrence: `days` on the calendar, then `seconds` of elapsed time (RFC 5545 §3.8.5.3, §3.3.6).
 * Across a clock change, an event of two days still ends at the same wall-clock time and an event of one hour still
 * lasts one hour.
 */
export type Duration = { readonly days: number; readonly seconds: number };

/**
 * The changes to one occurrence. `original`, its original local start in the zone of the series, identifies it
 * (RECURRENCE-ID, RFC 5545 §3.8.4.4), wherever `start` moves it.
 */
export type Override = {
  readonly original: LocalTime;
  /** The new start of the occurrence, in `zone`. Absent: the start stays. */
  readonly start?: LocalTime;
  /** The zone of `start`. Absent: the zone of the series. */
  readonly zone?: string | null;
  readonly duration?: Duration;
  /** The title and other content, which the engine passes through. */
  readonly content?: unknown;
};

/**
 * Everything that is stored about an event's times; occurrences are always computed from it. Local times are wall-clock
 * times in `zone`, or floating if `zone` is null. A series without a rule has one occurrence and the added dates.
 */
export type Series = {
  readonly start: LocalTime;
  readonly zone: string | null;
  /** True if the occurrences start at midnight and last whole days. */
  readonly allDay: boolean;
  readonly duration: Duration;
  readonly rule: RecurrenceRule | null;
  /** Further original starts (RDATE, RFC 5545 §3.8.5.2). */
  readonly added: readonly LocalTime[];
  /** Original starts of excluded dates (EXDATE, §3.8.5.1). They take precedence over `added` and `overrides`. */
  readonly excluded: readonly LocalTime[];
  readonly overrides: readonly Override[];
  /**
   * Set on imported series: a start that the rule doesn't match is still an occurrence and counts for COUNT, and the
   * limits that only the API sets do not apply.
   */
  readonly startAlwaysCounts?: boolean;
};

/**
 * Returns the duration between two instants (epoch seconds) in a zone: as many whole days as the wall clock allows,
 * then the rest in elapsed seconds. `endOf` returns exactly `end` for it.
 */
export function durationBetween(start: number, end: number, zone: string | null): Duration {
  const { toStamp, toInstant } = getZone(zone);
  const localStart = toStamp(start);
  let days = Math.max(0, Math.floor((toStamp(end) - localStart) / 86_400));
  // After a clock change the last day may be incomplete.
  while (days > 0 && toInstant(localStart + days * 86_400).epochSecond > end) days -= 1;
  const afterDays = days === 0 ? start : toInstant(localStart + days * 86_400).epochSecond;
  return { days, seconds: end - afterDays };
}

/**
 * Returns the end (epoch seconds) of an occurrence that starts at an instant. Days count from the time that the clocks
 * show at the actual start, so that moving an occurrence out of a gap doesn't shorten it. All-day occurrences end at
 * midnight, even when the clocks skip the midnight at which they start.
 */
export function endOf(start: number, duration: Duration, zone: string | null, allDay = false): number {
  if (duration.days === 0) return start + duration.seconds;
  const { toStamp, toInstant } = getZone(zone);
  const shown = toStamp(start);
  const from = allDay ? shown - modulo(shown, 86_400) : shown;
  return toInstant(from + duration.days * 86_400).epochSecond + duration.seconds;
}

/** Returns the duration between two wall times, as long as no clocks change between them. */
export function wallDuration(start: string, end: string): Duration {
  const seconds = stampOf(parseLocalTime(end)) - stampOf(parseLocalTime(start));
  const days = Math.floor(seconds / 86_400);
  return { days, seconds: seconds - days * 86_400 };
}

/** True if the series may have more occurrences than its start. */
export function recurs(series: Series): boolean {
  return series.rule !== null || series.added.length > 0;
}
