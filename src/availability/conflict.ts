import { Problem } from '../problems/problem.js';
import type { ConflictView, IntervalView, SlotView } from './conflict-view.js';

/** One overlap of two busy events: the other occurrence, and the one of ours that meets it. */
export type Conflict = ConflictView;

/** What to do about a conflict: refuse the write, store it all the same, or leave the conflicting occurrences out. */
export type Resolution = 'reject' | 'allow' | 'skip';

export function eventConflict(conflicts: Conflict[], suggestions?: SlotView[]): Problem {
  return new Problem('event_conflict', { members: { conflicts, ...(suggestions ? { suggestions } : {}) } });
}

/** Returns epoch seconds as clients see them: conflicts are always given as instants. */
export const wireInterval = ({ start, end }: { start: number; end: number }): IntervalView => ({
  start_time: new Date(start * 1_000).toISOString().replace('.000Z', 'Z'),
  end_time: new Date(end * 1_000).toISOString().replace('.000Z', 'Z'),
});
