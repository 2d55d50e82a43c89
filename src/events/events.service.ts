import { Injectable } from '@nestjs/common';
import { counted } from '../problems/counted.js';
import { type Conflict, conflictsOf, type Resolution } from '../availability/conflict.js';
import { editContent, mayMove, type OccurrenceTarget, splitContent } from '../content/edit.js';
import { type EventContent, toContent } from '../content/event-content.js';
import { findOriginal, removeOccurrences } from '../content/series-edit.js';
import { EventLock } from '../history/event-lock.js';
import { checkRole } from '../permissions/access.service.js';
import { HistoryService } from '../history/history.service.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Precondition } from '../platform/http/etag.js';
import { entriesWithErrors } from '../platform/http/list-errors.js';
import { type FieldError, invalid } from '../problems/problem.js';
import type { EventWithMembers } from './event-record.js';
import { EventsRepository } from './events.repository.js';
import { type Draft, EventWriter } from './event-writer.js';
import { invalidBatch } from './invalid-batch.js';
import { isStale, mergeStaleEdit } from './stale-edit.js';
import { staleVersion } from './stale-version.js';
import { type EventInput, toDraft, toDrafts } from './to-drafts.js';

/** Creates, updates, deletes and restores events. `ReadEventsService` reads them. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: EventsRepository,
    private readonly writer: EventWriter,
    private readonly locks: EventLock,
    private readonly history: HistoryService,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /** Creates an event that the actor owns. @throws Problem validation_failed, event_conflict */
  async create(actor: Actor, input: EventInput): Promise<EventWithMembers> {
    const draft = await toDraft(actor, input);
    return this.transactions.run(actor.origin, async (tx) => (await this.writer.create(tx, actor, [draft]))[0]!);
  }

  /**
   * Creates several events, all or nothing. The problem contains the errors of every event: the values that are invalid
   * and, if others are valid, the conflicts of these.
   * @param found errors that are already known; their events are not checked further
   * @throws Problem validation_failed, event_conflict
   */
  async createBatch(actor: Actor, inputs: EventInput[], found: FieldError[] = []): Promise<EventWithMembers[]> {
    const { maxBatch } = this.config.values;
    if (inputs.length > maxBatch) {
      throw invalid({
        pointer: '/events',
        code: 'too_many',
        message: `At most ${counted(maxBatch, 'event')} per call.`,
      });
    }
    const bad = entriesWithErrors('/events', found);
    const entries = inputs.map((input, index) => ({ input, pointer: `/events/${index}` }));
    const { drafts, errors } = await toDrafts(
      actor,
      entries.filter((_entry, index) => !bad.has(index)),
    );
    return this.transactions.run(actor.origin, async (tx) => {
      if (errors.length + found.length === 0) return this.writer.create(tx, actor, drafts);
      const conflicts = await this.listConflicts(tx, actor, drafts);
      throw invalidBatch([...found, ...errors], conflicts);
    });
  }

  /**
   * Updates an event, or some occurrences of a series. An edit that was made for an older version is merged into the
   * current one.
   * @param precondition the version that the caller has read; null to update any version
   * @param target occurrences to update; null for the whole event
   * @throws Problem validation_failed, stale_version, event_conflict, not_found, forbidden
   */
  async update(
    actor: Actor,
    id: string,
    { content: input, comment, onConflict }: EventInput,
    precondition: Precondition | null,
    target: OccurrenceTarget | null,
  ): Promise<EventWithMembers> {
    const edit = { input, target, timeZone: actor.timeZone };
    const request = { actor, kind: 'updated' as const, comment, onConflict };
    return this.transactions.run(actor.origin, async (tx) => {
      const locked = await this.locks.lockFor(tx, actor, id, 'edit', { availability: mayMove(edit) });
      const current = toContent(locked.event);
      const { version } = locked.event;
      const stale = isStale(version, precondition);
      const split = stale && target?.scope === 'following' ? null : splitContent(current, edit);
      if (split) return this.writer.split(tx, locked, split, request);
      if (!stale) return this.writer.write(tx, locked, editContent(current, edit), request);
      const [base, tails] = await Promise.all([
        this.findBase(tx, id, precondition),
        this.events.listTailsSince(tx, id, precondition.version, actor.userId),
      ]);
      // An edit of the following occurrences is not merged.
      const content = mergeStaleEdit(target?.scope === 'following' ? null : base, current, version, edit, tails);
      const written = await this.writer.write(tx, locked, content, request);
      return { ...written, mergedOver: { from: precondition.version, to: version } };
    });
  }

  /**
   * Moves an event to the trash, or removes some occurrences of a series. An editor may remove occurrences; only the owner
   * may delete the event, and removing the last occurrence does.
   * @throws Problem stale_version, not_found, forbidden, validation_failed
   */
  async delete(
    actor: Actor,
    id: string,
    precondition: Precondition | null,
    target: OccurrenceTarget | null,
  ): Promise<void> {
    const request = { actor, kind: 'updated' as const, comment: null, onConflict: 'allow' as const };
    await this.transactions.run(actor.origin, async (tx) => {
      const locked = await this.locks.lockFor(tx, actor, id, target ? 'edit' : 'delete', {
        availability: true,
        tellsOfDeletion: false,
      });
      const { version } = locked.event;
      if (isStale(version, precondition)) {
        const tails = await this.events.listTailsSince(tx, id, precondition.version, actor.userId);
        throw staleVersion(version, [], tails);
      }
      const current = toContent(locked.event);
      const rest = target && removeOccurrences(current, findOriginal(current, target.occurrence), target.scope);
      if (!rest) checkRole(locked.role, null, 'delete');
      await this.writer.write(tx, locked, rest ?? { ...current, deletedAt: new Date() }, request);
    });
  }

  /** Restores an event from the trash, unless it conflicts. @throws Problem event_conflict, not_found, forbidden */
  async restore(actor: Actor, id: string, onConflict: Resolution, comment: string | null): Promise<EventWithMembers> {
    const request = { actor, kind: 'restored' as const, comment, onConflict };
    return this.transactions.run(actor.origin, async (tx) => {
      const options = { availability: true, evenDeleted: true };
      const locked = await this.locks.lockFor(tx, actor, id, 'delete', options);
      return this.writer.write(tx, locked, { ...toContent(locked.event), deletedAt: null }, request);
    });
  }

  /** Returns the conflicts of new events, which may be stored by then: the transaction must not be committed. */
  private async listConflicts(tx: Transaction, actor: Actor, drafts: Draft[]): Promise<Conflict[]> {
    if (drafts.length === 0) return [];
    try {
      await this.writer.create(tx, actor, drafts);
      return [];
    } catch (error) {
      return conflictsOf(error);
    }
  }

  /** Returns the content of the version that the caller has read; null when an edit of it must not be merged. */
  private async findBase(tx: Transaction, id: string, precondition: Precondition): Promise<EventContent | null> {
    if (precondition.strict) return null;
    const base = await this.history.findVersion(tx, id, precondition.version);
    // The original content of a redacted version is unknown, so nothing can be compared with it.
    return base && !base.redaction ? base.content : null;
  }
}
