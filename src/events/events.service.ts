import { Injectable } from '@nestjs/common';
import { PermissionsService } from '../permissions/permissions.service.js';
import type { PersonOnEvent } from '../permissions/person-on-event.js';
import { Config } from '../platform/config/config.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Precondition } from '../platform/http/etag.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { invalid, notFound } from '../platform/http/problem.js';
import { changedFields, type EventContent, isSeries, wireContent } from './event-content.js';
import { type ContentInput, draftContent, mayChangeTime } from './event-draft.js';
import { drafted, type EventInput } from './event-input.js';
import { type EventFilter, occursWithin } from './event-filter.js';
import type { CalendarEvent } from './event.entity.js';
import type { OnConflict } from './conflicts.service.js';
import { EventWriter, type Written } from './event-writer.js';
import { staleVersion } from './events.errors.js';
import { type EventRecord, EventsRepository } from './events.repository.js';
import { findOriginal, halves, overrideOccurrence, type Scope, throughOccurrence, without } from './series-edit.js';

/** A part of a series: an occurrence by its original start, and how far the edit reaches from it. */
export interface Part {
  occurrence: string;
  scope: Scope;
}

/** What the author of a change should know about the time it took. */
export type TimeNotes = Pick<Written, 'skipped' | 'possibleConflictsAfter'>;

/** The versions over which a stale write was merged: the one it was made for, and the one it met. */
export interface MergedOver {
  from: number;
  to: number;
}

/**
 * Merges an edit that was made for an older version into the event as it is now.
 * @throws Problem stale_version with the clashes
 */
export type StaleWriteMerge = (
  tx: Transaction,
  event: CalendarEvent,
  version: number,
  edit: (content: EventContent) => EventContent,
) => Promise<EventContent>;

export interface EventWithPeople {
  record: EventRecord;
  people: PersonOnEvent[];
  /** Only after a change. */
  notes?: TimeNotes;
  /** Only after a change that was merged. */
  mergedOver?: MergedOver;
}

@Injectable()
export class EventsService {
  private mergeStale: StaleWriteMerge = (_tx, event) => Promise.reject(staleVersion(event.version));

  constructor(
    private readonly events: EventsRepository,
    private readonly writer: EventWriter,
    private readonly permissions: PermissionsService,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /** @throws Problem validation_failed, event_conflict */
  async create(actor: Actor, input: EventInput): Promise<EventWithPeople> {
    const drafts = drafted(actor, [{ input }]);
    return this.change(actor, async (tx) => (await this.writer.create(tx, actor, drafts))[0]!);
  }

  /**
   * All or nothing; every bad event is reported at once.
   * @throws Problem validation_failed, event_conflict
   */
  async createBatch(actor: Actor, inputs: EventInput[]): Promise<{ record: EventRecord; notes: TimeNotes }[]> {
    const { maxBatch } = this.config.values;
    if (inputs.length > maxBatch) {
      throw invalid({ pointer: '/events', code: 'too_many', message: `At most ${maxBatch} events a call.` });
    }
    const drafts = drafted(
      actor,
      inputs.map((input, index) => ({ input, pointer: `/events/${index}` })),
    );
    return this.transactions.run(async (tx) => {
      const written = await this.writer.create(tx, actor, drafts);
      const records = await this.events.listRecords(
        written.map(({ event }) => event.id),
        actor.userId,
        tx,
      );
      return records.map((record, index) => ({ record, notes: written[index]! }));
    });
  }

  /**
   * @param asOf the moment whose state and people are asked for; null for the present
   * @throws Problem not_found, also for what did not exist then or was in the trash
   */
  async get(actor: Actor, id: string, asOf: Date | null = null): Promise<EventWithPeople> {
    const record = asOf
      ? await this.events.findRecordThen(id, actor.userId, asOf)
      : await this.events.findRecord(id, actor.userId);
    if (!record || record.event.deletedAt) throw notFound();
    return asOf ? { record, people: await this.permissions.listThen(id, asOf) } : this.withPeople(record);
  }

  list(actor: Actor, filter: EventFilter, page: PageRequest): Promise<Page<EventRecord>> {
    return this.events.list(actor.userId, filter, page, (event) => occursWithin(event, filter));
  }

  /**
   * A partial update of an event, or of a part of a series.
   * A write that was made for an older version is merged with what happened since.
   * @param precondition the version that the caller has read, null for "whatever is there"
   * @param part null for the whole event
   * @throws Problem validation_failed, stale_version, event_conflict, not_found, forbidden
   */
  async update(
    actor: Actor,
    id: string,
    input: EventInput,
    precondition: Precondition | null,
    part: Part | null,
  ): Promise<EventWithPeople> {
    const { content: fields, comment, onConflict } = input;
    let mergedOver: MergedOver | undefined;
    const draft = (content: EventContent, given: ContentInput): EventContent => {
      const drafted = draftContent(given, content, actor.timeZone);
      if ('errors' in drafted) throw invalid(...drafted.errors);
      return drafted.content;
    };
    return this.change(actor, async (tx) => {
      const tail =
        part?.scope === 'following' &&
        (await this.writer.split(tx, actor, { eventId: id, comment, onConflict }, (event) => {
          requireVersion(event, precondition);
          if (!isSeries(event)) return null;
          const original = findOriginal(event, part.occurrence);
          const split = halves(event, original);
          if (!split) return null;
          const { content, input: given } = throughOccurrence(split.tail, original, fields);
          const tail = draft(content, given);
          // What would go on just the same isn't split off.
          return isSame(split.tail, tail) ? null : { head: split.head, tail };
        }));
      if (tail) return tail;
      const kind = 'updated' as const;
      const mayMove = part !== null || mayChangeTime(fields);
      const request = { eventId: id, action: 'edit' as const, kind, comment, onConflict, mayChangeTime: mayMove };
      const edit = (content: EventContent): EventContent => {
        if (!part) return draft(content, fields);
        const original = findOriginal(content, part.occurrence);
        if (part.scope === 'this' && isSeries(content)) return overrideOccurrence(content, original, fields);
        if (part.scope === 'following' && isSeries(content) && halves(content, original)) return content;
        const through = throughOccurrence(content, original, fields);
        return draft(through.content, through.input);
      };
      const written = await this.writer.change(tx, actor, request, (event) => {
        mergedOver = undefined;
        if (!precondition || precondition.version === event.version) return edit(event);
        if (precondition.strict || precondition.version > event.version) throw staleVersion(event.version);
        mergedOver = { from: precondition.version, to: event.version };
        return this.mergeStale(tx, event, precondition.version, edit);
      });
      return { ...written, mergedOver };
    });
  }

  /** Set by the room that keeps the history: it knows what the event was when the caller read it. */
  onStaleWrite(merge: StaleWriteMerge): void {
    this.mergeStale = merge;
  }

  /**
   * Into the trash; or takes a part of a series away, and the event with it when nothing would be left.
   * @throws Problem stale_version, not_found, forbidden, validation_failed
   */
  async delete(actor: Actor, id: string, precondition: Precondition | null, part: Part | null): Promise<void> {
    const request = {
      eventId: id,
      action: 'delete' as const,
      kind: 'updated' as const,
      comment: null,
      onConflict: 'allow' as const,
      mayChangeTime: true,
    };
    await this.transactions.run((tx) =>
      this.writer.change(tx, actor, request, (event) => {
        requireVersion(event, precondition);
        const rest = part && without(event, findOriginal(event, part.occurrence), part.scope);
        return rest ?? { ...event, deletedAt: new Date() };
      }),
    );
  }

  /** Out of the trash, if the owner's time is still free. @throws Problem event_conflict, not_found, forbidden */
  async restore(actor: Actor, id: string, onConflict: OnConflict, comment: string | null): Promise<EventWithPeople> {
    return this.change(actor, (tx) =>
      this.writer.change(
        tx,
        actor,
        {
          eventId: id,
          action: 'delete',
          kind: 'restored',
          comment,
          onConflict,
          mayChangeTime: true,
          evenDeleted: true,
        },
        (event) => ({ ...event, deletedAt: null }),
      ),
    );
  }

  /** Runs a change and answers with what it left, not with what others may have made of it since. */
  async change(
    actor: Actor,
    work: (tx: Transaction) => Promise<Written & { mergedOver?: MergedOver }>,
  ): Promise<EventWithPeople> {
    return this.transactions.run(async (tx) => {
      const written = await work(tx);
      return { ...(await this.getIn(tx, actor, written.event.id)), notes: written, mergedOver: written.mergedOver };
    });
  }

  /** The event as a running transaction leaves it, also in the trash. @throws Problem not_found */
  async getIn(tx: Transaction, actor: Actor, id: string): Promise<EventWithPeople> {
    const record = await this.events.findRecord(id, actor.userId, tx);
    if (!record) throw notFound();
    return this.withPeople(record, tx);
  }

  private async withPeople(record: EventRecord, tx?: Transaction): Promise<EventWithPeople> {
    return { record, people: await this.permissions.list(record.event.id, tx) };
  }
}

const isSame = (before: EventContent, after: EventContent): boolean =>
  changedFields(wireContent(before), wireContent(after)).length === 0;

function requireVersion(event: CalendarEvent, precondition: Precondition | null): void {
  if (precondition && event.version !== precondition.version) throw staleVersion(event.version);
}
