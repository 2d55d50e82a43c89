import { Injectable } from '@nestjs/common';
import type { EventWrite } from '../platform/changes/event-write.js';
import type { ContentKind } from '../platform/changes/change.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { AccessService } from '../permissions/access.service.js';
import { type Handover, PeopleWriter } from '../permissions/people-writer.js';
import { PermissionsService } from '../permissions/permissions.service.js';
import type { Action } from '../permissions/role.js';
import { type Claim, ConflictsService, type OnConflict, type Settlement } from './conflicts.service.js';
import type { CalendarEvent } from './event.entity.js';
import { changedFields, changesTime, contentOf, type EventContent, wireContent } from './event-content.js';
import { newEvent, nextVersion, outline } from './event-row.js';
import type { Conflict } from './events.errors.js';
import { EventsRepository } from './events.repository.js';

const DELETED: ContentKind = 'deleted';

/** A written event, and what its author should know about its time. */
export interface Written {
  event: CalendarEvent;
  /** Original starts that were left out because they clashed. */
  skipped: string[];
  /** First clashes with other endless series beyond the horizon, up to which everything was checked. */
  possibleConflictsAfter: Conflict[];
}

const QUIET = { skipped: [], possibleConflictsAfter: [] };

export interface Draft {
  content: EventContent;
  onConflict: OnConflict;
  comment: string | null;
  /** Where it stands in the request body, when that holds several. */
  pointer?: string;
}

export interface ChangeRequest {
  eventId: string;
  /** What the actor's role must allow. */
  action: Action;
  kind: ContentKind;
  comment: string | null;
  onConflict: OnConflict;
  /** True if the edit may change which time is occupied: the owner's time is then locked first. */
  mayChangeTime: boolean;
  /** Also when the event is in the trash (owner only). */
  evenDeleted?: boolean;
  /** Going back behind this version takes back the splits made since, as long as their tails are untouched. */
  rejoinAfter?: number;
}

/**
 * The one door through which events are written: create, update, delete, restore, rollback and handover. Always in the
 * order: owner's time, event row, role, edit, conflicts, save (which makes the version), occupancy.
 */
@Injectable()
export class EventWriter {
  constructor(
    private readonly events: EventsRepository,
    private readonly conflicts: ConflictsService,
    private readonly access: AccessService,
    private readonly permissions: PermissionsService,
    people: PeopleWriter,
  ) {
    people.onHandover((tx, handover) => this.handOver(tx, handover));
  }

  /**
   * Writes new events owned by the actor, all or nothing. Each sees those before it, so clashes among them count.
   * @throws Problem event_conflict with the clashes of every draft
   */
  async create(tx: Transaction, actor: Actor, drafts: Draft[]): Promise<Written[]> {
    await this.conflicts.lock(tx, [actor.userId]);
    const written: Written[] = [];
    const claims: Claim[] = [];
    const refused: Conflict[] = [];
    for (const draft of drafts) {
      const event = newEvent(draft.content, actor, new Date());
      const claim = { eventId: event.id, ownerId: actor.userId, content: draft.content, pointer: draft.pointer };
      const settled = await this.conflicts.settle(tx, claim, actor, draft.onConflict);
      claims.push(claim);
      refused.push(...settled.refused);
      if (settled.refused.length > 0) continue;
      Object.assign(event, settled.content, outline(settled.content));
      await this.save(tx, event, { actorId: actor.userId, kind: 'created', comment: draft.comment });
      await this.permissions.createOwner(tx, event.id, actor.userId, event.createdAt);
      written.push(await this.occupy(tx, event, claim, settled, actor));
    }
    if (refused.length > 0) {
      const unwritten = written.map(({ event }) => event.id);
      return this.conflicts.refuse(
        tx,
        claims,
        refused.map((clash) => withoutUnwritten(clash, unwritten)),
      );
    }
    return written;
  }

  /**
   * Runs `edit` on the locked event and writes the result as its next version. Returns the event unchanged when the
   * edit changed nothing.
   * @throws Problem not_found, forbidden, event_conflict, and whatever `edit` throws
   */
  async change(
    tx: Transaction,
    actor: Actor,
    request: ChangeRequest,
    edit: (event: CalendarEvent) => EventContent | Promise<EventContent>,
  ): Promise<Written> {
    const { eventId, action, kind, comment, onConflict, mayChangeTime, evenDeleted = false } = request;
    const expectedOwner = mayChangeTime ? await this.lockTimeOfOwner(tx, eventId) : null;
    const { ownerId } = await this.access.lock(tx, eventId, actor.userId, action, { evenDeleted });
    // Handed over between the two locks: start again with the right one.
    if (mayChangeTime && ownerId !== expectedOwner) throw new RetryTransaction();

    const event = await this.events.get(tx, eventId);
    const content = contentOf(await edit(event));
    const [before, after] = [wireContent(event), wireContent(content)];
    const fields = changedFields(before, after);
    if (fields.length === 0) return { event, ...QUIET };
    // Taking the last occurrence away is a deletion, whatever it was meant as.
    const write = {
      actorId: actor.userId,
      kind: fields.includes('deleted') && content.deletedAt ? DELETED : kind,
      comment,
    };
    if (!changesTime(before, after)) {
      await this.save(tx, nextVersion(event, content, actor), write);
      return { event, ...QUIET };
    }
    if (!mayChangeTime) throw new Error('An edit changed the time of an event without the lock of its owner');
    if (request.rejoinAfter !== undefined) await this.rejoin(tx, actor, event, request.rejoinAfter);

    const claim = { eventId, ownerId, content };
    const settled = await this.conflicts.settle(tx, claim, actor, onConflict);
    if (settled.refused.length > 0) return this.conflicts.refuse(tx, [claim], settled.refused);
    await this.save(tx, nextVersion(event, settled.content, actor), write);
    return this.occupy(tx, event, claim, settled, actor);
  }

  /**
   * Ends a series before one of its occurrences and begins a new event there, with the same people. Returns the tail,
   * or null if there was nothing to split.
   * @param edit makes the two halves out of the locked event, or null for "nothing to split", and then nothing is done
   * @throws Problem not_found, forbidden, event_conflict, and whatever `edit` throws
   */
  async split(
    tx: Transaction,
    actor: Actor,
    request: Omit<ChangeRequest, 'mayChangeTime' | 'kind' | 'action'>,
    edit: (event: CalendarEvent) => { head: EventContent; tail: EventContent } | null,
  ): Promise<Written | null> {
    const { eventId, comment, onConflict } = request;
    const expectedOwner = await this.lockTimeOfOwner(tx, eventId);
    const { ownerId } = await this.access.lock(tx, eventId, actor.userId, 'edit');
    if (ownerId !== expectedOwner) throw new RetryTransaction();
    const event = await this.events.get(tx, eventId);
    const halves = edit(event);
    if (!halves) return null;
    const [head, tail] = [contentOf(halves.head), contentOf(halves.tail)];
    const write = { actorId: actor.userId, kind: 'split' as const, comment };
    await this.save(tx, nextVersion(event, head, actor), write);
    await this.reoccupy(tx, { eventId, ownerId, content: head }, actor);

    const created = Object.assign(newEvent(tail, actor, event.updatedAt), {
      seriesId: event.seriesId,
      splitFrom: event.id,
      splitFromVersion: event.version,
    });
    const claim = { eventId: created.id, ownerId, content: tail };
    const settled = await this.conflicts.settle(tx, claim, actor, onConflict);
    if (settled.refused.length > 0) return this.conflicts.refuse(tx, [claim], settled.refused);
    await this.save(tx, Object.assign(created, settled.content, outline(settled.content)), write);
    await this.permissions.copyPeople(tx, event.id, created.id);
    return this.occupy(tx, created, claim, settled, actor);
  }

  /**
   * Writes an event that the server itself must change, though it may clash: nobody is there to be asked.
   * The owner's time and the event's row are locked already.
   * @returns what it clashes with
   */
  async rewrite(
    tx: Transaction,
    event: CalendarEvent,
    ownerId: string,
    content: EventContent,
    actor: Actor,
    comment: string,
  ): Promise<Conflict[]> {
    const claim = { eventId: event.id, ownerId, content };
    const conflicts = await this.conflicts.find(tx, claim, actor);
    await this.save(tx, nextVersion(event, content, actor), { actorId: actor.userId, kind: 'updated', comment });
    await this.conflicts.occupy(tx, claim, conflicts.length > 0);
    return conflicts;
  }

  /** Puts the untouched tails of later splits into the trash, so that the whole can have its time back. */
  private async rejoin(tx: Transaction, actor: Actor, event: CalendarEvent, version: number): Promise<void> {
    for (const tail of await this.events.listUntouchedTails(tx, event.id, version)) {
      const content = { ...contentOf(tail), deletedAt: new Date() };
      const write = { actorId: actor.userId, kind: 'deleted' as const, comment: `Rejoined with “${event.title}”` };
      await this.save(tx, nextVersion(tail, content, actor), write);
      await this.conflicts.vacate(tx, tail.id);
    }
  }

  /** Notes the time of an event that only gave some up; whether it stands under the constraint follows from what is left. */
  private async reoccupy(tx: Transaction, claim: Claim, actor: Actor): Promise<void> {
    const clashes = await this.conflicts.find(tx, claim, actor);
    await this.conflicts.occupy(tx, claim, clashes.length > 0);
  }

  /** The event's time moves to its new owner, who must be free then. */
  private async handOver(tx: Transaction, { eventId, toUserId, actor, onConflict }: Handover): Promise<void> {
    const from = await this.lockTimeOfOwner(tx, eventId, toUserId);
    const { ownerId } = await this.access.lock(tx, eventId, actor.userId, 'share');
    if (ownerId !== from) throw new RetryTransaction();
    const event = await this.events.get(tx, eventId);
    const claim = { eventId, ownerId: toUserId, content: contentOf(event) };
    const settled = await this.conflicts.settle(tx, claim, actor, onConflict);
    if (settled.refused.length > 0) return this.conflicts.refuse(tx, [claim], settled.refused);
    await this.conflicts.occupy(tx, claim, settled.overlapping);
  }

  /** Notes the time of a saved event, and says what its author should know about it. */
  private async occupy(
    tx: Transaction,
    event: CalendarEvent,
    claim: Claim,
    { content, overlapping, skipped }: Settlement,
    actor: Actor,
  ): Promise<Written> {
    const settled = { ...claim, content };
    await this.conflicts.occupy(tx, settled, overlapping);
    return { event, skipped, possibleConflictsAfter: await this.conflicts.findFar(tx, settled, actor) };
  }

  /** Locks the time of whoever owns the event now (and of another person); null when nobody does. */
  private async lockTimeOfOwner(tx: Transaction, eventId: string, ...others: string[]): Promise<string | null> {
    const ownerId = await this.permissions.findOwner(tx, eventId);
    if (ownerId) await this.conflicts.lock(tx, [ownerId, ...others]);
    return ownerId;
  }

  private async save(tx: Transaction, event: CalendarEvent, write: Omit<EventWrite, 'tx'>): Promise<CalendarEvent> {
    await this.events.save(event, { ...write, tx });
    return event;
  }
}

/** A clash with a new event of the same call names no id: nothing of the call will be there to look at. */
function withoutUnwritten(clash: Conflict, unwritten: string[]): Conflict {
  return unwritten.includes(clash.event_id ?? '') ? { ...clash, event_id: null } : clash;
}
