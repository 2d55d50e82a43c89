import { Problem } from '../platform/http/problem.js';
import type { ConflictView, FieldClashView, IntervalView, SlotView } from '../platform/openapi/problem-views.js';

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

/** A field that was changed on both sides: as it was, as it is, and as the caller wanted it. */
export type FieldClash = FieldClashView;

/** @param clashes none when nothing was compared: the caller wanted no merge, or none is possible */
export function staleVersion(currentVersion: number, clashes: FieldClash[] = []): Problem {
  const members = { current_version: currentVersion, ...(clashes.length > 0 ? { clashes } : {}) };
  return new Problem('stale_version', { members });
}

export function laterChanges(clashes: FieldClash[]): Problem {
  return new Problem('later_changes', { members: { clashes } });
}
