import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counter } from 'prom-client';
import type { CalendarEvent } from '../content/event.entity.js';
import type { Member } from '../permissions/member.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { type Change, isMembersChange } from './change.js';
import type { LastEntry } from './history-entry.js';

/** An event and everything that decides about a write. */
export interface EventState {
  event: CalendarEvent;
  ownerId: string;
  /** Owner first, then by name. */
  members: Member[];
  /** The author of the latest version. */
  editor: { id: string; username: string };
  /** The time of the last entry of its history, on whichever server it was made. */
  lastEntryAt: Date;
  /** The last entry of its history. Its hash stands for everything else here. */
  last: LastEntry;
}

const MAX_EVENTS = 10_000;
/** Characters of all texts together. */
const MAX_SIZE = 20_000_000;
/** How long an event that others write too is not remembered. */
const DISTRUST_MS = 60_000;

/**
 * The events that this server wrote last, so that the next write need not read them. What is known is never believed: the
 * database checks it under the lock. Only one transaction at a time may assume it, because the others would be wrong.
 */
@Injectable()
export class KnownEvents {
  private readonly events = new LRUCache<string, EventState>({
    max: MAX_EVENTS,
    maxSize: MAX_SIZE,
    sizeCalculation: ({ event, members }) =>
      1_000 +
      (event.description?.length ?? 0) +
      100 * (members.length + event.overrides.length + event.excluded.length + event.added.length),
  });
  private readonly distrusted = new LRUCache<string, true>({ max: MAX_EVENTS, ttl: DISTRUST_MS });
  private readonly assumptions: Counter<'result'>;

  constructor({ registry }: Metrics) {
    this.assumptions = new Counter({
      name: 'convene_known_events_total',
      help: 'Writes of an event, by whether this server knew it (hit) or did not (miss); wrong: it had changed since, and was read again.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['hit', 'miss', 'wrong']) this.assumptions.inc({ result }, 0);
  }

  /** Removes an event and returns it; null when it is not known. */
  take(eventId: string): EventState | null {
    const known = this.events.get(eventId) ?? null;
    this.assumptions.inc({ result: known ? 'hit' : 'miss' });
    this.events.delete(eventId);
    return known;
  }

  set(state: EventState): void {
    const { id } = state.event;
    if (!this.distrusted.has(id)) this.events.set(id, state);
  }

  /** What was known of an event was wrong. It is read before each write for a while. */
  distrust(eventId: string): void {
    this.assumptions.inc({ result: 'wrong' });
    this.distrusted.set(eventId, true);
  }
}

/**
 * Returns the state of an event after the changes of a transaction; null when they are not enough to tell it, such as
 * after a change of its members. Pure.
 * @param row the row of the event after them
 * @param last the last entry of its history
 */
export function stateAfter(
  state: EventState,
  changes: readonly Change[],
  row: CalendarEvent,
  last: LastEntry,
): EventState | null {
  const own = changes.filter(({ eventId }) => eventId === state.event.id);
  const change = own.at(-1);
  if (!change) return state;
  const author = state.members.find(({ userId }) => userId === change.actorId);
  if (own.some(isMembersChange) || !author) return null;
  const editor = { id: author.userId, username: author.username };
  return { ...state, event: row, editor, lastEntryAt: change.at, last };
}
