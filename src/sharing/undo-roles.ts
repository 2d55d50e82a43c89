import type { MemberKind } from '../history/change.js';
import type { RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';

/** A person whose role changed again since: the role after the change, the current one, and the one after undoing. */
export interface RoleClash {
  userId: string;
  base: Role | null;
  theirs: Role | null;
  yours: Role | null;
}

const INVERSE_KIND = {
  shared: 'revoked',
  revoked: 'shared',
  role_changed: 'role_changed',
  ownership_transferred: 'ownership_transferred',
  // Of a person who was a member before, the previous role is restored.
  invitation_accepted: 'revoked',
} as const satisfies Partial<Record<MemberKind, MemberKind>>;

/** Returns the kind as which undoing a change of members is recorded. */
export function inverseKind(kind: MemberKind, undone: RoleChange[]): MemberKind {
  if (kind === 'invitation_accepted' && undone.every(({ to }) => to !== null)) return 'role_changed';
  return INVERSE_KIND[kind as keyof typeof INVERSE_KIND];
}

/**
 * Returns the role changes that undo a change of members. Each person is handled separately, as in a merge: a person
 * who already has the previous role is skipped, and a person whose role changed again since is a clash. The two role
 * changes of a transfer of ownership are undone together, because one alone would leave two owners or none. Pure.
 * @param current the current role of each member
 */
export function undoRoles(
  members: RoleChange[],
  current: ReadonlyMap<string, Role>,
): { roleChanges: RoleChange[] } | { clashes: RoleClash[] } {
  const roleOf = (userId: string): Role | null => current.get(userId) ?? null;
  const isTransfer = members.some(({ to }) => to === 'owner');
  const open = members.filter(({ userId, from }) => roleOf(userId) !== from);
  if (open.length === 0) return { roleChanges: [] };
  const clashing = (isTransfer ? members : open).filter(({ userId, to }) => roleOf(userId) !== to);
  if (clashing.length === 0) {
    return { roleChanges: open.map(({ userId, from, to }) => ({ userId, from: to, to: from })) };
  }
  return {
    clashes: clashing.map(({ userId, from, to }) => ({ userId, base: to, theirs: roleOf(userId), yours: from })),
  };
}
