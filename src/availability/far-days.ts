import type { EventContent } from '../content/event-content.js';
import { type OccupiedInterval, findOccupied } from './occupancy.js';

// 2026-01-01 to 2105: one bit per day, 3.6 KB per series.
const FIRST_DAY = 20_454;
const DAYS = 29_200;
const DAY = 86_400;
const ONE = '1'.charCodeAt(0);
const MAX_OCCURRENCES = 100_000;

/**
 * Returns the days on which an event occupies time, as a PostgreSQL bit string, to filter series that continue beyond
 * the horizon. Two series that share no day never conflict; those that share one are compared exactly. Pure.
 * @param from epoch seconds; earlier days are omitted
 */
export function computeFarDays(content: EventContent, from: number): string {
  const bits = Buffer.alloc(DAYS, '0');
  const window = { from: Math.max(from, FIRST_DAY * DAY), to: (FIRST_DAY + DAYS) * DAY };
  for (const { start, end } of findOccupied(content, window, MAX_OCCURRENCES)) {
    const last = Math.floor((end - 1) / DAY) - FIRST_DAY;
    for (let day = Math.max(0, Math.floor(start / DAY) - FIRST_DAY); day <= last && day < DAYS; day += 1)
      bits[day] = ONE;
  }
  return bits.toString('latin1');
}

/** Returns the first overlapping occurrences of two series after an instant (epoch seconds); null for none. Pure. */
export function findFirstOverlap(
  ours: EventContent,
  theirs: EventContent,
  from: number,
): { ours: OccupiedInterval; theirs: OccupiedInterval } | null {
  const window = { from, to: (FIRST_DAY + DAYS) * DAY };
  const [mine, others] = [ours, theirs].map((content) => findOccupied(content, window, MAX_OCCURRENCES));
  for (let at = 0, other = 0; at < mine!.length && other < others!.length;) {
    const [a, b] = [mine![at]!, others![other]!];
    if (a.start < b.end && b.start < a.end) return { ours: a, theirs: b };
    if (a.end <= b.end) at += 1;
    else other += 1;
  }
  return null;
}
