import { Injectable } from '@nestjs/common';
import { CalendarEvent, type EventRow, eventFromRow } from '../content/event.entity.js';
import { type AccessOptions, checkRole } from '../permissions/access.service.js';
import type { Member } from '../permissions/member.js';
import type { Action, Role } from '../permissions/role.js';
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

interface LockRow {
  event: EventRow;
  members: (Omit<Member, 'grantedAt'> & { grantedAt: string })[];
  editor: string;
  position: number;
  hash: string;
  at: Date;
}

/**
 * The only place that locks events. Locks are taken in one order: availability (owners sorted), then the event row,
 * then streams (in notifications/). Two transactions therefore never deadlock.
 */
@Injectable()
export class EventLock {
  constructor(private readonly changes: Changes) {}

  /** Locks the availability of people until the transaction ends. */
  async lockAvailability(tx: Transaction, ownerIds: string[]): Promise<void> {
    await tx.query('SELECT lock_availability($1)', [ownerIds]);
  }

  /**
   * Locks an event and reads it in one round trip. Returns null when there is none. The result was read after the lock
   * was granted, so it includes everything that the previous holder of the lock committed.
   * @throws a serialization failure, after which the transaction is retried, when the owner changed meanwhile
   */
  async lock(tx: Transaction, eventId: string, options: LockOptions = {}): Promise<LockedEvent | null> {
    const { availabilityOf = null, availability = availabilityOf !== null } = options;
    const [row] = await tx.query<LockRow>(
      `SELECT event, members, editor, position, hash, at FROM lock_event($1, $2, $3)`,
      [eventId, availability, availabilityOf],
    );
    if (!row) return null;
    this.changes.setLastEntry(tx, eventId, { position: row.position, hash: row.hash });
    const members = row.members.map(({ grantedAt, ...member }) => ({ ...member, grantedAt: new Date(grantedAt) }));
    this.changes.setMembers(
      tx,
      eventId,
      members.map(({ userId }) => userId),
    );
    const event = eventFromRow(row.event);
    const editor = { id: event.updatedBy, username: row.editor };
    const lastEntryAt = row.at;
    return { event, ownerId: members[0]!.userId, members, editor, lastEntryAt, availabilityLocked: availability };
  }

  /**
   * Locks an event and checks the actor's role, which may have changed since the guard checked it.
   * @throws Problem not_found, forbidden
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
    const role = checkRole(found, locked !== null && locked.event.deletedAt !== null, action, options);
    return { ...locked!, role };
  }
}

/**
 * Returns the time of the next entry in the history of a locked event: the present, but later than the entry before it,
 * even when the clock of the server that wrote that one is ahead.
 */
export const nextEntryTime = ({ lastEntryAt }: Pick<LockedEvent, 'lastEntryAt'>): Date =>
  new Date(Math.max(Date.now(), lastEntryAt.getTime() + 1));
