import { Injectable } from '@nestjs/common';
import { contentOf, type EventContent, fromSnapshot, wireContent } from '../events/event-content.js';
import type { CalendarEvent } from '../events/event.entity.js';
import { staleVersion } from '../events/events.errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { OnConflict } from '../events/conflicts.service.js';
import { EventWriter } from '../events/event-writer.js';
import { EventsService, type EventWithPeople } from '../events/events.service.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { invalid, notFound } from '../platform/http/problem.js';
import { type Difference, difference } from './diff.js';
import { fieldClashes, mergeContent } from './merge.js';
import { HistoryRepository, type LogRecord, type VersionRecord } from './history.repository.js';

export interface VersionDiff extends Difference {
  from: number;
  to: number;
}

@Injectable()
export class VersionsService {
  constructor(
    private readonly history: HistoryRepository,
    private readonly events: EventsService,
    private readonly writer: EventWriter,
  ) {
    events.onStaleWrite((tx, event, version, edit) => this.merge(tx, event, version, edit));
  }

  list(eventId: string, page: PageRequest): Promise<Page<VersionRecord>> {
    return this.history.listVersions(eventId, page);
  }

  /** @throws Problem not_found */
  async get(eventId: string, version: number): Promise<VersionRecord> {
    const found = await this.history.findVersion(eventId, version);
    if (!found) throw notFound();
    return found;
  }

  changelog(eventId: string, page: PageRequest, descending: boolean): Promise<Page<LogRecord>> {
    return this.history.listLog(eventId, page, descending);
  }

  /**
   * From one version to another, in the order asked for.
   * @param from,to version numbers, or `current` for the present state
   * @throws Problem not_found
   */
  async diff(eventId: string, from: number | 'current', to: number | 'current'): Promise<VersionDiff> {
    const number = async (name: number | 'current'): Promise<number> =>
      name === 'current' ? this.history.latestVersion(eventId) : name;
    const [earlier, later] = [await this.get(eventId, await number(from)), await this.get(eventId, await number(to))];
    const compared = difference(wireContent(fromSnapshot(earlier.snapshot)), wireContent(fromSnapshot(later.snapshot)));
    return { from: earlier.version, to: later.version, ...compared };
  }

  /**
   * Writes the content of an old version as a new one; a deleted event comes back by it (owner only).
   * @throws Problem not_found, forbidden, event_conflict, validation_failed for the version that is a deletion
   */
  async rollback(
    actor: Actor,
    eventId: string,
    version: number,
    onConflict: OnConflict,
    comment: string | null,
  ): Promise<EventWithPeople> {
    const { snapshot } = await this.get(eventId, version);
    if (snapshot.deletedAt !== null) {
      const message = 'In this version the event was deleted; use DELETE for that.';
      throw invalid({ pointer: '/path/version', code: 'not_allowed', message });
    }
    return this.events.change(actor, (tx) =>
      this.writer.change(
        tx,
        actor,
        {
          eventId,
          action: 'edit',
          kind: 'rolled_back',
          comment: comment ?? `Rolled back to version ${version}`,
          onConflict,
          mayChangeTime: true,
          evenDeleted: true,
          rejoinAfter: version,
        },
        () => fromSnapshot(snapshot),
      ),
    );
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
