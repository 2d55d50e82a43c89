import { Injectable } from '@nestjs/common';
import { AvailabilityService } from '../availability/availability.service.js';
import type { MemberKind } from '../history/change.js';
import { EventLock } from '../history/event-lock.js';
import type { RoleChange } from '../permissions/member.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, Problem } from '../problems/problem.js';
import { UsersService } from '../users/users.service.js';
import { MembersWriter } from './members-writer.js';
import { inverseKind, type RoleClash, undoRoles } from './undo-roles.js';

@Injectable()
export class UndoMembersService {
  constructor(
    private readonly writer: MembersWriter,
    private readonly availability: AvailabilityService,
    private readonly locks: EventLock,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Undoes one change of members, completely or not at all, and records that as a new change: the access that it gave
   * is revoked, the access that it revoked is given again, and roles are restored.
   * @throws Problem later_changes with everybody whose role changed again since; event_conflict when the previous owner
   *   is busy; validation_failed for a person whose account was erased; too_many_people, not_found, forbidden
   */
  async undo(
    actor: Actor,
    eventId: string,
    { kind, members }: { kind: MemberKind; members: RoleChange[] },
    { onConflict, comment }: { onConflict: 'reject' | 'allow'; comment: string },
  ): Promise<void> {
    const formerOwner = members.find(({ from }) => from === 'owner')?.userId;
    await this.transactions.run(actor.origin, async (tx) => {
      const locked = await this.locks.lockFor(tx, actor, eventId, 'share', { availabilityOf: formerOwner });
      const undo = undoRoles(members, new Map(locked.members.map(({ userId, role }) => [userId, role])));
      if ('clashes' in undo) throw await this.describeClashes(tx, undo.clashes);
      const usernames = await this.findUsernames(tx, undo.roleChanges);
      if (undo.roleChanges.some(({ to }) => to === 'owner')) {
        await this.availability.move(tx, locked, formerOwner!, actor, onConflict);
      }
      this.writer.write(tx, locked, actor, inverseKind(kind, undo.roleChanges), undo.roleChanges, {
        comment,
        usernames,
      });
    });
  }

  private async describeClashes(tx: Transaction, found: RoleClash[]): Promise<Problem> {
    const names = await this.users.usernames(
      found.map(({ userId }) => userId),
      tx,
    );
    const clashes = found.map(({ userId: id, ...roles }) => ({
      field: 'permissions',
      person: { id, username: names.get(id)! },
      ...roles,
    }));
    return new Problem('later_changes', { members: { clashes } });
  }

  /** @throws Problem validation_failed when the account of a person who would get a role was erased */
  private async findUsernames(tx: Transaction, roleChanges: RoleChange[]): Promise<Map<string, string>> {
    const given = roleChanges.filter(({ to }) => to !== null);
    const users = await this.users.findAll(tx, given);
    const found = users.filter((user) => user !== null);
    if (found.length === users.length) return new Map(found.map(({ id, username }) => [id, username]));
    const message = 'This change cannot be undone: the account of a person who would get a role was erased.';
    throw invalid({ pointer: '/path/position', code: 'unknown_person', message });
  }
}
