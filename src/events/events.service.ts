import { Injectable } from '@nestjs/common';
import { PermissionsService } from '../permissions/permissions.service.js';
import type { PersonOnEvent } from '../permissions/person-on-event.js';
import { Config } from '../platform/config/config.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { type FieldError, invalid, notFound } from '../platform/http/problem.js';
import { type ContentInput, draftContent, mayChangeTime } from './event-draft.js';
import { type EventFilter, occursWithin } from './event-filter.js';
import type { CalendarEvent } from './event.entity.js';
import { type Draft, EventWriter, type OnConflict } from './event-writer.js';
import { staleVersion } from './events.errors.js';
import { type EventRecord, EventsRepository } from './events.repository.js';

export interface EventInput {
  content: ContentInput;
  onConflict: OnConflict;
  comment: string | null;
}

export interface EventWithPeople {
  record: EventRecord;
  people: PersonOnEvent[];
}

@Injectable()
export class EventsService {
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
    const [record] = await this.transactions.run((tx) => this.createAll(tx, actor, drafts));
    return this.withPeople(record!);
  }

  /**
   * All or nothing; every bad event is reported at once.
   * @throws Problem validation_failed, event_conflict
   */
  async createBatch(actor: Actor, inputs: EventInput[]): Promise<EventRecord[]> {
    const { maxBatch } = this.config.values;
    if (inputs.length > maxBatch) {
      throw invalid({ pointer: '/events', code: 'too_many', message: `At most ${maxBatch} events a call.` });
    }
    const drafts = drafted(
      actor,
      inputs.map((input, index) => ({ input, pointer: `/events/${index}` })),
    );
    return this.transactions.run((tx) => this.createAll(tx, actor, drafts));
  }

  /** @throws Problem not_found */
  async get(actor: Actor, id: string): Promise<EventWithPeople> {
    const record = await this.events.findRecord(id, actor.userId);
    if (!record || record.event.deletedAt) throw notFound();
    return this.withPeople(record);
  }

  list(actor: Actor, filter: EventFilter, page: PageRequest): Promise<Page<EventRecord>> {
    return this.events.list(actor.userId, filter, page, (event) => occursWithin(event, filter));
  }

  /**
   * A partial update.
   * @param expectedVersion the version that the caller has read, null for "whatever is there"
   * @throws Problem validation_failed, stale_version, event_conflict, not_found, forbidden
   */
  async update(actor: Actor, id: string, input: EventInput, expectedVersion: number | null): Promise<EventWithPeople> {
    return this.change(actor, id, (tx) =>
      this.writer.change(
        tx,
        actor,
        {
          eventId: id,
          action: 'edit',
          kind: 'updated',
          comment: input.comment,
          onConflict: input.onConflict,
          mayChangeTime: mayChangeTime(input.content),
        },
        (event) => {
          requireVersion(event, expectedVersion);
          const draft = draftContent(input.content, event, actor.timeZone);
          if ('errors' in draft) throw invalid(...draft.errors);
          return draft.content;
        },
      ),
    );
  }

  /** Into the trash. @throws Problem stale_version, not_found, forbidden */
  async delete(actor: Actor, id: string, comment: string | null, expectedVersion: number | null): Promise<void> {
    await this.transactions.run((tx) =>
      this.writer.change(
        tx,
        actor,
        { eventId: id, action: 'delete', kind: 'deleted', comment, onConflict: 'allow', mayChangeTime: true },
        (event) => {
          requireVersion(event, expectedVersion);
          return { ...event, deletedAt: new Date() };
        },
      ),
    );
  }

  /** Out of the trash, if the owner's time is still free. @throws Problem event_conflict, not_found, forbidden */
  async restore(actor: Actor, id: string, onConflict: OnConflict, comment: string | null): Promise<EventWithPeople> {
    return this.change(actor, id, (tx) =>
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
  async change(actor: Actor, id: string, work: (tx: Transaction) => Promise<CalendarEvent>): Promise<EventWithPeople> {
    const record = await this.transactions.run(async (tx) => {
      await work(tx);
      return this.events.findRecord(id, actor.userId, tx);
    });
    if (!record) throw notFound();
    return this.withPeople(record);
  }

  private async createAll(tx: Transaction, actor: Actor, drafts: Draft[]): Promise<EventRecord[]> {
    const events = await this.writer.create(tx, actor, drafts);
    const ids = events.map((event) => event.id);
    return this.events.listRecords(ids, actor.userId, tx);
  }

  private async withPeople(record: EventRecord): Promise<EventWithPeople> {
    return { record, people: await this.permissions.list(record.event.id) };
  }
}

/** @throws Problem validation_failed with every bad value of every input */
function drafted(actor: Actor, inputs: { input: EventInput; pointer?: string }[]): Draft[] {
  const errors: FieldError[] = [];
  const drafts = inputs.flatMap(({ input, pointer }) => {
    const draft = draftContent(input.content, null, actor.timeZone);
    if ('content' in draft) {
      return [{ content: draft.content, onConflict: input.onConflict, comment: input.comment, pointer }];
    }
    errors.push(...draft.errors.map((error) => ({ ...error, pointer: (pointer ?? '') + error.pointer })));
    return [];
  });
  if (errors.length > 0) throw invalid(...errors);
  return drafts;
}

function requireVersion(event: CalendarEvent, expected: number | null): void {
  if (expected !== null && event.version !== expected) throw staleVersion(event.version);
}
