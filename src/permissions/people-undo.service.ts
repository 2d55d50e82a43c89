import { Injectable } from '@nestjs/common';
import type { PeopleKind } from '../platform/changes/change.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, Problem } from '../platform/http/problem.js';
import type { FieldClashView } from '../platform/openapi/problem-views.js';
import { UsersService } from '../users/users.service.js';
import { AccessService } from './access.service.js';
import { PeopleWriter, type RoleChange } from './people-writer.js';
import { PermissionsRepository } from './permissions.repository.js';
import { type RoleClash, UNDOING, undoneRoles } from './undone-roles.js';

/** A change of people, as history keeps it. */
export interface PeopleChanged {
  kind: PeopleKind;
  people: RoleChange[];
}

@Injectable()
export class PeopleUndoService {
  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly writer: PeopleWriter,
    private readonly access: AccessService,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Takes one change of people back, by a change of its own: whoever it let in is removed, whoever it removed is let in
   * again, and roles are those of before. All of it or nothing.
   * @throws Problem later_changes naming everybody whose role became another since, event_conflict when the event is
   *   handed back, too_many_people, validation_failed for somebody who was erased, not_found, forbidden
   */
  async undo(
    actor: Actor,
    eventId: string,
    { kind, people }: PeopleChanged,
    { onConflict, comment }: { onConflict: 'reject' | 'allow'; comment: string },
  ): Promise<void> {
    await this.transactions.run(async (tx) => {
      const toUserId = newOwner(undoneRoles(people, await this.permissions.listRoles(tx, eventId)));
      if (toUserId) await this.writer.moveTime(tx, { eventId, toUserId, actor, onConflict });
      const event = await this.access.lock(tx, eventId, actor.userId, 'share');
      const found = undoneRoles(people, await this.permissions.listRoles(tx, eventId));
      if (newOwner(found) !== toUserId) throw new RetryTransaction();
      if ('clashes' in found) throw await this.laterChanges(tx, found.clashes);
      await this.refuseErased(tx, found.undone);
      await this.writer.write(tx, event, actor, UNDOING[kind], found.undone, comment);
    });
  }

  private async laterChanges(tx: Transaction, found: RoleClash[]): Promise<Problem> {
    const names = await this.users.usernames(
      found.map(({ userId }) => userId),
      tx,
    );
    const clashes: FieldClashView[] = found.map(({ userId: id, ...roles }) => ({
      field: 'permissions',
      person: { id, username: names.get(id)! },
      ...roles,
    }));
    return new Problem('later_changes', { members: { clashes } });
  }

  /** @throws Problem validation_failed for a role that would be given to nobody */
  private async refuseErased(tx: Transaction, people: RoleChange[]): Promise<void> {
    const given = people.filter(({ to }) => to !== null);
    if (!(await this.users.findAll(tx, given)).includes(null)) return;
    const message = 'It would give a role to somebody whose account was erased.';
    throw invalid({ pointer: '/path/position', code: 'unknown_person', message });
  }
}

/** Who would own the event again; null when nothing is handed back. */
function newOwner(found: ReturnType<typeof undoneRoles>): string | null {
  if ('clashes' in found) return null;
  return found.undone.find(({ to }) => to === 'owner')?.userId ?? null;
}
