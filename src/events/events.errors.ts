import { Problem } from '../platform/http/problem.js';
import type { ConflictView } from '../platform/openapi/problem-views.js';

/** One clash: their occurrence, and the one of ours that meets it. */
export type Conflict = ConflictView;

export function eventConflict(conflicts: Conflict[]): Problem {
  return new Problem('event_conflict', { members: { conflicts } });
}

export function staleVersion(currentVersion: number): Problem {
  return new Problem('stale_version', { members: { current_version: currentVersion } });
}
