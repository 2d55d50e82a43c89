import type { FieldClash } from '../content/clashes.js';
import { Problem } from '../problems/problem.js';
import { type Tail, toTailView } from './tail.js';

/**
 * Returns the problem of a stale write.
 * @param tails the events split off since the version of the caller
 * @param clashes the clashing fields; none when the caller wanted no merge, or none is possible
 */
export function staleVersion(currentVersion: number, clashes: FieldClash[] = [], tails: Tail[] = []): Problem {
  const members = {
    current_version: currentVersion,
    ...(clashes.length > 0 ? { clashes } : {}),
    ...(tails.length > 0 ? { tails: tails.map((tail) => toTailView(tail.visible ? tail : null)) } : {}),
  };
  return new Problem('stale_version', { ...(tails.length > 0 ? { detail: SPLIT } : {}), members });
}

/** Returns the problem of a write for a version that the event never had, such as that of another event. */
export const versionNeverExisted = (currentVersion: number): Problem =>
  new Problem('stale_version', { detail: NEVER, members: { current_version: currentVersion } });

const NEVER =
  'The event never had the version that you sent: its newest is in `current_version`. Reload the event and apply your change again.';

const SPLIT =
  'The series was split since the version that you sent. Reload this event and those in `tails`, and apply your change to each that it concerns.';
