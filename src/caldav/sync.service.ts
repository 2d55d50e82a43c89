import { Injectable } from '@nestjs/common';
import { ListEventsService } from '../events/list-events.service.js';
import { writeSyncToken } from '../events/sync-token.js';
import { Streams } from '../notifications/streams.js';
import type { Actor } from '../platform/http/actor.js';
import type { PageRequest } from '../platform/http/page.js';
import { Problem } from '../problems/problem.js';
import { calendarFilter, type CalendarObject, CalendarObjects } from './calendar-objects.service.js';
import { pathOfEvent } from './resources.js';
import { invalidSyncToken, readSyncPoint, type SyncPoint, writeSyncPoint } from './sync-point.js';

/** What changed in a calendar. */
export interface SyncResult {
  objects: CalendarObject[];
  /** The addresses of events that are no longer in it. */
  removed: string[];
  /** With it, the next request continues. */
  token: string;
  /** True when more has changed already. */
  isTruncated: boolean;
}

/** Changes in one response. */
const MAX_CHANGES = 1_000;

/** Returns what changed in a calendar (RFC 6578), by the tokens of the list of events. */
@Injectable()
export class SyncService {
  constructor(
    private readonly listing: ListEventsService,
    private readonly objects: CalendarObjects,
    private readonly streams: Streams,
  ) {}

  /** Returns the token of the calendar as it is now. */
  async currentToken(actor: Actor): Promise<string> {
    const { lastSeq: seq } = await this.streams.findReach(actor.userId);
    const token = writeSyncToken(actor, { seq, filter: calendarFilter(actor) });
    return writeSyncPoint(actor, { kind: 'changes', token, after: null });
  }

  /**
   * Returns what changed since a token; without one, everything.
   * @param limit the largest number of changes that the client wants
   * @throws DavError valid-sync-token
   */
  async sync(actor: Actor, token: string, limit = MAX_CHANGES): Promise<SyncResult> {
    const point = readSyncPoint(actor, token);
    const page = { order: 'caldav', limit: Math.min(limit, MAX_CHANGES), offset: null, after: point.after };
    try {
      return point.kind === 'list' ? await this.list(actor, page) : await this.changes(actor, point.token, page);
    } catch (error) {
      const isOver = error instanceof Problem && (error.code === 'resync' || error.code === 'validation_failed');
      throw isOver ? invalidSyncToken() : error;
    }
  }

  private async list(actor: Actor, request: PageRequest): Promise<SyncResult> {
    const page = await this.listing.list(actor, calendarFilter(actor), request);
    const objects = await this.objects.toObjects(
      actor,
      page.items.map(({ event }) => event),
    );
    if (page.nextKey) {
      const next: SyncPoint = { kind: 'list', after: page.nextKey.slice(1) };
      return { objects, removed: [], token: writeSyncPoint(actor, next), isTruncated: true };
    }
    if (page.syncToken === undefined) throw invalidSyncToken();
    return { objects, removed: [], token: writeSyncPoint(actor, changesAfter(page.syncToken)), isTruncated: false };
  }

  private async changes(actor: Actor, token: string, request: PageRequest): Promise<SyncResult> {
    const page = await this.listing.changesSince(actor, token, request);
    const changed = [...page.items.map(({ event }) => event.id), ...page.removed.map(({ id }) => id)];
    const affected = await this.objects.listAffected(actor, changed);
    const found = await this.objects.find(actor, [...page.items.map(({ event }) => event.id), ...affected]);
    const next: SyncPoint = page.nextKey
      ? { kind: 'changes', token, after: page.nextKey.slice(1) }
      : changesAfter(page.syncToken!);
    // An event that was removed a moment ago: its own item follows.
    const gone = page.items.flatMap(({ event }) => (found.has(event.id) ? [] : event.id));
    return {
      objects: [...found.values()],
      removed: [...page.removed.map(({ id }) => id), ...gone].map((id) => pathOfEvent(actor, id)),
      token: writeSyncPoint(actor, next),
      isTruncated: page.nextKey !== null,
    };
  }
}

const changesAfter = (token: string): SyncPoint => ({ kind: 'changes', token, after: null });
