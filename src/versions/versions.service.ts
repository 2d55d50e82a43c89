import { Injectable } from '@nestjs/common';
import { type Difference, compareContents, compareWithNothing } from '../content/diff.js';
import { type EventContent, toContent } from '../content/event-content.js';
import type { ContentField } from '../content/fields.js';
import { type FieldClash, listFieldClashes } from '../content/clashes.js';
import { mergeContent } from '../content/merge.js';
import { unitOf, replaceUnits } from '../content/units.js';
import { renderDifference } from '../content/render-difference.js';
import { labelOf } from '../content/value-words.js';
import type { EventWithMembers } from '../events/event-record.js';
import { EventWriter } from '../events/event-writer.js';
import { ReadEventsService } from '../events/read-events.service.js';
import type { MemberKind, Undoing } from '../history/change.js';
import { deletionOf, EventLock } from '../history/event-lock.js';
import {
  type ChangelogEntry,
  type ChangelogFilter,
  HistoryService,
  type VersionEntry,
} from '../history/history.service.js';
import { changeSplits, type SplitStep } from '../history/splits.js';
import { AccessService } from '../permissions/access.service.js';
import { eventDeleted } from '../permissions/event-deleted.js';
import type { Queryable } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { invalid, notFound, Problem } from '../problems/problem.js';
import { UndoMembersService } from '../sharing/undo-members.service.js';

export interface VersionDiff extends Difference {
  from: number;
  to: number;
  /** The comparison as plain text. */
  rendered: string;
}

/** The options of undoing a change. */
export interface Undo {
  onConflict: 'reject' | 'allow';
  comment: string | null;
}

const UNCHANGED: Difference = { changes: {}, patch: [], summary: [] };

/** Reads and compares versions, rolls back, and undoes changes. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly access: AccessService,
    private readonly history: HistoryService,
    private readonly events: ReadEventsService,
    private readonly writer: EventWriter,
    private readonly locks: EventLock,
    private readonly undoMembers: UndoMembersService,
    private readonly transactions: Transactions,
  ) {}

  /** Returns a page of the versions of an event, newest first. @throws Problem not_found */
  list(actor: Actor, eventId: string, page: PageRequest): Promise<Page<ChangelogEntry>> {
    return this.read(actor, eventId, (queries) => this.history.listVersions(queries, eventId, page));
  }

  /** Returns a version. @throws Problem not_found */
  get(actor: Actor, eventId: string, version: number): Promise<VersionEntry> {
    return this.read(actor, eventId, (queries) => this.getVersion(queries, eventId, version));
  }

  /** Returns a page of the entries that match the filter. @throws Problem not_found */
  listChangelog(
    actor: Actor,
    eventId: string,
    page: PageRequest,
    filter: Omit<ChangelogFilter, 'readerId'>,
  ): Promise<Page<ChangelogEntry>> {
    const own = { ...filter, readerId: actor.userId };
    return this.read(actor, eventId, (queries) => this.history.listChangelog(queries, eventId, page, own));
  }

  /**
   * Compares two states of an event, from the first to the second.
   * @param from,to version numbers, 0 for the empty state before the first, or `current` for the current state
   * @throws Problem not_found
   */
  async diff(actor: Actor, eventId: string, from: number | 'current', to: number | 'current'): Promise<VersionDiff> {
    const [earlier, later] = await this.read(actor, eventId, (queries) =>
      Promise.all([this.getState(queries, eventId, from), this.getState(queries, eventId, to)]),
    );
    const [before, after] = [earlier.content, later.content];
    const compared = after ? compareContents(before, after) : before ? compareWithNothing(before) : UNCHANGED;
    const rendered = after ? renderDifference(before, after, compared.changes) : compared.summary.join('\n');
    return { from: earlier.version, to: later.version, rendered, ...compared };
  }

  /**
   * Writes the content of an earlier version, or some fields of it, as a new version. Restores a deleted event (owner
   * only).
   * @throws Problem validation_failed for a version that is a deletion or was redacted; not_found, forbidden,
   *   event_conflict
   */
  async rollback(
    actor: Actor,
    eventId: string,
    version: number,
    { fields, onConflict, comment }: Undo & { fields?: ContentField[] },
  ): Promise<EventWithMembers> {
    const units = fields && new Set(fields.map(unitOf));
    const names = fields ? ` (${fields.map(labelOf).join(', ')})` : '';
    const request = {
      comment: comment ?? `Rolled back to version ${version}${names}`,
      undoes: { rolledBackTo: version, ...(fields ? { fields } : {}) },
      onConflict,
    };
    return this.write(actor, eventId, request, async (tx, current) => {
      const { entry: old, splitSteps } = await this.getToUndo(tx, eventId, version);
      refuseRedacted(old, '/path/version');
      refuseDeletion(old.content, '/path/version');
      return { content: units ? replaceUnits(current, old.content, units) : old.content, splitSteps };
    });
  }

  /**
   * Undoes one change and keeps the later ones: merges its inverse into the current state.
   * @throws Problem later_changes when later versions changed the same fields; not_found, forbidden, event_conflict,
   *   validation_failed
   */
  async revert(
    actor: Actor,
    eventId: string,
    version: number,
    { onConflict, comment }: Undo,
    pointer = '/path/version',
  ): Promise<EventWithMembers> {
    if (version === 1) {
      const message = 'The first version is the creation. To undo it, delete the event.';
      throw invalid({ pointer, code: 'not_allowed', message });
    }
    const request = { comment: comment ?? `Undid version ${version}`, undoes: { reverted: version }, onConflict };
    return this.write(actor, eventId, request, async (tx, current) => {
      const { entry: changed, splitSteps } = await this.getToUndo(tx, eventId, version);
      const before = await this.getVersion(tx, eventId, version - 1);
      for (const entry of [changed, before]) refuseRedacted(entry, pointer);
      refuseDeletion(before.content, pointer);
      const merged = mergeContent(changed.content, current, before.content);
      if ('clashes' in merged) {
        throw laterChanges(listFieldClashes(merged.clashes, changed.content, current, before.content));
      }
      return { content: merged.content, splitSteps };
    });
  }

  /**
   * Undoes the change at one position of the changelog: a version as `revert` does, or a change of members.
   * @throws Problem later_changes, not_found, forbidden, event_conflict, too_many_people, validation_failed
   */
  undo(actor: Actor, eventId: string, position: number, { onConflict, comment }: Undo): Promise<EventWithMembers> {
    const undo = async (tx: Transaction): Promise<EventWithMembers> => {
      const { kind, version, members, invitations } = await this.history.getEntry(tx, eventId, position);
      if (!members) return this.revert(actor, eventId, version, { onConflict, comment }, '/path/position');
      if (invitations.length > 0) {
        const message = 'Invitations are not undone: revoke them, or invite again.';
        throw invalid({ pointer: '/path/position', code: 'not_allowed', message });
      }
      const request = { onConflict, comment: comment ?? `Undid change ${position}` };
      await this.undoMembers.undo(actor, eventId, { kind: kind as MemberKind, members }, request);
      return this.events.getIn(tx, actor, eventId);
    };
    return this.transactions.run(actor.origin, undo, { spansRequest: true });
  }

  /**
   * Locks the event, decides its content, and writes it as a version of kind `rolled_back`.
   * @param decide reads old versions under the lock: one may be redacted while the write waits for it
   */
  private async write(
    actor: Actor,
    eventId: string,
    request: { comment: string; undoes: Undoing; onConflict: 'reject' | 'allow' },
    decide: (tx: Transaction, current: EventContent) => Promise<{ content: EventContent; splitSteps: SplitStep[] }>,
  ): Promise<EventWithMembers> {
    return this.transactions.run(actor.origin, async (tx) => {
      const options = { availability: true, evenDeleted: true };
      const locked = await this.locks.lockFor(tx, actor, eventId, 'edit', options);
      const { content, splitSteps } = await decide(tx, toContent(locked.event));
      // An event in the trash can only be restored.
      const deletion = deletionOf(locked);
      if (deletion && content.deletedAt) throw eventDeleted(deletion);
      const splits = changeSplits(splitSteps, request.undoes);
      return this.writer.write(tx, locked, content, { actor, kind: 'rolled_back', splits, ...request });
    });
  }

  /** Returns a version, and those that made or may have undone splits. @throws Problem not_found */
  private async getToUndo(
    tx: Transaction,
    eventId: string,
    version: number,
  ): Promise<{ entry: VersionEntry; splitSteps: SplitStep[] }> {
    const found = await this.history.findVersionToUndo(tx, eventId, version);
    if (!found) throw notFound(`This event has no version ${version}.`);
    return found;
  }

  /** Reads what members may read, and the owner also in the trash. */
  private read<T>(actor: Actor, eventId: string, work: (queries: Queryable) => Promise<T>): Promise<T> {
    return this.access.read(eventId, actor.userId, work, { evenDeleted: true });
  }

  private async getVersion(queries: Queryable, eventId: string, version: number): Promise<VersionEntry> {
    const found = await this.history.findVersion(queries, eventId, version);
    if (!found) throw notFound(`This event has no version ${version}.`);
    return found;
  }

  private async getState(
    queries: Queryable,
    eventId: string,
    version: number | 'current',
  ): Promise<{ version: number; content: EventContent | null }> {
    if (version === 0) return { version, content: null };
    if (version !== 'current') return this.getVersion(queries, eventId, version);
    return (await this.history.findVersion(queries, eventId, null))!;
  }
}

const laterChanges = (clashes: FieldClash[]): Problem => new Problem('later_changes', { members: { clashes } });

/** @throws Problem validation_failed */
function refuseDeletion({ deletedAt }: EventContent, pointer: string): void {
  if (deletedAt === null) return;
  const message = 'This would delete the event. Use DELETE instead.';
  throw invalid({ pointer, code: 'not_allowed', message });
}

/** @throws Problem validation_failed */
function refuseRedacted({ redaction, version }: ChangelogEntry, pointer: string): void {
  if (redaction === null) return;
  const message = `The texts of version ${version} were redacted and cannot be restored.`;
  throw invalid({ pointer, code: 'redacted', message });
}
