import { Problem } from '../platform/http/problem.js';
import type { ConflictView, IntervalView, SlotView } from '../platform/openapi/problem-views.js';

/** One clash: their occurrence, and the one of ours that meets it. */
export type Conflict = ConflictView;

export function eventConflict(conflicts: Conflict[], suggestions?: SlotView[]): Problem {
  return new Problem('event_conflict', { members: { conflicts, ...(suggestions ? { suggestions } : {}) } });
}

/** Epoch seconds as clients see them: conflicts are always told as instants. */
export const wireInterval = ({ start, end }: { start: number; end: number }): IntervalView => ({
  start_time: new Date(start * 1_000).toISOString().replace('.000Z', 'Z'),
  end_time: new Date(end * 1_000).toISOString().replace('.000Z', 'Z'),
});

export function staleVersion(currentVersion: number): Problem {
  return new Problem('stale_version', { members: { current_version: currentVersion } });
}
