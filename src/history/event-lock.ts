import { Injectable } from '@nestjs/common';
import { type CalendarEvent, selectEvent, toEvent } from '../content/event.entity.js';
import { type AccessOptions, checkRole } from '../permissions/access.service.js';
import type { Deletion } from '../permissions/event-deleted.js';
import type { Member } from '../permissions/member.js';
import type { Action, Role } from '../permissions/role.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { joinUser } from '../users/join-user.js';
import { Changes } from './changes.js';
import { type EventState, KnownEvents, stateAfter } from './known-events.js';

/** A locked event and everything that decides about a write, as of the moment at which the lock was granted. */
export interface LockedEvent extends EventState {
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

/** Locks the availability of one person. */
export const LOCK_AVAILABILITY = 'SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))';

/** Locks the availability of the owner of an event, and of another person if one is given. */
const LOCK_AVAILABILITY_OF_OWNER = lockAvailability(`
  SELECT user_id AS id FROM event_permissions WHERE event_id = $1 AND role = 'owner'
  UNION ALL SELECT $2::uuid WHERE $2 IS NOT NULL`);

const LOCK_EVENT = 'SELECT FROM events WHERE id = $1 FOR UPDATE';

const READ_LOCKED = `
  SELECT ${selectEvent('e')}, last.position, last.hash, last.created_at AS at,
         (SELECT json_agg(json_build_object('userId', p.user_id, 'username', u.username, 'role', p.role,
                   'grantedAt', p.granted_at, 'grantedBy', json_build_object('id', g.id, 'username', g.username))
                   ORDER BY p.role = 'owner' DESC, u.username)
            FROM event_permissions p ${joinUser('u', 'p.user_id')} ${joinUser('g', 'p.granted_by')}
           WHERE p.event_id = e.id) AS members,
         (SELECT u.username FROM users u WHERE u.id = e.updated_by) AS editor
    FROM events e CROSS JOIN LATERAL last_entry(e.id) AS last WHERE e.id = $1`;

/**
 * True for an event whose last entry in its history is still the one that a server knows, with its hash. Members and
 * content only change with an entry; names of people change when they are erased.
 */
const IS_AS_KNOWN = `
  SELECT EXISTS (SELECT FROM events e CROSS JOIN LATERAL last_entry(e.id) AS last
                  WHERE e.id = $1 AND last.hash = $2 AND e.tzdata = $3 AND e.purged_at IS NULL)
     AND NOT EXISTS (SELECT FROM unnest($4::uuid[], $5::text[]) AS known (id, username)
                       JOIN users u ON u.id = known.id WHERE u.username::text <> known.username)`;

/**
 * The only place that locks events. Locks are taken in one order: availability (owners sorted), then the event row,
 * then streams (in notifications/). Two transactions therefore never deadlock.
 */
@Injectable()
export class EventLock {
  private readonly held = new PerTransaction<Map<string, EventState>>(() => new Map());

  constructor(
    private readonly changes: Changes,
    private readonly known: KnownEvents,
    transactions: Transactions,
  ) {
    transactions.afterCommit.on((tx) => this.remember(tx));
  }

  /** Locks the availability of people until the transaction ends. */
  lockAvailability(tx: Transaction, ownerIds: string[]): void {
    // Sorted like the ids that PostgreSQL sorts: in lower case, as text, they have the same order.
    for (const ownerId of [...new Set(ownerIds)].sort()) tx.write(LOCK_AVAILABILITY, [ownerId]);
  }

  /**
   * Locks an event and reads it, in one exchange, or in none when this server knows it: then PostgreSQL checks under the
   * lock that it is unchanged (`Transaction.assume`). Returns null when there is none. The statement that reads or checks
   * has a snapshot from after the lock was granted, so it sees everything that the previous holder of the lock committed.
   * @throws RetryTransaction when the ownership was transferred between the locks of availability and event
   */
  async lock(tx: Transaction, eventId: string, options: LockOptions = {}): Promise<LockedEvent | null> {
    const { availabilityOf = null, availability = availabilityOf !== null } = options;
    const assumed = this.assume(tx, eventId, availability, availabilityOf);
    if (assumed) return assumed;
    const availabilityLocks = availability
      ? tx.query<{ id: string }>(LOCK_AVAILABILITY_OF_OWNER, [eventId, availabilityOf])
      : null;
    tx.write(LOCK_EVENT, [eventId]);
    const [[row], people] = await Promise.all([tx.query<LockRow>(READ_LOCKED, [eventId]), availabilityLocks]);
    if (!row) return null;
    const { position, hash, at: lastEntryAt, editor: username } = row;
    const members = row.members.map(({ grantedAt, ...member }) => ({ ...member, grantedAt: new Date(grantedAt) }));
    const ownerId = members[0]!.userId;
    if (people && !people.some(({ id }) => id === ownerId)) throw new RetryTransaction();
    const editor = { id: row.updatedBy, username };
    const state = { event: toEvent(row), ownerId, members, editor, lastEntryAt, last: { position, hash } };
    this.hold(tx, state);
    return { availabilityLocked: availability, ...state };
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
    return { role, ...locked! };
  }

  /** Locks an event that this server knows, without reading it; null when it does not, or when the work must look. */
  private assume(
    tx: Transaction,
    eventId: string,
    availability: boolean,
    availabilityOf: string | null,
  ): LockedEvent | null {
    // What this transaction has written itself is not in its history yet.
    const mayAssume = tx.mayAssume && !this.held.of(tx).has(eventId);
    const state = mayAssume ? this.known.take(eventId) : null;
    if (!state) return null;
    if (availability) this.lockAvailability(tx, [state.ownerId, ...(availabilityOf === null ? [] : [availabilityOf])]);
    tx.write(LOCK_EVENT, [eventId]);
    const people = [...namesOf(state)];
    const names = [people.map(([id]) => id), people.map(([, name]) => name)];
    tx.assume(IS_AS_KNOWN, [eventId, state.last.hash, state.event.tzdata, ...names], () =>
      this.known.distrust(eventId),
    );
    this.hold(tx, state);
    return { availabilityLocked: availability, ...state };
  }

  private hold(tx: Transaction, state: EventState): void {
    const { event, members, last } = state;
    this.held.of(tx).set(event.id, state);
    this.changes.setLastEntry(tx, event.id, last);
    this.changes.setMembers(
      tx,
      event.id,
      members.map(({ userId }) => userId),
    );
  }

  /** Remembers the events that a committed transaction has locked, as it left them. */
  private remember(tx: Transaction): void {
    for (const [eventId, state] of this.held.of(tx)) {
      const row = this.changes.rowOf(tx, eventId) ?? state.event;
      const after = stateAfter(state, this.changes.of(tx), row, this.changes.lastEntryOf(tx, eventId)!);
      if (after) this.known.set(after);
    }
  }
}

/** Returns the names of all people that are known with an event, by id. */
const namesOf = ({ editor, members }: EventState): Map<string, string> =>
  new Map([
    [editor.id, editor.username],
    ...members.flatMap(({ userId, username, grantedBy }): [string, string][] => [
      [userId, username],
      [grantedBy.id, grantedBy.username],
    ]),
  ]);

/** Returns who moved a locked event to the trash, and when; null when it is not there. */
export function deletionOf({ event, editor }: Pick<LockedEvent, 'event' | 'editor'>): Deletion | null {
  const { id: eventId, deletedAt: at, purgedAt } = event;
  return at && { eventId, at, by: editor, purgedAt };
}

/**
 * Returns the time of the next entry in the history of a locked event: the present, but later than the entry before it,
 * even when the clock of the server that wrote that one is ahead.
 */
export const nextEntryTime = ({ lastEntryAt }: Pick<LockedEvent, 'lastEntryAt'>): Date =>
  new Date(Math.max(Date.now(), lastEntryAt.getTime() + 1));
