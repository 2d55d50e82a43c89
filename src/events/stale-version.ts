import type { FieldClash } from '../content/merge.js';
import { Problem } from '../problems/problem.js';

/**
 * Returns the problem of a stale write.
 * @param clashes the clashing fields; none when the caller wanted no merge, or none is possible
 */
export function staleVersion(currentVersion: number, clashes: FieldClash[] = []): Problem {
  const members = { current_version: currentVersion, ...(clashes.length > 0 ? { clashes } : {}) };
  return new Problem('stale_version', { members });
}
