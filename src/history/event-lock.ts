import { Injectable } from '@nestjs/common';
import { CalendarEvent, type EventRow, eventFromRow } from '../content/event.entity.js';
import { type AccessOptions, judge } from '../permissions/access.service.js';
import type { Member } from '../permissions/member.js';
import type { Action, Role } from '../permissions/role.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { Changes } from './changes.js';

/** A locked event and everything that a write is judged by, as of the moment at which the lock was granted. */
export interface LockedEvent {
  event: CalendarEvent;
  ownerId: string;
  /** The owner first, then by name. */
  members: Member[];
  /** Who made the latest version. */
  editor: { id: string; username: string };
  /** When the last entry of its history was made, by whichever server. */
  lastEntryAt: Date;
  /** The availability of the owner is locked too: a write may change which time the event occupies. */
  availabilityLocked: boolean;
}

/** A locked event on which the actor's role allows what they want to do. */
export interface LockedForActor extends LockedEvent {
  role: Role;
}

export interface LockOptions {
  /** Also locks the availability of the owner, before the event: the write may change which time is occupied. */
  availability?: boolean;
  /** Locks the availability of this person as well, such as of the next owner. */
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
 * The only place that locks events. Locks are taken in one order: availability (owners sorted), then the event row, then
 * (in notifications/) streams; so no two transactions wait for each other in a circle.
 */
@Injectable()
export class EventLock {
  constructor(private readonly changes: Changes) {}

  /** Lets writers of these people's availability take turns until the transaction ends. */
  async lockAvailability(tx: Transaction, ownerIds: string[]): Promise<void> {
    await tx.query('SELECT lock_availability($1)', [ownerIds]);
  }

  /**
   * Locks an event and reads it in one exchange; null when there is none. What it returns was read after the lock was
   * granted, so it includes what the transaction before it committed.
   * @throws a serialization failure, which runs the transaction again, when the event got another owner meanwhile
   */
  async lock(tx: Transaction, eventId: string, options: LockOptions = {}): Promise<LockedEvent | null> {
    const { availabilityOf = null, availability = availabilityOf !== null } = options;
    const [row] = await tx.query<LockRow>(
      `SELECT event, members, editor, position, hash, last_entry_time($1) AS at FROM lock_event($1, $2, $3)`,
      [eventId, availability, availabilityOf],
    );
    if (!row) return null;
    this.changes.noteLastEntry(tx, eventId, { position: Number(row.position), hash: row.hash });
    const members = row.members.map(({ grantedAt, ...member }) => ({ ...member, grantedAt: new Date(grantedAt) }));
    const event = eventFromRow(row.event);
    const editor = { id: event.updatedBy, username: row.editor };
    const lastEntryAt = row.at;
    return { event, ownerId: members[0]!.userId, members, editor, lastEntryAt, availabilityLocked: availability };
  }

  /**
   * Locks an event and judges the actor's role as it is now: it may have changed since the guard let the request in.
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
    const role = judge(found, locked !== null && locked.event.deletedAt !== null, action, options);
    return { ...locked!, role };
  }
}

/**
 * Returns the time of the next entry in the history of a locked event: the present, but later than the entry before it,
 * even when the clock of the server that wrote that one is ahead.
 */
export const nextEntryTime = ({ lastEntryAt }: Pick<LockedEvent, 'lastEntryAt'>): Date =>
  new Date(Math.max(Date.now(), lastEntryAt.getTime() + 1));
