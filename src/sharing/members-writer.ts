import { Injectable } from '@nestjs/common';
import { counted } from '../problems/counted.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { MemberKind } from '../history/change.js';
import { Changes } from '../history/changes.js';
import { type LockedEvent, nextEntryTime } from '../history/event-lock.js';
import type { Member, RoleChange } from '../permissions/member.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../problems/problem.js';
import { InvitationsRepository } from './invitations.repository.js';
import { MembersRepository } from './members.repository.js';

/** The only place that writes roles. It records each change together with its history. */
@Injectable()
export class MembersWriter {
  constructor(
    private readonly members: MembersRepository,
    private readonly invitations: InvitationsRepository,
    private readonly changes: Changes,
    private readonly config: Config,
  ) {}

  /**
   * Changes roles on a locked event. The caller has checked that the actor may do so. Does nothing for an empty list.
   * @param usernames names of the people who become members and of those who invited them, by id
   * @returns the event with its members after the change
   * @throws Problem too_many_people
   */
  write(
    tx: Transaction,
    locked: LockedEvent,
    actor: Actor,
    kind: MemberKind,
    roleChanges: RoleChange[],
    { comment = null, usernames }: { comment?: string | null; usernames?: ReadonlyMap<string, string> } = {},
  ): LockedEvent {
    if (roleChanges.length === 0) return locked;
    const { event } = locked;
    const at = nextEntryTime(locked);
    this.refuseTooMany(locked.members.length + roleChanges.filter(({ from }) => from === null).length);
    const given = roleChanges.flatMap(({ userId, to: role, grantedBy = actor.userId }) =>
      role ? [{ userId, role, grantedBy }] : [],
    );
    const removed = roleChanges.filter(({ to }) => to === null).map(({ userId }) => userId);
    this.members.setRoles(tx, event.id, given, at);
    this.members.remove(tx, event.id, removed);
    const { id: eventId, title: eventTitle, version } = event;
    this.changes.record(tx, {
      kind,
      eventId,
      eventTitle,
      version,
      actorId: actor.userId,
      at,
      comment,
      members: roleChanges,
    });
    const names = new Map([...locked.members.map(nameOf), ...(usernames ?? []), [actor.userId, actor.username]]);
    const granted = given.map(({ userId, role, grantedBy }) => ({
      userId,
      username: names.get(userId)!,
      role,
      grantedAt: at,
      grantedBy: { id: grantedBy, username: names.get(grantedBy)! },
    }));
    const after = replaceMembers(locked, granted, removed);
    this.changes.setMembers(tx, eventId, after.members.map(idOf));
    return { ...after, lastEntryAt: at };
  }

  /**
   * Makes the creator of new events their owner. This is part of the creation, not a separate change. Returns the member
   * of each event.
   */
  createOwners(tx: Transaction, events: CalendarEvent[], owner: Actor): Member[] {
    const { userId, username } = owner;
    this.members.insertOwners(tx, events, userId);
    return events.map(({ id, createdAt }) => {
      this.changes.setMembers(tx, id, [userId]);
      return { userId, username, role: 'owner', grantedAt: createdAt, grantedBy: { id: userId, username } };
    });
  }

  /**
   * Copies the members of the head of a split series to its tail, and the invitations. This is part of the split, not a
   * separate change.
   */
  copyMembers(tx: Transaction, head: LockedEvent, tailId: string): void {
    this.members.copy(tx, head.event.id, tailId);
    this.invitations.copy(tx, head.event.id, tailId);
    this.changes.setMembers(tx, tailId, head.members.map(idOf));
  }

  private refuseTooMany(count: number): void {
    const { maxPeople } = this.config.values;
    if (count > maxPeople)
      throw new Problem('too_many_people', { detail: `An event has at most ${counted(maxPeople, 'member')}.` });
  }
}

const idOf = ({ userId }: Member): string => userId;
const nameOf = ({ userId, username }: Member): [string, string] => [userId, username];

function replaceMembers(locked: LockedEvent, granted: Member[], removed: string[]): LockedEvent {
  const replaced = new Set([...removed, ...granted.map(({ userId }) => userId)]);
  const members = [...locked.members.filter(({ userId }) => !replaced.has(userId)), ...granted].sort(byOwnerAndName);
  return { ...locked, ownerId: members[0]!.userId, members };
}

/** Compares members in the order in which they are listed: owner first, then by name, ignoring case. */
function byOwnerAndName(a: Member, b: Member): number {
  if (a.role === 'owner' || b.role === 'owner') return a.role === 'owner' ? -1 : 1;
  const [left, right] = [a.username.toLowerCase(), b.username.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
