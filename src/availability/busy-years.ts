import { LRUCache } from 'lru-cache';
import type { Interval } from './occupancy.js';

/** Some 16 MB. A weekly series takes a hundred a year. */
const MAX_NUMBERS = 2_000_000;
/** What an entry takes besides its numbers, in numbers. */
const OVERHEAD = 30;

/** Start and end in epoch seconds. */
export type Times = readonly [start: number, end: number];

/**
 * Remembers what series occupy in the calendar years around a window, by the version of their row in PostgreSQL, which never
 * changes. Callers read first which versions there are, so that nothing here is ever out of date (ADR 46).
 */
export class BusyYears {
  private readonly years = new LRUCache<string, Float64Array>({
    maxSize: MAX_NUMBERS,
    sizeCalculation: ({ length }) => length + OVERHEAD,
  });
  private startedAt = '';

  /** Forgets everything when PostgreSQL started at another time than before: versions may then have the names of others. */
  keepSince(startedAt: string): void {
    if (startedAt !== this.startedAt) this.years.clear();
    this.startedAt = startedAt;
  }

  /** @param busy in order, without overlaps */
  store(version: string, years: Interval, busy: readonly Times[]): void {
    this.years.set(keyOf(version, years), Float64Array.from(busy.flat()));
  }

  has(version: string, years: Interval): boolean {
    return this.years.has(keyOf(version, years));
  }

  /** Returns what a series occupies in a window within the years, clipped to it; null when that is not known. */
  find(version: string, years: Interval, window: Interval): Interval[] | null {
    const busy = this.years.get(keyOf(version, years));
    if (busy === undefined) return null;
    const found: Interval[] = [];
    for (let at = firstEndingAfter(busy, window.start); at < busy.length && busy[at]! < window.end; at += 2) {
      found.push({ start: Math.max(busy[at]!, window.start), end: Math.min(busy[at + 1]!, window.end) });
    }
    return found;
  }
}

const keyOf = (version: string, { start, end }: Interval): string => `${version} ${start} ${end}`;

/** Returns where the first interval that ends after an instant begins, among starts and ends in turns. */
function firstEndingAfter(busy: Float64Array, instant: number): number {
  let [low, high] = [0, busy.length / 2];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (busy[middle * 2 + 1]! > instant) high = middle;
    else low = middle + 1;
  }
  return low * 2;
}
