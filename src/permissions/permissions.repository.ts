import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Transaction } from '../platform/database/transactions.js';
import type { Acquaintance, PersonOnEvent } from './person-on-event.js';
import type { Role } from './role.js';

/** What one person may see of one event. */
export interface EventAccess {
  role: Role;
  deleted: boolean;
}

/** The parts of a locked event that the rules about people need. */
export interface LockedEvent {
  id: string;
  title: string;
  version: number;
  deleted: boolean;
  ownerId: string;
  /** Role of the person on whose behalf it was locked; null when not on the event. */
  role: Role | null;
}

interface PersonRow extends Omit<PersonOnEvent, 'grantedBy'> {
  grantedById: string;
  grantedByName: string;
}

/** An event always has an owner: what was his and is in the trash stays his. */
const TO_LEAVE = `NOT (p.role = 'owner' AND e.deleted_at IS NOT NULL)`;

@Injectable()
export class PermissionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async findAccess(eventId: string, userId: string): Promise<EventAccess | null> {
    const [row] = await this.dataSource.query<EventAccess[]>(
      `SELECT p.role, e.deleted_at IS NOT NULL AS deleted
         FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.event_id = $1 AND p.user_id = $2`,
      [eventId, userId],
    );
    return row ?? null;
  }

  /** Locks the event's row: content and people of one event change one after the other. */
  async lockEvent(tx: Transaction, eventId: string, userId: string): Promise<LockedEvent | null> {
    const [event] = await tx.query<Omit<LockedEvent, 'ownerId' | 'role'>>(
      `SELECT id, title, version, deleted_at IS NOT NULL AS deleted FROM events WHERE id = $1 FOR UPDATE`,
      [eventId],
    );
    if (!event) return null;
    // Read after the lock was won: whoever held it may have changed the people.
    const people = await tx.query<{ userId: string; role: Role }>(
      `SELECT user_id AS "userId", role FROM event_permissions WHERE event_id = $1 AND (role = 'owner' OR user_id = $2)`,
      [eventId, userId],
    );
    const owner = people.find((person) => person.role === 'owner');
    if (!owner) return null;
    return { ...event, ownerId: owner.userId, role: people.find((person) => person.userId === userId)?.role ?? null };
  }

  /** Who owns the event, without a lock: good for choosing which locks to take. */
  async findOwner(tx: Transaction, eventId: string): Promise<string | null> {
    const [row] = await tx.query<{ userId: string }>(
      `SELECT user_id AS "userId" FROM event_permissions WHERE event_id = $1 AND role = 'owner'`,
      [eventId],
    );
    return row?.userId ?? null;
  }

  async listRoles(tx: Transaction, eventId: string): Promise<Map<string, Role>> {
    const rows = await tx.query<{ userId: string; role: Role }>(
      `SELECT user_id AS "userId", role FROM event_permissions WHERE event_id = $1`,
      [eventId],
    );
    return new Map(rows.map((row) => [row.userId, row.role]));
  }

  /** Everybody on the events, owner first, then by name. */
  async listPeople(eventIds: string[], tx?: Transaction): Promise<PersonOnEvent[]> {
    const rows = await (tx?.manager ?? this.dataSource).query<PersonRow[]>(
      `SELECT p.event_id AS "eventId", p.user_id AS "userId", u.username, p.role, p.granted_at AS "grantedAt",
              g.id AS "grantedById", g.username AS "grantedByName"
         FROM event_permissions p JOIN users u ON u.id = p.user_id JOIN users g ON g.id = p.granted_by
        WHERE p.event_id = ANY($1)
        ORDER BY p.role = 'owner' DESC, u.username`,
      [eventIds],
    );
    return rows.map(personOnEvent);
  }

  /** Everybody who was on the event at a moment, as its history tells; nobody before it existed. */
  async listPeopleThen(eventId: string, asOf: Date): Promise<PersonOnEvent[]> {
    const rows = await this.dataSource.query<PersonRow[]>(
      `SELECT $1::uuid AS "eventId", p.user_id AS "userId", u.username, p.role, p.granted_at AS "grantedAt",
              g.id AS "grantedById", g.username AS "grantedByName"
         FROM people_at($1, $2, 9223372036854775807) p
         JOIN users u ON u.id = p.user_id JOIN users g ON g.id = p.granted_by
        ORDER BY p.role = 'owner' DESC, u.username`,
      [eventId, asOf],
    );
    return rows.map(personOnEvent);
  }

  /** Who of the people is on an event with somebody (in any role, not in the trash), or is that person. */
  listAcquaintances(userId: string, ids: string[]): Promise<Acquaintance[]> {
    return this.dataSource.query<Acquaintance[]>(
      `SELECT u.id, u.username, u.time_zone AS "timeZone"
         FROM users u
        WHERE u.id = ANY($2::uuid[])
          AND (u.id = $1 OR EXISTS (
            SELECT 1 FROM event_permissions theirs
              JOIN event_permissions mine ON mine.event_id = theirs.event_id
              JOIN events e ON e.id = theirs.event_id
             WHERE theirs.user_id = u.id AND mine.user_id = $1 AND e.deleted_at IS NULL))`,
      [userId, ids],
    );
  }

  /** Sets roles, in a statement of their own for those who lose ownership, so that there are never two owners. */
  async setRoles(
    tx: Transaction,
    eventId: string,
    roles: { userId: string; role: Role }[],
    grantedBy: string,
    at: Date,
  ): Promise<void> {
    const notOwners = roles.filter(({ role }) => role !== 'owner');
    const owners = roles.filter(({ role }) => role === 'owner');
    for (const group of [notOwners, owners]) {
      if (group.length === 0) continue;
      await tx.query(
        `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
         SELECT $1, person.user_id, person.role, $4, $5
           FROM unnest($2::uuid[], $3::text[]) AS person (user_id, role)
         ON CONFLICT (event_id, user_id)
         DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by, granted_at = excluded.granted_at`,
        [eventId, group.map((person) => person.userId), group.map((person) => person.role), grantedBy, at],
      );
    }
  }

  async copyPeople(tx: Transaction, fromEventId: string, toEventId: string): Promise<void> {
    await tx.query(
      `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
       SELECT $2, user_id, role, granted_by, granted_at FROM event_permissions WHERE event_id = $1`,
      [fromEventId, toEventId],
    );
  }

  /** Whoever is on the event beside its owner and comes next: an editor before a viewer, the longest-standing first. */
  async findHeir(tx: Transaction, eventId: string): Promise<string | null> {
    const [row] = await tx.query<{ userId: string }>(
      `SELECT p.user_id AS "userId" FROM event_permissions p JOIN users u ON u.id = p.user_id
        WHERE p.event_id = $1 AND p.role <> 'owner' AND u.erased_at IS NULL
        ORDER BY p.role = 'editor' DESC, p.granted_at, p.user_id LIMIT 1`,
      [eventId],
    );
    return row?.userId ?? null;
  }

  /** Some of the events that a person who is erased is still on, his own trash left aside. */
  async listEventsToLeave(userId: string): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT p.event_id AS id FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.user_id = $1 AND ${TO_LEAVE} ORDER BY p.event_id LIMIT 100`,
      [userId],
    );
    return rows.map((row) => row.id);
  }

  async listErasedPeople(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT u.id FROM users u
        WHERE u.erased_at IS NOT NULL AND EXISTS (
          SELECT 1 FROM event_permissions p JOIN events e ON e.id = p.event_id WHERE p.user_id = u.id AND ${TO_LEAVE})`,
    );
    return rows.map((row) => row.id);
  }

  async remove(tx: Transaction, eventId: string, userIds: string[]): Promise<void> {
    if (userIds.length === 0) return;
    await tx.query(`DELETE FROM event_permissions WHERE event_id = $1 AND user_id = ANY($2)`, [eventId, userIds]);
  }
}

const personOnEvent = ({ grantedById, grantedByName, ...row }: PersonRow): PersonOnEvent => ({
  ...row,
  grantedBy: { id: grantedById, username: grantedByName },
});
