import { Problem } from '../problems/problem.js';
import type { ConflictView, IntervalView, SlotView } from './conflict-view.js';

/** One overlap of two busy events: the occurrence of the other event, and the occurrence that overlaps it. */
export type Conflict = ConflictView;

/** How a conflict is resolved: refuse the write, store the event anyway, or skip the conflicting occurrences. */
export type Resolution = 'reject' | 'allow' | 'skip';

/** The largest number of conflicts in a problem. */
const MAX_CONFLICTS = 100;

/**
 * Returns the problem of an event, or of several, that conflict with others. Of too many conflicts it contains the first
 * of each event, and counts the others.
 */
export function eventConflict(conflicts: Conflict[], suggestions?: SlotView[]): Problem {
  const shown = limitConflicts(conflicts);
  const more = conflicts.length - shown.length;
  return new Problem('event_conflict', {
    members: {
      conflicts: shown,
      ...(more > 0 ? { and_more: more } : {}),
      ...(suggestions ? { suggestions } : {}),
    },
  });
}

/** Returns the conflicts in a problem. @throws the error itself if it is another one */
export function conflictsOf(error: unknown): Conflict[] {
  if (error instanceof Problem && error.code === 'event_conflict') return error.extras.members!.conflicts as Conflict[];
  throw error;
}

function limitConflicts(conflicts: Conflict[]): Conflict[] {
  if (conflicts.length <= MAX_CONFLICTS) return conflicts;
  const first = new Map([...conflicts].reverse().map((conflict) => [conflict.pointer, conflict]));
  return conflicts.filter((conflict) => first.get(conflict.pointer) === conflict).slice(0, MAX_CONFLICTS);
}

/** Returns an interval (epoch seconds) as clients see it. Conflicts always have instants, for all-day events too. */
export const wireInterval = ({ start, end }: { start: number; end: number }): IntervalView => ({
  start_time: new Date(start * 1_000).toISOString().replace('.000Z', 'Z'),
  end_time: new Date(end * 1_000).toISOString().replace('.000Z', 'Z'),
});
