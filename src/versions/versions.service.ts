import { Injectable } from '@nestjs/common';
import { type Difference, difference, differenceToNothing, renderDifference } from '../content/diff.js';
import { type EventContent, toContent, type WireContent } from '../content/event-content.js';
import type { ContentField } from '../content/fields.js';
import { type FieldClash, fieldClashes, mergeContent, unitOf, withUnits } from '../content/merge.js';
import { wireContent } from '../content/wire.js';
import type { EventWithMembers } from '../events/event-record.js';
import { EventWriter } from '../events/event-writer.js';
import { EventsService } from '../events/events.service.js';
import type { MemberKind } from '../history/change.js';
import { EventLock } from '../history/event-lock.js';
import {
  type ChangelogEntry,
  type ChangelogFilter,
  HistoryService,
  type VersionEntry,
} from '../history/history.service.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { invalid, notFound, Problem } from '../problems/problem.js';
import { UndoMembersService } from '../sharing/undo-members.service.js';

export interface VersionDiff extends Difference {
  from: number;
  to: number;
  /** For people, as plain text. */
  rendered: string;
}

/** How something is undone. */
export interface Undo {
  onConflict: 'reject' | 'allow';
  comment: string | null;
}

const UNCHANGED: Difference = { changes: {}, patch: [], summary: [] };

/** Reads versions, compares them, and brings old content back as a new version. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly history: HistoryService,
    private readonly events: EventsService,
    private readonly writer: EventWriter,
    private readonly locks: EventLock,
    private readonly undoMembers: UndoMembersService,
    private readonly transactions: Transactions,
  ) {}

  list(eventId: string, page: PageRequest): Promise<Page<ChangelogEntry>> {
    return this.history.listVersions(eventId, page);
  }

  /** @throws Problem not_found */
  async get(eventId: string, version: number, tx?: Transaction): Promise<VersionEntry> {
    const found = await this.history.findVersion(eventId, version, tx);
    if (!found) throw notFound();
    return found;
  }

  changelog(eventId: string, page: PageRequest, filter: ChangelogFilter): Promise<Page<ChangelogEntry>> {
    return this.history.listChangelog(eventId, page, filter);
  }

  /**
   * Compares two states of an event, from the first to the second.
   * @param from,to version numbers, 0 for the time before the first, or `current` for the present state
   * @throws Problem not_found
   */
  async diff(eventId: string, from: number | 'current', to: number | 'current'): Promise<VersionDiff> {
    const [earlier, later] = [await this.stateAt(eventId, from), await this.stateAt(eventId, to)];
    const [before, after] = [earlier.content, later.content];
    const compared = after ? difference(before, after) : before ? differenceToNothing(before) : UNCHANGED;
    const rendered = after ? renderDifference(before ?? {}, after, compared) : compared.summary.join('\n');
    return { from: earlier.version, to: later.version, rendered, ...compared };
  }

  /**
   * Writes the content of an old version, or some fields of it, as a new version. Brings a deleted event back (owner
   * only).
   * @throws Problem not_found, forbidden, event_conflict, validation_failed for a version that is a deletion, or that was
   *   redacted in these fields
   */
  async rollback(
    actor: Actor,
    eventId: string,
    version: number,
    { fields, onConflict, comment }: Undo & { fields?: ContentField[] },
  ): Promise<EventWithMembers> {
    const units = fields && new Set(fields.map(unitOf));
    const request = {
      comment: comment ?? `Rolled back to version ${version}${fields ? ` (${fields.join(', ')})` : ''}`,
      onConflict,
    };
    return this.write(actor, eventId, request, async (tx, current) => {
      const old = await this.get(eventId, version, tx);
      refuseRedacted(old, '/path/version');
      refuseDeletion(old.content, '/path/version');
      return {
        content: units ? withUnits(current, old.content, units) : old.content,
        // Bringing only a title back leaves the series as it was split since.
        rejoinAfter: !units || units.has('times') ? version : undefined,
      };
    });
  }

  /**
   * Takes one change back and keeps the later ones: merges its inverse into the present state.
   * @throws Problem later_changes when they touched the same, not_found, forbidden, event_conflict, validation_failed
   */
  async revert(
    actor: Actor,
    eventId: string,
    version: number,
    { onConflict, comment }: Undo,
    pointer = '/path/version',
  ): Promise<EventWithMembers> {
    if (version === 1) {
      const message = 'The first version is the creation; use DELETE to take it back.';
      throw invalid({ pointer, code: 'not_allowed', message });
    }
    const request = { comment: comment ?? `Undid version ${version}`, onConflict };
    return this.write(actor, eventId, request, async (tx, current) => {
      const changed = await this.get(eventId, version, tx);
      const before = await this.get(eventId, version - 1, tx);
      for (const entry of [changed, before]) refuseRedacted(entry, pointer);
      refuseDeletion(before.content, pointer);
      const merged = mergeContent(changed.content, current, before.content);
      if ('clashes' in merged) {
        throw laterChanges(fieldClashes(merged.clashes, changed.content, current, before.content));
      }
      return { content: merged.content, rejoinAfter: changed.kind === 'split' ? version - 1 : undefined };
    });
  }

  /**
   * Takes back what happened at one position of the changelog: a version as `revert` does, or a share, a change of role,
   * a revocation or a transfer of ownership.
   * @throws Problem later_changes, not_found, forbidden, event_conflict, too_many_people, validation_failed
   */
  undo(actor: Actor, eventId: string, position: number, { onConflict, comment }: Undo): Promise<EventWithMembers> {
    return this.transactions.run(async (tx) => {
      const { kind, version, members } = await this.history.getEntry(tx, eventId, position);
      if (!members) return this.revert(actor, eventId, version, { onConflict, comment }, '/path/position');
      const request = { onConflict, comment: comment ?? `Undid change ${position}` };
      await this.undoMembers.undo(actor, eventId, { kind: kind as MemberKind, members }, request);
      return this.events.getIn(tx, actor, eventId);
    });
  }

  /**
   * Locks the event, decides its content, and writes it as a version of kind `rolled_back`.
   * @param decide reads old versions under the lock: one may be redacted while the write waits for it
   */
  private async write(
    actor: Actor,
    eventId: string,
    request: { comment: string; onConflict: 'reject' | 'allow' },
    decide: (tx: Transaction, current: EventContent) => Promise<{ content: EventContent; rejoinAfter?: number }>,
  ): Promise<EventWithMembers> {
    return this.transactions.run(async (tx) => {
      const options = { availability: true, evenDeleted: true };
      const locked = await this.locks.lockFor(tx, actor, eventId, 'edit', options);
      const { content, rejoinAfter } = await decide(tx, toContent(locked.event));
      // In the trash, an event can only be taken out of it.
      if (locked.event.deletedAt && content.deletedAt) throw notFound();
      return this.writer.write(tx, locked, content, { actor, kind: 'rolled_back', rejoinAfter, ...request });
    });
  }

  private async stateAt(
    eventId: string,
    version: number | 'current',
  ): Promise<{ version: number; content: WireContent | null }> {
    if (version === 0) return { version, content: null };
    const number = version === 'current' ? await this.history.latestVersion(eventId) : version;
    return { version: number, content: wireContent((await this.get(eventId, number)).content) };
  }
}

const laterChanges = (clashes: FieldClash[]): Problem => new Problem('later_changes', { members: { clashes } });

/** @throws Problem validation_failed */
function refuseDeletion({ deletedAt }: EventContent, pointer: string): void {
  if (deletedAt === null) return;
  const message = 'That would delete the event; use DELETE for that.';
  throw invalid({ pointer, code: 'not_allowed', message });
}

/** @throws Problem validation_failed */
function refuseRedacted({ redaction, version }: ChangelogEntry, pointer: string): void {
  if (redaction === null) return;
  const message = `The texts of version ${version} were redacted; they cannot be brought back.`;
  throw invalid({ pointer, code: 'redacted', message });
}
