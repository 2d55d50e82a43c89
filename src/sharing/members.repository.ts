import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import type { Role } from '../permissions/role.js';
import { Database } from '../platform/database/database.js';
import { insertInto } from '../platform/database/insert-into.js';
import type { Transaction } from '../platform/database/transaction.js';
import { joinUser } from '../users/join-user.js';

const COLUMNS = { event_id: 'uuid', user_id: 'uuid', role: 'text', granted_by: 'uuid', granted_at: 'timestamptz' };
const insertMembers = insertInto('event_permissions', COLUMNS);

/** How many events an erased person leaves before the next are read. */
export const EVENTS_PER_PAGE = 100;

/** An erased person keeps the events in their own trash, because an event always has an owner. */
const TO_LEAVE = `NOT (p.role = 'owner' AND e.deleted_at IS NOT NULL)`;

/** Writes `event_permissions`, and finds the events that erased people have to leave. */
@Injectable()
export class MembersRepository {
  constructor(private readonly database: Database) {}

  /** Sets roles. The new owner is set in a second statement, so that an event never has two. */
  setRoles(
    tx: Transaction,
    eventId: string,
    roles: { userId: string; role: Role; grantedBy: string }[],
    at: Date,
  ): void {
    const notOwners = roles.filter(({ role }) => role !== 'owner');
    const owners = roles.filter(({ role }) => role === 'owner');
    for (const group of [notOwners, owners]) {
      if (group.length === 0) continue;
      tx.write(
        `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
         SELECT $1, member.user_id, member.role, member.granted_by, $5
           FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS member (user_id, role, granted_by)
         ON CONFLICT (event_id, user_id)
         DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by, granted_at = excluded.granted_at`,
        [
          eventId,
          group.map((member) => member.userId),
          group.map((member) => member.role),
          group.map((member) => member.grantedBy),
          at,
        ],
      );
    }
  }

  /** Makes a person the owner of new events, at their creation. */
  insertOwners(tx: Transaction, events: { id: string; createdAt: Date }[], userId: string): void {
    const rows = events.map(({ id, createdAt }) => ({
      event_id: id,
      user_id: userId,
      role: 'owner',
      granted_by: userId,
      granted_at: createdAt,
    }));
    tx.write(...insertMembers(rows));
  }

  remove(tx: Transaction, eventId: string, userIds: string[]): void {
    if (userIds.length === 0) return;
    tx.write(`DELETE FROM event_permissions WHERE event_id = $1 AND user_id = ANY($2)`, [eventId, userIds]);
  }

  copy(tx: Transaction, fromEventId: string, toEventId: string): void {
    tx.write(
      `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
       SELECT $2, user_id, role, granted_by, granted_at FROM event_permissions WHERE event_id = $1`,
      [fromEventId, toEventId],
    );
  }

  /** Returns the member who would own the event next: the earliest editor, or else viewer; null when there is none. */
  async findSuccessor(tx: Transaction, eventId: string): Promise<string | null> {
    const [row] = await tx.query<{ userId: string }>(
      `SELECT p.user_id AS "userId" FROM event_permissions p ${joinUser('u', 'p.user_id')}
        WHERE p.event_id = $1 AND p.role <> 'owner' AND u.erased_at IS NULL
        ORDER BY p.role = 'editor' DESC, p.granted_at, p.user_id LIMIT 1`,
      [eventId],
    );
    return row?.userId ?? null;
  }

  /**
   * Returns the next events, by id, of which an erased person is still a member, except those in their own trash.
   * @param after the last one that is known; null to begin
   */
  async listEventsToLeave(userId: string, after: string | null): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT p.event_id AS id FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.user_id = $1 AND p.event_id > $2 AND ${TO_LEAVE} ORDER BY p.event_id LIMIT ${EVENTS_PER_PAGE}`,
      [userId, after ?? NIL],
    );
    return rows.map((row) => row.id);
  }

  /** Returns the erased people who are still members of an event. */
  async listErasedMembers(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT u.id FROM users u
        WHERE u.erased_at IS NOT NULL AND EXISTS (
          SELECT 1 FROM event_permissions p JOIN events e ON e.id = p.event_id WHERE p.user_id = u.id AND ${TO_LEAVE})`,
    );
    return rows.map((row) => row.id);
  }
}
