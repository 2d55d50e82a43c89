import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { isStored } from '../notifications/stream-number.js';
import type { Queryable } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { invalidCursor, type PageRequest } from '../platform/http/page.js';
import { Problem } from '../problems/problem.js';
import type { ChangedEvent } from './changed-events.js';
import { type EventFilter, occursWithin } from './event-filter.js';
import type { EventRecord } from './event-record.js';
import { EventsRepository } from './events.repository.js';
import type { ChangesPage, ListedPage, RemovedEvent } from './listed-page.js';
import { fingerprint, readSyncToken, writeSyncToken } from './sync-token.js';

/** Lists the events that a person sees, and what changed in such a list. */
@Injectable()
export class ListEventsService {
  constructor(private readonly events: EventsRepository) {}

  /** Returns a page of the events that the actor may see. The key of the list has three parts. */
  async list(actor: Actor, filter: EventFilter, page: PageRequest): Promise<ListedPage> {
    const listed = await this.events.list(actor.userId, filter, page, (event) => occursWithin(event, filter));
    const canSync = page.offset === null && !filter.asOf && !filter.deleted;
    const print = fingerprint(actor, filter);
    const start = !canSync ? null : page.after ? readStart(page.after[2], print) : listed.lastSeq;
    if (listed.nextKey) {
      return { ...listed, nextKey: [...listed.nextKey, start === null ? '' : writeStart(start, print)] };
    }
    return start === null ? listed : { ...listed, syncToken: writeSyncToken(actor, { seq: start, filter }) };
  }

  /**
   * Returns all events that the actor may see.
   * @param snapshot of one moment: between the reads of pages, an event could move to one that was read already
   */
  listAll(snapshot: Queryable, actor: Actor, filter: EventFilter): Promise<EventRecord[]> {
    return this.events.listAll(snapshot, actor.userId, filter);
  }

  /**
   * Returns a page of what changed in a list since its token was given. The key of the page has two parts.
   * @throws Problem resync when the stream of the actor no longer has all changes; validation_failed for an invalid token
   */
  async changesSince(actor: Actor, token: string, page: PageRequest): Promise<ChangesPage> {
    const { seq, filter } = await readSyncToken(actor, token);
    const print = fingerprint(actor, filter);
    const afterId = page.after?.[0] ?? null;
    const reached = page.after ? readStart(page.after[1], print) : null;
    if (page.after && (reached === null || !isUUID(afterId))) throw invalidCursor();
    const question = { after: seq, until: reached, afterId, limit: page.limit + 1 };
    const { events, reach } = await this.events.listChanged(actor.userId, filter, question);
    if (!isStored(seq, reach)) throw new Problem('resync', { members: { after: reach.lastSeq } });
    const until = reached ?? reach.lastSeq;
    const shown = events.slice(0, page.limit).map((event) => judge(event, filter));
    const result = {
      items: shown.filter((entry) => 'event' in entry),
      removed: shown.filter((entry) => 'reason' in entry),
      total: null,
    };
    if (events.length > page.limit) {
      return { ...result, nextKey: [page.order, events[page.limit - 1]!.id, writeStart(until, print)] };
    }
    return { ...result, nextKey: null, syncToken: writeSyncToken(actor, { seq: until, filter }) };
  }
}

/** Returns the event if it is in the list, or why it is not. */
function judge({ id, hasAccess, record, matches }: ChangedEvent, filter: EventFilter): EventRecord | RemovedEvent {
  // Somebody without access learns nothing else, such as that the event was deleted later.
  if (!hasAccess) return { id, reason: 'access_revoked' };
  if (!record) return { id, reason: 'deleted' };
  return matches && occursWithin(record.event, filter) ? record : { id, reason: 'no_longer_matches' };
}

/**
 * Returns the part of a cursor with the number in the stream at which the first page was read. With another filter or by
 * another person the cursor is no longer worth a token: its earlier pages were of another list.
 */
const writeStart = (seq: number, print: string): string => `${seq}.${print}`;

/** Returns the number, or null if the cursor is of another list. */
function readStart(part: string | undefined, print: string): number | null {
  const [, seq] = /^(\d{1,15})\./.exec(part ?? '') ?? [];
  return seq !== undefined && part === writeStart(Number(seq), print) ? Number(seq) : null;
}
