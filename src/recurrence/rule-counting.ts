import { SECONDS_IN_DAY, type LocalStamp } from '../time/local-time.js';
import type { PeriodStamps } from './period-stamps.js';

/** Counts the times of a rule by whole periods, and lists only the last period. */
export type Counting = {
  /**
   * Returns the number of times from the start up to, not including, `stamp`. Stops counting once it reaches `enough`.
   */
  below(stamp: LocalStamp): number;
  /** Returns the `enough`-th time, or the last one up to the horizon; one second before the start if there is none. */
  last(): LocalStamp;
};

/**
 * @param enough COUNT, at which counting stops
 * @param horizon the last day of the search
 */
export function compileCounting(
  stamps: PeriodStamps,
  startStamp: LocalStamp,
  enough: number,
  horizon: number,
): Counting {
  const { periods } = stamps;
  const skippedBeforeStart = stamps.positionFrom(stamps.period(0), startStamp);

  /** Returns the number of times from the start on in the periods before `index`. */
  const countBefore = (index: number): number => {
    if (index === 0) return 0;
    let count = stamps.sizeOf(0) - skippedBeforeStart;
    if (stamps.uniform) return count + (index - 1) * stamps.sizeOf(1);
    for (let earlier = 1; earlier < index && count < enough; earlier += 1) count += stamps.sizeOf(earlier);
    return count;
  };

  const below = (stamp: LocalStamp): number => {
    if (stamp <= startStamp) return 0;
    const index = periods.indexFrom(Math.floor(stamp / SECONDS_IN_DAY));
    const before = countBefore(index);
    return before + stamps.positionFrom(stamps.period(index), stamp) - (index === 0 ? skippedBeforeStart : 0);
  };

  /** Counts whole periods first, then within the last one. */
  const last = (): LocalStamp => {
    let left = enough;
    let index = 0;
    if (stamps.uniform && enough > 0) {
      const size = stamps.sizeOf(1);
      const periodsSkipped = size === 0 ? 0 : Math.floor((enough - 1 - countBefore(1)) / size);
      index = Math.max(0, periodsSkipped + 1);
      left -= countBefore(index);
    }
    let lastIndex = -1;
    let lastPosition = -1;
    for (let empty = 0; left > 0 && empty <= periods.cycle && periods.firstDay(index) <= horizon; index += 1) {
      const skipped = index === 0 ? skippedBeforeStart : 0;
      const size = stamps.sizeOf(index) - skipped;
      empty = size === 0 ? empty + 1 : 0;
      if (size > 0) [lastIndex, lastPosition] = [index, skipped + Math.min(left, size) - 1];
      left -= size;
    }
    return lastIndex < 0 ? startStamp - 1 : stamps.at(stamps.period(lastIndex), lastPosition);
  };

  return { below, last };
}
