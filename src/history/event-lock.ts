import { Injectable } from '@nestjs/common';
import { type CalendarEvent, selectEvent, toEvent } from '../content/event.entity.js';
import { type AccessOptions, checkRole } from '../permissions/access.service.js';
import type { Deletion } from '../permissions/event-deleted.js';
import type { Member } from '../permissions/member.js';
import type { Action, Role } from '../permissions/role.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Actor } from '../platform/http/actor.js';
import { Changes } from './changes.js';

/** A locked event and everything that decides about a write, as of the moment at which the lock was granted. */
export interface LockedEvent {
  event: CalendarEvent;
  ownerId: string;
  /** Owner first, then by name. */
  members: Member[];
  /** The author of the latest version. */
  editor: { id: string; username: string };
  /** The time of the last entry of its history, on whichever server it was made. */
  lastEntryAt: Date;
  /**
   * True when the availability of the owner is locked too, so that a write may change the time that the event occupies.
   */
  availabilityLocked: boolean;
}

/** A locked event on which the actor's role allows the action. */
export interface LockedForActor extends LockedEvent {
  role: Role;
}

export interface LockOptions {
  /** Also locks the availability of the owner, before the event, for a write that may change the occupied time. */
  availability?: boolean;
  /** Also locks the availability of this person, such as the next owner. */
  availabilityOf?: string;
}

interface LockRow extends CalendarEvent {
  members: (Omit<Member, 'grantedAt'> & { grantedAt: string })[];
  editor: string;
  position: number;
  hash: string;
  at: Date;
}

/**
 * Lets writers of people's availability take turns until the transaction ends, in the order of the ids, so that no two
 * transactions wait for each other in a circle. @param people a query with their ids as `id`
 */
const lockAvailability = (people: string): string => `
  SELECT id, pg_advisory_xact_lock(hashtextextended(id::text, 0))
    FROM (SELECT DISTINCT id FROM (${people}) AS person ORDER BY id) AS ordered`;

/** Locks the availability of people. */
export const LOCK_AVAILABILITY = lockAvailability('SELECT unnest($1::uuid[]) AS id');

/** Locks the availability of the owner of an event, and of another person if one is given. */
const LOCK_AVAILABILITY_OF_OWNER = lockAvailability(`
  SELECT user_id AS id FROM event_permissions WHERE event_id = $1 AND role = 'owner'
  UNION ALL SELECT $2::uuid WHERE $2 IS NOT NULL`);

const READ_LOCKED = `
  SELECT ${selectEvent('e')}, last.position, last.hash, last.created_at AS at,
         (SELECT json_agg(json_build_object('userId', p.user_id, 'username', u.username, 'role', p.role,
                   'grantedAt', p.granted_at, 'grantedBy', json_build_object('id', g.id, 'username', g.username))
                   ORDER BY p.role = 'owner' DESC, u.username)
            FROM event_permissions p JOIN users u ON u.id = p.user_id JOIN users g ON g.id = p.granted_by
           WHERE p.event_id = e.id) AS members,
         (SELECT u.username FROM users u WHERE u.id = e.updated_by) AS editor
    FROM events e CROSS JOIN LATERAL last_entry(e.id) AS last WHERE e.id = $1`;

/**
 * The only place that locks events. Locks are taken in one order: availability (owners sorted), then the event row,
 * then streams (in notifications/). Two transactions therefore never deadlock.
 */
@Injectable()
export class EventLock {
  constructor(private readonly changes: Changes) {}

  /** Locks the availability of people until the transaction ends. */
  lockAvailability(tx: Transaction, ownerIds: string[]): void {
    tx.write(LOCK_AVAILABILITY, [ownerIds]);
  }

  /**
   * Locks an event and reads it, in one exchange. Returns null when there is none. The statement that reads has a
   * snapshot from after the lock was granted, so it sees everything that the previous holder of the lock committed.
   * @throws RetryTransaction when the ownership was transferred between the locks of availability and event
   */
  async lock(tx: Transaction, eventId: string, options: LockOptions = {}): Promise<LockedEvent | null> {
    const { availabilityOf = null, availability = availabilityOf !== null } = options;
    const availabilityLocks = availability
      ? tx.query<{ id: string }>(LOCK_AVAILABILITY_OF_OWNER, [eventId, availabilityOf])
      : null;
    tx.write('SELECT FROM events WHERE id = $1 FOR UPDATE', [eventId]);
    const [[row], people] = await Promise.all([tx.query<LockRow>(READ_LOCKED, [eventId]), availabilityLocks]);
    if (!row) return null;
    const { position, hash, at: lastEntryAt, editor: username } = row;
    const members = row.members.map(({ grantedAt, ...member }) => ({ ...member, grantedAt: new Date(grantedAt) }));
    const ownerId = members[0]!.userId;
    if (people && !people.some(({ id }) => id === ownerId)) throw new RetryTransaction();
    this.changes.setLastEntry(tx, eventId, { position, hash });
    this.changes.setMembers(
      tx,
      eventId,
      members.map(({ userId }) => userId),
    );
    const editor = { id: row.updatedBy, username };
    return { event: toEvent(row), ownerId, members, editor, lastEntryAt, availabilityLocked: availability };
  }

  /**
   * Locks an event and checks the actor's role, which may have changed since the guard checked it.
   * @throws Problem not_found, forbidden, event_deleted
   */
  async lockFor(
    tx: Transaction,
    actor: Actor,
    eventId: string,
    action: Action,
    options: LockOptions & AccessOptions = {},
  ): Promise<LockedForActor> {
    const locked = await this.lock(tx, eventId, options);
    const found = locked?.members.find(({ userId }) => userId === actor.userId)?.role ?? null;
    const role = checkRole(found, locked && deletionOf(locked), action, options);
    return { ...locked!, role };
  }
}

/** Returns who moved a locked event to the trash, and when; null when it is not there. */
export function deletionOf({ event, editor }: Pick<LockedEvent, 'event' | 'editor'>): Deletion | null {
  return event.deletedAt && { eventId: event.id, at: event.deletedAt, by: editor };
}

/**
 * Returns the time of the next entry in the history of a locked event: the present, but later than the entry before it,
 * even when the clock of the server that wrote that one is ahead.
 */
export const nextEntryTime = ({ lastEntryAt }: Pick<LockedEvent, 'lastEntryAt'>): Date =>
  new Date(Math.max(Date.now(), lastEntryAt.getTime() + 1));
