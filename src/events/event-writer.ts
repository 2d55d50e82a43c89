import { Injectable } from '@nestjs/common';
import { AvailabilityService, type ResolvedBooking } from '../availability/availability.service.js';
import { type Booking, createBooking, withContent } from '../availability/booking.js';
import type { Conflict, Resolution } from '../availability/conflict.js';
import { FindConflicts } from '../availability/find-conflicts.service.js';
import { OwnerZones } from '../availability/owner-zones.js';
import type { DividedContent } from '../content/edit.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { type EventContent, toContent } from '../content/event-content.js';
import { findChangedFields, changesTime, wireContent } from '../content/wire.js';
import type { ContentKind, Undoing } from '../history/change.js';
import type { SplitChanges } from '../history/splits.js';
import { EventLock, type LockedEvent, type LockedForActor } from '../history/event-lock.js';
import { can } from '../permissions/role.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Actor } from '../platform/http/actor.js';
import { forEachPart, mapInParts } from '../platform/hooks/map-in-parts.js';
import { Problem } from '../problems/problem.js';
import { MembersWriter } from '../sharing/members-writer.js';
import { type EventWithMembers, toEventWithMembers } from './event-record.js';
import { createFirstRow, createNextRow, deriveColumns } from './event-row.js';
import { EventsRepository } from './events.repository.js';
import { type TailView, toTailView } from './tail.js';

/** A new event to create. */
export interface Draft {
  content: EventContent;
  onConflict: Resolution;
  comment: string | null;
  /** The UID of an imported event. */
  uid?: string;
  /** Pointer to the event in a request body with several events. */
  pointer?: string;
}

/** How new events are created. */
export interface CreateOptions {
  /** Is called with the number of events of each part that is written. */
  onWritten?: (events: number) => void;
  /** False when nobody reads the notes, such as conflicts of endless series in ten years, which take long to find. */
  notes?: boolean;
}

/** A new event that is being created. */
interface Creation {
  draft: Draft;
  event: CalendarEvent;
  booking: Booking;
  resolved: ResolvedBooking;
}

export interface WriteRequest {
  actor: Actor;
  kind: ContentKind;
  comment: string | null;
  onConflict: Resolution;
  /** How the version is made, when it undoes others. */
  undoes?: Undoing;
  /** Splits of the series that are undone, refused when a tail changed since, or made again. */
  splits?: SplitChanges;
}

/**
 * Of many new events that may conflict, most usually do not: so many are asked about at once, and fewer where one of them
 * conflicts.
 */
const PART_SIZES = [200, 15, 1];

/** When so many events are refused, the others are not looked at: more than a batch has. */
const MAX_REFUSED = 500;

const bookingOf = ({ booking }: Creation): Booking => booking;

/**
 * The only place that writes events. The caller has locked the event (`EventLock`) and decided its content. The writer
 * resolves conflicts, saves the event, which creates the version, and stores the time that the event occupies.
 */
@Injectable()
export class EventWriter {
  constructor(
    private readonly events: EventsRepository,
    private readonly availability: AvailabilityService,
    private readonly conflicts: FindConflicts,
    private readonly zones: OwnerZones,
    private readonly locks: EventLock,
    private readonly members: MembersWriter,
  ) {}

  /**
   * Creates events owned by the actor, all or nothing. Each is also checked against those before it in the list.
   * @throws Problem event_conflict with the conflicts of every draft, or of 500
   */
  async create(
    tx: Transaction,
    actor: Actor,
    drafts: Draft[],
    { onWritten, notes = true }: CreateOptions = {},
  ): Promise<EventWithMembers[]> {
    this.locks.lockAvailability(tx, [actor.userId]);
    const contents = drafts.map(({ content }) => content);
    const ownerZone = await this.zones.find(tx, actor, actor.userId, contents);
    const created = await mapInParts(drafts, (draft): Creation => {
      const { content, pointer, uid } = draft;
      const event = createFirstRow(content, actor, new Date(), uid);
      const booking = createBooking({ eventId: event.id, ownerId: actor.userId, content, pointer }, ownerZone);
      return { draft, event, booking, resolved: { content, overlapping: false, skipped: [], refused: [] } };
    });
    const bookings = created.map(({ booking }) => booking);
    // Who allows conflicts expects them, and asks before anything is written.
    const isExpected = drafts.some(({ onConflict }) => onConflict !== 'reject');
    const written: EventWithMembers[] = [];
    const store = (some: Creation[]): Promise<void> =>
      forEachPart(some, PART_SIZES[0]!, async (part) => {
        written.push(...(await this.store(tx, actor, part, notes)));
        // One alone is sent with the question about the next.
        if (part.length > 1 && part.length < created.length) await tx.flush();
        onWritten?.(part.length);
      });
    if (!isExpected && (await this.availability.areFree(tx, bookings))) {
      await store(created);
      return written;
    }

    const refused: Conflict[] = [];
    let refusedEvents = 0;
    const [size, ...smaller] = PART_SIZES.filter((one) => one < created.length * 2);
    const work = async (part: Creation[], sizes: number[]): Promise<void> => {
      if (refusedEvents === MAX_REFUSED) return;
      if (part.length > 1 && (await this.availability.areFree(tx, part.map(bookingOf), { assuming: false }))) {
        return store(part);
      }
      const [next = 1, ...rest] = sizes;
      if (part.length > 1) return forEachPart(part, next, (fewer) => work(fewer, rest));
      const [one] = part as [Creation];
      const resolved = await this.availability.resolve(tx, one.booking, actor, one.draft.onConflict);
      refused.push(...resolved.refused);
      if (resolved.refused.length === 0) await store([{ ...one, resolved }]);
      else refusedEvents += 1;
    };
    await forEachPart(created, size ?? 1, (part) => work(part, smaller));
    if (refused.length === 0) return written;
    const createdIds = written.map(({ record }) => record.event.id);
    return this.availability.refuse(
      tx,
      bookings,
      refused.map((conflict) => hideCreated(conflict, createdIds)),
    );
  }

  /**
   * Writes the next version of a locked event. Does nothing when the content is unchanged. Returns the event.
   * @throws Problem event_conflict
   */
  async write(
    tx: Transaction,
    locked: LockedForActor,
    content: EventContent,
    { actor, kind, comment, onConflict, undoes, splits }: WriteRequest,
  ): Promise<EventWithMembers> {
    const { event, ownerId } = locked;
    const [before, after] = [wireContent(event), wireContent(content)];
    const fields = findChangedFields(before, after);
    if (fields.length === 0) return toEventWithMembers(locked, event);
    // Removing the last occurrence deletes the event, whatever the kind of the request.
    const isDeletion = fields.includes('deleted') && content.deletedAt !== null;
    const version = { tx, actorId: actor.userId, kind: isDeletion ? ('deleted' as const) : kind, comment, undoes };
    const author = { id: actor.userId, username: actor.username };
    if (!changesTime(before, after)) {
      const saved = await this.events.update(createNextRow(locked, content, actor), event, version);
      return toEventWithMembers(locked, saved, undefined, author);
    }
    if (!locked.availabilityLocked)
      throw new Error('A write changes the time of an event without a lock on the availability of its owner');
    if (splits && splits.undone.length > 0) await this.rejoin(tx, actor, event, splits.undone, onConflict);
    const request = { eventId: event.id, ownerId, content, before: toContent(event) };
    const booking = await this.zones.book(tx, actor, request);
    const resolved = await this.availability.resolve(tx, booking, actor, onConflict);
    if (resolved.refused.length > 0) return this.availability.refuse(tx, [booking], resolved.refused);
    const saved = await this.events.update(createNextRow(locked, resolved.content, actor), event, version);
    const notes = await this.occupy(tx, booking, resolved, actor);
    if (splits && splits.redone.length > 0) await this.splitAgain(tx, actor, locked, splits.redone, onConflict);
    return toEventWithMembers(locked, saved, notes, author);
  }

  /**
   * Ends a locked series before one of its occurrences and creates an event with the rest, with the same members.
   * Returns the tail.
   * @throws Problem event_conflict
   */
  async split(
    tx: Transaction,
    locked: LockedForActor,
    { head, rest, tail }: DividedContent,
    { actor, comment, onConflict }: Pick<WriteRequest, 'actor' | 'comment' | 'onConflict'>,
  ): Promise<EventWithMembers> {
    const { event, ownerId } = locked;
    const version = { tx, actorId: actor.userId, kind: 'split' as const, comment };
    const saved = await this.events.update(createNextRow(locked, head, actor), event, version);
    await this.occupyLess(tx, await this.zones.book(tx, actor, { eventId: event.id, ownerId, content: head }), actor);

    const created = Object.assign(createFirstRow(tail, actor, saved.updatedAt), {
      seriesId: event.seriesId,
      splitFrom: event.id,
      splitFromVersion: saved.version,
    });
    // These occurrences had their time already, with whatever they share it. The time of the head is the head's.
    const request = { eventId: created.id, ownerId, content: tail, before: rest };
    const booking = await this.zones.book(tx, actor, request);
    const resolved = await this.availability.resolve(tx, booking, actor, onConflict);
    if (resolved.refused.length > 0) return this.availability.refuse(tx, [booking], resolved.refused);
    Object.assign(created, resolved.content, deriveColumns(resolved.content));
    await this.events.insert(tx, [{ event: created, write: version }]);
    this.members.copyMembers(tx, locked, created.id);
    const notes = await this.occupy(tx, booking, resolved, actor);
    return toEventWithMembers(locked, created, notes, { id: actor.userId, username: actor.username });
  }

  /**
   * Writes content that the server itself has to change, even if it conflicts, because no client can resolve that.
   * @returns the new row and its conflicts
   */
  async rewrite(
    tx: Transaction,
    locked: LockedEvent,
    content: EventContent,
    actor: Actor,
    comment: string,
  ): Promise<{ event: CalendarEvent; conflicts: Conflict[] }> {
    const { event, ownerId } = locked;
    const booking = await this.zones.book(tx, actor, { eventId: event.id, ownerId, content });
    const conflicts = await this.conflicts.find(tx, booking, actor);
    const version = { tx, actorId: actor.userId, kind: 'updated' as const, comment };
    const saved = await this.events.update(createNextRow(locked, content, actor), event, version);
    await this.availability.occupy(tx, [{ booking, overlapping: conflicts.length > 0 }]);
    return { event: saved, conflicts };
  }

  /** Stores new events whose conflicts are resolved. */
  private async store(
    tx: Transaction,
    actor: Actor,
    created: Creation[],
    withNotes: boolean,
  ): Promise<EventWithMembers[]> {
    for (const { event, resolved } of created) {
      Object.assign(event, resolved.content, deriveColumns(resolved.content));
    }
    await this.events.insert(
      tx,
      created.map(({ event, draft: { comment } }) => ({
        event,
        write: { tx, actorId: actor.userId, kind: 'created', comment },
      })),
    );
    const owners = this.members.createOwners(
      tx,
      created.map(({ event }) => event),
      actor,
    );
    const occupied = created.map(({ booking, resolved: { content, overlapping } }) => ({
      booking: withContent(booking, content),
      overlapping,
    }));
    await this.availability.occupy(tx, occupied);
    const person = { id: actor.userId, username: actor.username };
    const written: EventWithMembers[] = [];
    for (const [index, { event, resolved }] of created.entries()) {
      const owner = owners[index]!;
      const possibleConflictsAfter = withNotes ? await this.conflicts.findFar(tx, occupied[index]!.booking, actor) : [];
      const record = { event, role: owner.role, owner: person, updatedBy: person };
      written.push({ record, members: [owner], notes: { skipped: resolved.skipped, possibleConflictsAfter } });
    }
    return written;
  }

  /**
   * Moves the tails of splits to the trash, so that the whole series can occupy their time again. With `allow`, those that
   * changed since stay beside it.
   * @throws Problem later_changes with the tails that changed since
   */
  private async rejoin(
    tx: Transaction,
    actor: Actor,
    event: CalendarEvent,
    versions: number[],
    onConflict: Resolution,
  ): Promise<void> {
    const tails = await this.events.listTails(tx, event.id, versions);
    const locked: LockedEvent[] = [];
    const changed: TailView[] = [];
    for (const { id, unchanged } of tails) {
      const tail = await this.locks.lock(tx, id);
      const role = tail?.members.find(({ userId }) => userId === actor.userId)?.role;
      if (tail && unchanged && role && can(role, 'edit')) locked.push(tail);
      else changed.push(toTailView(tail && role ? tail.event : null));
    }
    if (changed.length > 0 && onConflict !== 'allow')
      throw new Problem('later_changes', { detail: TAIL_CHANGED, members: { tails: changed } });
    for (const tail of locked) {
      const content = { ...toContent(tail.event), deletedAt: new Date() };
      const comment = `Rejoined with “${event.title}”`;
      const undoes = { rejoined: event.version + 1 };
      const deletion = { tx, actorId: actor.userId, kind: 'deleted' as const, comment, undoes };
      await this.events.update(createNextRow(tail, content, actor), tail.event, deletion);
      this.availability.vacate(tx, tail.event.id);
    }
  }

  /**
   * Restores the tails of splits that were undone: the series no longer has their dates. With `allow`, those that the actor
   * may not change stay in the trash.
   * @param head as it was, with the dates of the tails
   * @throws Problem later_changes with the tails that the actor may not change; event_conflict
   */
  private async splitAgain(
    tx: Transaction,
    actor: Actor,
    { event, ownerId }: LockedEvent,
    versions: number[],
    onConflict: Resolution,
  ): Promise<void> {
    const refused: TailView[] = [];
    for (const id of await this.events.listRejoinedTails(tx, event.id, versions)) {
      const tail = (await this.locks.lock(tx, id))!;
      const role = tail.members.find(({ userId }) => userId === actor.userId)?.role;
      if (tail.ownerId !== ownerId || !role || !can(role, 'edit')) {
        refused.push(toTailView(role ? tail.event : null));
        continue;
      }
      const content = { ...toContent(tail.event), deletedAt: null };
      const request = { eventId: id, ownerId, content, before: toContent(event) };
      const booking = await this.zones.book(tx, actor, request);
      const resolved = await this.availability.resolve(tx, booking, actor, onConflict);
      if (resolved.refused.length > 0) return this.availability.refuse(tx, [booking], resolved.refused);
      const comment = `Split from “${event.title}” again`;
      const restoration = { tx, actorId: actor.userId, kind: 'restored' as const, comment };
      await this.events.update(createNextRow(tail, content, actor), tail.event, restoration);
      await this.availability.occupy(tx, [{ booking, overlapping: resolved.overlapping }]);
    }
    if (refused.length > 0 && onConflict !== 'allow')
      throw new Problem('later_changes', { detail: TAIL_NOT_YOURS, members: { tails: refused } });
  }

  /** Stores the time of an event that released some: it may conflict no longer, and is then constrained again. */
  private async occupyLess(tx: Transaction, booking: Booking, actor: Actor): Promise<void> {
    const conflicts = await this.conflicts.find(tx, booking, actor);
    await this.availability.occupy(tx, [{ booking, overlapping: conflicts.length > 0 }]);
  }

  /** Stores the time of a saved event, and returns the notes for its author. */
  private async occupy(
    tx: Transaction,
    booking: Booking,
    { content, overlapping, skipped }: ResolvedBooking,
    actor: Actor,
  ): Promise<EventWithMembers['notes']> {
    const occupied = withContent(booking, content);
    await this.availability.occupy(tx, [{ booking: occupied, overlapping }]);
    return { skipped, possibleConflictsAfter: await this.conflicts.findFar(tx, occupied, actor) };
  }
}

const TAIL_CHANGED =
  'The series was split after that version, and the events in `tails` changed since. Change or delete them first, or roll back only other fields.';

const TAIL_NOT_YOURS =
  'The series was split in that version, and you may not restore the events in `tails`, which have its later dates. Ask their owner, or roll back only other fields.';

/** Removes the id from a conflict with a new event of the same call, because none of them will exist. */
function hideCreated(conflict: Conflict, createdIds: string[]): Conflict {
  return createdIds.includes(conflict.event_id ?? '') ? { ...conflict, event_id: null } : conflict;
}
