import { Injectable } from '@nestjs/common';
import {
  type ContentField,
  contentOf,
  type EventContent,
  type WireContent,
  wireContent,
} from '../events/event-content.js';
import { fromSnapshot } from '../events/event-snapshot.js';
import type { CalendarEvent } from '../events/event.entity.js';
import { laterChanges, staleVersion } from '../events/events.errors.js';
import type { OnConflict } from '../events/conflicts.service.js';
import { EventWriter, type Written } from '../events/event-writer.js';
import { EventsService, type EventWithPeople } from '../events/events.service.js';
import { PeopleUndoService } from '../permissions/people-undo.service.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { invalid, notFound } from '../platform/http/problem.js';
import { type Difference, difference, renderDifference, undone } from './diff.js';
import { fieldClashes, mergeContent, unitOf, withUnits } from './merge.js';
import { HistoryRepository, type LogFilter, type LogRecord, type VersionRecord } from './history.repository.js';

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

@Injectable()
export class VersionsService {
  constructor(
    private readonly history: HistoryRepository,
    private readonly events: EventsService,
    private readonly writer: EventWriter,
    private readonly peopleUndo: PeopleUndoService,
    private readonly transactions: Transactions,
  ) {
    events.onStaleWrite((tx, event, version, edit) => this.merge(tx, event, version, edit));
  }

  list(eventId: string, page: PageRequest): Promise<Page<VersionRecord>> {
    return this.history.listVersions(eventId, page);
  }

  /** @throws Problem not_found */
  async get(eventId: string, version: number, tx?: Transaction): Promise<VersionRecord> {
    const found = await this.history.findVersion(eventId, version, tx);
    if (!found) throw notFound();
    return found;
  }

  changelog(eventId: string, page: PageRequest, filter: LogFilter): Promise<Page<LogRecord>> {
    return this.history.listLog(eventId, page, filter);
  }

  /**
   * From one version to another, in the order asked for.
   * @param from,to version numbers, 0 for the time before the first, or `current` for the present state
   * @throws Problem not_found
   */
  async diff(eventId: string, from: number | 'current', to: number | 'current'): Promise<VersionDiff> {
    const [earlier, later] = [await this.stateAt(eventId, from), await this.stateAt(eventId, to)];
    const after = later.content;
    const compared = after ? difference(earlier.content, after) : earlier.content ? undone(earlier.content) : UNCHANGED;
    const rendered = after ? renderDifference(earlier.content ?? {}, after, compared) : compared.summary.join('\n');
    return { from: earlier.version, to: later.version, rendered, ...compared };
  }

  /**
   * Writes the content of an old version, or some fields of it, as a new version. A deleted event comes back by it
   * (owner only).
   * @throws Problem not_found, forbidden, event_conflict, validation_failed for the version that is a deletion
   */
  async rollback(
    actor: Actor,
    eventId: string,
    version: number,
    { fields, onConflict, comment }: Undo & { fields?: ContentField[] },
  ): Promise<EventWithPeople> {
    const of = fields ? ` (${fields.join(', ')})` : '';
    const units = fields && new Set(fields.map(unitOf));
    return this.events.change(actor, async (tx) => {
      const old = fromSnapshot((await this.get(eventId, version, tx)).snapshot);
      refuseDeletion(old, '/path/version');
      const request = {
        comment: comment ?? `Rolled back to version ${version}${of}`,
        onConflict,
        // Whoever brings only a title back leaves the series as it was split since.
        rejoinAfter: !units || units.has('times') ? version : undefined,
      };
      return this.rewrite(tx, actor, eventId, request, (event) =>
        units ? withUnits(contentOf(event), old, units) : old,
      );
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
  ): Promise<EventWithPeople> {
    if (version === 1) {
      const message = 'The first version is the creation; use DELETE to take it back.';
      throw invalid({ pointer, code: 'not_allowed', message });
    }
    return this.events.change(actor, async (tx) => {
      const { kind, snapshot } = await this.get(eventId, version, tx);
      const changed = fromSnapshot(snapshot);
      const before = fromSnapshot((await this.get(eventId, version - 1, tx)).snapshot);
      refuseDeletion(before, pointer);
      const request = {
        comment: comment ?? `Undid version ${version}`,
        onConflict,
        rejoinAfter: kind === 'split' ? version - 1 : undefined,
      };
      return this.rewrite(tx, actor, eventId, request, (event) => {
        const merged = mergeContent(changed, contentOf(event), before);
        if ('content' in merged) return merged.content;
        throw laterChanges(fieldClashes(merged.clashes, changed, event, before));
      });
    });
  }

  /**
   * Takes back whatever stands at one place of the log: a version as `revert` does it, or a share, a role, a removal, a
   * handover.
   * @throws Problem later_changes, not_found, forbidden, event_conflict, too_many_people, validation_failed
   */
  undo(actor: Actor, eventId: string, position: number, { onConflict, comment }: Undo): Promise<EventWithPeople> {
    return this.transactions.run(async (tx) => {
      const entry = await this.history.findEntry(tx, eventId, position);
      if (!entry) throw notFound();
      if (!entry.people) {
        return this.revert(actor, eventId, entry.version, { onConflict, comment }, '/path/position');
      }
      const request = { onConflict, comment: comment ?? `Undid change ${position}` };
      await this.peopleUndo.undo(actor, eventId, entry, request);
      return this.events.getIn(tx, actor, eventId);
    });
  }

  private rewrite(
    tx: Transaction,
    actor: Actor,
    eventId: string,
    request: { comment: string; onConflict: OnConflict; rejoinAfter?: number },
    edit: (event: CalendarEvent) => EventContent,
  ): Promise<Written> {
    const rights = { eventId, action: 'edit', kind: 'rolled_back', mayChangeTime: true, evenDeleted: true } as const;
    return this.writer.change(tx, actor, { ...rights, ...request }, (event) => {
      const content = edit(event);
      // In the trash nothing is changed but that it is there.
      if (event.deletedAt && content.deletedAt) throw notFound();
      return content;
    });
  }

  private async stateAt(
    eventId: string,
    version: number | 'current',
  ): Promise<{ version: number; content: WireContent | null }> {
    if (version === 0) return { version, content: null };
    const number = version === 'current' ? await this.history.latestVersion(eventId) : version;
    const found = await this.get(eventId, number);
    return { version: number, content: wireContent(fromSnapshot(found.snapshot)) };
  }

  /** A stale write: what it changed since its version goes together with what others changed since. */
  private async merge(
    tx: Transaction,
    event: CalendarEvent,
    version: number,
    edit: (content: EventContent) => EventContent,
  ): Promise<EventContent> {
    const found = await this.history.findVersion(event.id, version, tx);
    if (!found) throw staleVersion(event.version);
    const base = fromSnapshot(found.snapshot);
    const yours = edit(base);
    const merged = mergeContent(base, contentOf(event), contentOf(yours));
    if ('content' in merged) return merged.content;
    throw staleVersion(event.version, fieldClashes(merged.clashes, base, event, yours));
  }
}

/** @throws Problem validation_failed */
function refuseDeletion({ deletedAt }: EventContent, pointer: string): void {
  if (deletedAt === null) return;
  const message = 'That would delete the event; use DELETE for that.';
  throw invalid({ pointer, code: 'not_allowed', message });
}
