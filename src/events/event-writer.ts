import { Injectable } from '@nestjs/common';
import { AvailabilityService, type Booking, type ResolvedBooking } from '../availability/availability.service.js';
import type { Conflict, Resolution } from '../availability/conflict.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { type EventContent, toContent } from '../content/event-content.js';
import { changedFields, changesTime, wireContent } from '../content/wire.js';
import type { ContentKind } from '../history/change.js';
import { EventLock, type LockedEvent, type LockedForActor } from '../history/event-lock.js';
import { can } from '../permissions/role.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { MembersWriter } from '../sharing/members-writer.js';
import { type EventWithMembers, toEventWithMembers } from './event-record.js';
import { newEvent, nextVersion, outline } from './event-row.js';
import { EventsRepository } from './events.repository.js';

export interface Draft {
  content: EventContent;
  onConflict: Resolution;
  comment: string | null;
  /** Where the event is in the request body, when that holds several. */
  pointer?: string;
}

export interface WriteRequest {
  actor: Actor;
  kind: ContentKind;
  comment: string | null;
  onConflict: Resolution;
  /** Going back behind this version takes back the splits made since, as long as their tails are untouched. */
  rejoinAfter?: number;
}

/**
 * The only place that writes events. The caller has locked the event (`EventLock`) and decided its content; the writer
 * checks for conflicts, saves, which makes the version, and notes the time that the event occupies.
 */
@Injectable()
export class EventWriter {
  constructor(
    private readonly events: EventsRepository,
    private readonly availability: AvailabilityService,
    private readonly locks: EventLock,
    private readonly members: MembersWriter,
  ) {}

  /**
   * Writes new events owned by the actor, all or nothing. Each sees those before it, so conflicts among them count.
   * @throws Problem event_conflict with the conflicts of every draft
   */
  async create(tx: Transaction, actor: Actor, drafts: Draft[]): Promise<EventWithMembers[]> {
    await this.locks.lockAvailability(tx, [actor.userId]);
    const written: EventWithMembers[] = [];
    const bookings: Booking[] = [];
    const refused: Conflict[] = [];
    for (const draft of drafts) {
      const event = newEvent(draft.content, actor, new Date());
      const booking = { eventId: event.id, ownerId: actor.userId, content: draft.content, pointer: draft.pointer };
      const resolved = await this.availability.resolve(tx, booking, actor, draft.onConflict);
      bookings.push(booking);
      refused.push(...resolved.refused);
      if (resolved.refused.length > 0) continue;
      Object.assign(event, resolved.content, outline(resolved.content));
      await this.events.save(event, { tx, actorId: actor.userId, kind: 'created', comment: draft.comment });
      const owner = await this.members.createOwner(tx, event.id, actor, event.createdAt);
      const person = { id: actor.userId, username: actor.username };
      const notes = await this.occupy(tx, booking, resolved, actor);
      const record = { event, role: owner.role, owner: person, updatedBy: person };
      written.push({ record, members: [owner], notes });
    }
    if (refused.length === 0) return written;
    const unwritten = written.map(({ record }) => record.event.id);
    return this.availability.refuse(
      tx,
      bookings,
      refused.map((conflict) => hideUnwritten(conflict, unwritten)),
    );
  }

  /**
   * Writes the next version of a locked event. Returns the event unchanged when the content is what it was.
   * @throws Problem event_conflict
   */
  async write(
    tx: Transaction,
    locked: LockedForActor,
    content: EventContent,
    { actor, kind, comment, onConflict, rejoinAfter }: WriteRequest,
  ): Promise<EventWithMembers> {
    const { event, ownerId } = locked;
    const [before, after] = [wireContent(event), wireContent(content)];
    const fields = changedFields(before, after);
    if (fields.length === 0) return toEventWithMembers(locked, event);
    // Removing the last occurrence is a deletion, whatever it was meant as.
    const isDeletion = fields.includes('deleted') && content.deletedAt !== null;
    const version = { tx, actorId: actor.userId, kind: isDeletion ? ('deleted' as const) : kind, comment };
    const author = { id: actor.userId, username: actor.username };
    if (!changesTime(before, after)) {
      const saved = await this.events.save(nextVersion(locked, content, actor), version);
      return toEventWithMembers(locked, saved, undefined, author);
    }
    if (!locked.availabilityLocked) throw new Error('A write changes the time of an event whose owner is not locked');
    if (rejoinAfter !== undefined) await this.rejoin(tx, actor, event, rejoinAfter);
    const booking = { eventId: event.id, ownerId, content };
    const resolved = await this.availability.resolve(tx, booking, actor, onConflict);
    if (resolved.refused.length > 0) return this.availability.refuse(tx, [booking], resolved.refused);
    const saved = await this.events.save(nextVersion(locked, resolved.content, actor), version);
    const notes = await this.occupy(tx, booking, resolved, actor);
    return toEventWithMembers(locked, saved, notes, author);
  }

  /**
   * Ends a locked series before one of its occurrences and begins a new event there, with the same members. Returns the
   * tail.
   * @throws Problem event_conflict
   */
  async split(
    tx: Transaction,
    locked: LockedForActor,
    { head, tail }: { head: EventContent; tail: EventContent },
    { actor, comment, onConflict }: Pick<WriteRequest, 'actor' | 'comment' | 'onConflict'>,
  ): Promise<EventWithMembers> {
    const { event, ownerId } = locked;
    const version = { tx, actorId: actor.userId, kind: 'split' as const, comment };
    const saved = await this.events.save(nextVersion(locked, head, actor), version);
    await this.occupyLess(tx, { eventId: event.id, ownerId, content: head }, actor);

    const created = Object.assign(newEvent(tail, actor, saved.updatedAt), {
      seriesId: event.seriesId,
      splitFrom: event.id,
      splitFromVersion: saved.version,
    });
    const booking = { eventId: created.id, ownerId, content: tail };
    const resolved = await this.availability.resolve(tx, booking, actor, onConflict);
    if (resolved.refused.length > 0) return this.availability.refuse(tx, [booking], resolved.refused);
    await this.events.save(Object.assign(created, resolved.content, outline(resolved.content)), version);
    await this.members.copyMembers(tx, event.id, created.id);
    const notes = await this.occupy(tx, booking, resolved, actor);
    return toEventWithMembers(locked, created, notes, { id: actor.userId, username: actor.username });
  }

  /**
   * Writes content that the server itself must change, though it may conflict: there is nobody to ask.
   * @returns the new row, and what it conflicts with
   */
  async rewrite(
    tx: Transaction,
    locked: LockedEvent,
    content: EventContent,
    actor: Actor,
    comment: string,
  ): Promise<{ event: CalendarEvent; conflicts: Conflict[] }> {
    const { event, ownerId } = locked;
    const booking = { eventId: event.id, ownerId, content };
    const conflicts = await this.availability.find(tx, booking, actor);
    const version = { tx, actorId: actor.userId, kind: 'updated' as const, comment };
    const saved = await this.events.save(nextVersion(locked, content, actor), version);
    await this.availability.occupy(tx, booking, conflicts.length > 0);
    return { event: saved, conflicts };
  }

  /** Puts the untouched tails of later splits into the trash, so that the whole can have its time back. */
  private async rejoin(tx: Transaction, actor: Actor, event: CalendarEvent, version: number): Promise<void> {
    for (const tailId of await this.events.listUntouchedTails(tx, event.id, version)) {
      const tail = await this.locks.lock(tx, tailId);
      const role = tail?.members.find(({ userId }) => userId === actor.userId)?.role;
      if (!tail || !role || !can(role, 'edit')) continue;
      const content = { ...toContent(tail.event), deletedAt: new Date() };
      const comment = `Rejoined with “${event.title}”`;
      const deletion = { tx, actorId: actor.userId, kind: 'deleted' as const, comment };
      await this.events.save(nextVersion(tail, content, actor), deletion);
      await this.availability.vacate(tx, tailId);
    }
  }

  /** Notes the time of an event that only gave some up; what is left decides whether it may overlap nothing. */
  private async occupyLess(tx: Transaction, booking: Booking, actor: Actor): Promise<void> {
    const conflicts = await this.availability.find(tx, booking, actor);
    await this.availability.occupy(tx, booking, conflicts.length > 0);
  }

  /** Notes the time of a saved event, and returns what its author should know about it. */
  private async occupy(
    tx: Transaction,
    booking: Booking,
    { content, overlapping, skipped }: ResolvedBooking,
    actor: Actor,
  ): Promise<EventWithMembers['notes']> {
    const occupied = { ...booking, content };
    await this.availability.occupy(tx, occupied, overlapping);
    return { skipped, possibleConflictsAfter: await this.availability.findFar(tx, occupied, actor) };
  }
}

/** A conflict with a new event of the same call names no id: nothing of the call will be there to look at. */
function hideUnwritten(conflict: Conflict, unwritten: string[]): Conflict {
  return unwritten.includes(conflict.event_id ?? '') ? { ...conflict, event_id: null } : conflict;
}
