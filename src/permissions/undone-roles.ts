import type { PeopleKind } from '../platform/changes/change.js';
import type { RoleChange } from './people-writer.js';
import type { Role } from './role.js';

/** Somebody whose role was changed again since: after the change, now, and as undoing it would leave it. */
export interface RoleClash {
  userId: string;
  base: Role | null;
  theirs: Role | null;
  yours: Role | null;
}

/** What an undone change is called in the log. */
export const UNDOING = {
  shared: 'revoked',
  revoked: 'shared',
  role_changed: 'role_changed',
  ownership_transferred: 'ownership_transferred',
} as const satisfies Record<PeopleKind, PeopleKind>;

/**
 * The changes that take a change of people back. Each person stands alone, as in a merge: who has the old role again
 * already is left alone, and whose role became another since is a clash. Only a handover is one whole: half of it would
 * leave two owners or none. Pure.
 * @param current everybody's role now
 */
export function undoneRoles(
  people: RoleChange[],
  current: ReadonlyMap<string, Role>,
): { undone: RoleChange[] } | { clashes: RoleClash[] } {
  const roleOf = (userId: string): Role | null => current.get(userId) ?? null;
  const isHandover = people.some(({ to }) => to === 'owner');
  const left = people.filter(({ userId, from }) => roleOf(userId) !== from);
  if (left.length === 0) return { undone: [] };
  const clashing = (isHandover ? people : left).filter(({ userId, to }) => roleOf(userId) !== to);
  if (clashing.length === 0) return { undone: left.map(({ userId, from, to }) => ({ userId, from: to, to: from })) };
  return {
    clashes: clashing.map(({ userId, from, to }) => ({ userId, base: to, theirs: roleOf(userId), yours: from })),
  };
}
