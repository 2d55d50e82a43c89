import { localOf, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { endOf, type Override, type Series } from './series.js';
import type { SeriesTimes } from './series-times.js';
import { toInstant } from '../time/time-zone.js';

/** One date of a series. Half-open: it lasts from `start` up to, but not including, `end`. */
export type Occurrence = {
  /**
   * Identifies the occurrence: its start according to the rule, the start of the series or the added dates, on the wall
   * clock of the series. An override doesn't change it.
   */
  readonly original: LocalTime;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  /** True if the clocks skip its local time on that day. It then starts later by the length of the gap. */
  readonly adjusted: boolean;
  readonly override?: Override;
};

/** Returns the occurrence with an original start, without regard to overrides. */
export function plainOccurrence(series: Series, times: SeriesTimes, stamp: LocalStamp): Occurrence {
  const { epochSecond, adjusted } = times.zone.toInstant(stamp);
  const end = endOf(epochSecond, series.duration, series.zone, series.allDay);
  return { original: localOf(stamp), start: epochSecond, end, adjusted };
}

export function overriddenOccurrence(series: Series, override: Override): Occurrence {
  const zone = override.start === undefined || override.zone === undefined ? series.zone : override.zone;
  const { epochSecond, adjusted } = toInstant(override.start ?? override.original, zone);
  const end = endOf(epochSecond, override.duration ?? series.duration, zone, series.allDay);
  return { original: override.original, start: epochSecond, end, adjusted, override };
}

/** Compares by start, then by original start, so that the order doesn't depend on how occurrences were collected. */
export function compareOccurrences(a: Occurrence, b: Occurrence): number {
  return a.start - b.start || stampOf(a.original) - stampOf(b.original);
}
