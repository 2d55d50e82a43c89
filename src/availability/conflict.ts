import { Problem } from '../problems/problem.js';
import type { ConflictView, IntervalView, SlotView } from './conflict-view.js';

/** One overlap of two busy events: the occurrence of the other event, and the occurrence that overlaps it. */
export type Conflict = ConflictView;

/** How a conflict is resolved: refuse the write, store the event anyway, or skip the conflicting occurrences. */
export type Resolution = 'reject' | 'allow' | 'skip';

export function eventConflict(conflicts: Conflict[], suggestions?: SlotView[]): Problem {
  return new Problem('event_conflict', { members: { conflicts, ...(suggestions ? { suggestions } : {}) } });
}

/** Returns an interval (epoch seconds) as clients see it. Conflicts always have instants, for all-day events too. */
export const wireInterval = ({ start, end }: { start: number; end: number }): IntervalView => ({
  start_time: new Date(start * 1_000).toISOString().replace('.000Z', 'Z'),
  end_time: new Date(end * 1_000).toISOString().replace('.000Z', 'Z'),
});
