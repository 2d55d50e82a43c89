import { Injectable } from '@nestjs/common';
import type { EventWrite } from '../platform/changes/event-write.js';
import type { ContentKind } from '../platform/changes/change.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { AccessService } from '../permissions/access.service.js';
import { type Handover, PermissionsService } from '../permissions/permissions.service.js';
import type { Action } from '../permissions/role.js';
import { v7 as uuidv7 } from 'uuid';
import { ConflictsService } from './conflicts.service.js';
import { CalendarEvent } from './event.entity.js';
import { changedFields, changesTime, contentOf, type EventContent, wireContent } from './event-content.js';
import { seriesOf } from './event-recurrence.js';
import { type Conflict, eventConflict } from './events.errors.js';
import { EventsRepository } from './events.repository.js';
import { bounds } from './recurrence/expand.js';

/** What to do when the owner is busy at that time. */
export type OnConflict = 'reject' | 'allow';

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
  ) {
    permissions.onHandover((tx, handover) => this.handOver(tx, handover));
  }

  /**
   * Writes new events owned by the actor, all or nothing. Each sees those before it, so clashes among them count.
   * @throws Problem event_conflict with the clashes of every draft
   */
  async create(tx: Transaction, actor: Actor, drafts: Draft[]): Promise<CalendarEvent[]> {
    await this.conflicts.lock(tx, [actor.userId]);
    const written: CalendarEvent[] = [];
    const refused: Conflict[] = [];
    for (const { content, onConflict, comment, pointer } of drafts) {
      const event = newEvent(content, actor, new Date());
      const claim = { eventId: event.id, ownerId: actor.userId, content, pointer };
      const clashes = await this.conflicts.find(tx, claim, actor);
      if (clashes.length > 0 && onConflict === 'reject') {
        refused.push(...clashes);
        continue;
      }
      await this.save(tx, event, { actorId: actor.userId, kind: 'created', comment });
      await this.permissions.createOwner(tx, event.id, actor.userId, event.createdAt);
      await this.conflicts.occupy(tx, claim, clashes.length > 0);
      written.push(event);
    }
    if (refused.length > 0) throw eventConflict(refused.map((clash) => withoutUnwritten(clash, written)));
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
  ): Promise<CalendarEvent> {
    const { eventId, action, kind, comment, onConflict, mayChangeTime, evenDeleted = false } = request;
    const expectedOwner = mayChangeTime ? await this.lockTimeOfOwner(tx, eventId) : null;
    const { ownerId } = await this.access.lock(tx, eventId, actor.userId, action, { evenDeleted });
    // Handed over between the two locks: start again with the right one.
    if (mayChangeTime && ownerId !== expectedOwner) throw new RetryTransaction();

    const event = await this.events.get(tx, eventId);
    const content = contentOf(await edit(event));
    const fields = changedFields(wireContent(event), wireContent(content));
    if (fields.length === 0) return event;
    if (!changesTime(fields))
      return this.save(tx, nextVersion(event, content, actor), { actorId: actor.userId, kind, comment });
    if (!mayChangeTime) throw new Error('An edit changed the time of an event without the lock of its owner');

    const claim = { eventId, ownerId, content };
    const clashes = await this.conflicts.find(tx, claim, actor);
    if (clashes.length > 0 && onConflict === 'reject') throw eventConflict(clashes);
    await this.save(tx, nextVersion(event, content, actor), { actorId: actor.userId, kind, comment });
    await this.conflicts.occupy(tx, claim, clashes.length > 0);
    return event;
  }

  /** The event's time moves to its new owner, who must be free then. */
  private async handOver(tx: Transaction, { eventId, toUserId, actor, onConflict }: Handover): Promise<void> {
    const from = await this.lockTimeOfOwner(tx, eventId, toUserId);
    const { ownerId } = await this.access.lock(tx, eventId, actor.userId, 'share');
    if (ownerId !== from) throw new RetryTransaction();
    const event = await this.events.get(tx, eventId);
    const claim = { eventId, ownerId: toUserId, content: contentOf(event) };
    const clashes = await this.conflicts.find(tx, claim, actor);
    if (clashes.length > 0 && onConflict === 'reject') throw eventConflict(clashes);
    await this.conflicts.occupy(tx, claim, clashes.length > 0);
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
function withoutUnwritten(clash: Conflict, unwritten: CalendarEvent[]): Conflict {
  return unwritten.some((event) => event.id === clash.event_id) ? { ...clash, event_id: null } : clash;
}

function newEvent(content: EventContent, actor: Actor, at: Date): CalendarEvent {
  const id = uuidv7();
  return Object.assign(new CalendarEvent(), content, outline(content), {
    id,
    seriesId: id,
    version: 1,
    createdAt: at,
    updatedAt: at,
    updatedBy: actor.userId,
  });
}

/** Versions of one event are never dated backwards, whatever the clocks of several servers say. */
function nextVersion(event: CalendarEvent, content: EventContent, actor: Actor): CalendarEvent {
  return Object.assign(event, content, outline(content), {
    version: event.version + 1,
    updatedAt: new Date(Math.max(Date.now(), event.updatedAt.getTime() + 1)),
    updatedBy: actor.userId,
  });
}

/** First start and last end of all occurrences. */
function outline(content: EventContent): Pick<CalendarEvent, 'firstStart' | 'lastEnd'> {
  if (content.rrule === null) return { firstStart: content.startTime, lastEnd: content.endTime };
  const found = bounds(seriesOf(content));
  if (!found) return { firstStart: content.startTime, lastEnd: content.endTime };
  return {
    firstStart: new Date(found.start * 1_000),
    lastEnd: found.end === null ? null : new Date(found.end * 1_000),
  };
}
