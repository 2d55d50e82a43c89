import type { MemberKind } from '../history/change.js';
import type { RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';

/** Somebody whose role changed again since: after the change, now, and as undoing it would leave it. */
export interface RoleClash {
  userId: string;
  base: Role | null;
  theirs: Role | null;
  yours: Role | null;
}

/** What undoing a change of members is recorded as. */
export const INVERSE_KIND = {
  shared: 'revoked',
  revoked: 'shared',
  role_changed: 'role_changed',
  ownership_transferred: 'ownership_transferred',
} as const satisfies Record<MemberKind, MemberKind>;

/**
 * Returns the role changes that take a change of members back. Each person is handled apart, as in a merge: somebody who
 * already has the old role again is left alone, and somebody whose role changed again since is a clash. Only a transfer
 * of ownership is one whole: half of it would leave two owners or none. Pure.
 * @param current everybody's role now
 */
export function undoRoles(
  members: RoleChange[],
  current: ReadonlyMap<string, Role>,
): { roleChanges: RoleChange[] } | { clashes: RoleClash[] } {
  const roleOf = (userId: string): Role | null => current.get(userId) ?? null;
  const isTransfer = members.some(({ to }) => to === 'owner');
  const left = members.filter(({ userId, from }) => roleOf(userId) !== from);
  if (left.length === 0) return { roleChanges: [] };
  const clashing = (isTransfer ? members : left).filter(({ userId, to }) => roleOf(userId) !== to);
  if (clashing.length === 0) {
    return { roleChanges: left.map(({ userId, from, to }) => ({ userId, from: to, to: from })) };
  }
  return {
    clashes: clashing.map(({ userId, from, to }) => ({ userId, base: to, theirs: roleOf(userId), yours: from })),
  };
}
