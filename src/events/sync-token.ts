import { hash } from 'node:crypto';
import type { Actor } from '../platform/http/actor.js';
import { fromOpaqueText, toOpaqueText } from '../platform/http/opaque-text.js';
import { RequestValidationPipe } from '../platform/http/validation.pipe.js';
import { invalid, Problem } from '../problems/problem.js';
import { spellTimeZone } from '../time/time-zone-name.js';
import type { EventFilter } from './event-filter.js';
import { ListEventsQuery } from './events.dto.js';
import { readFilter } from './list-query.js';

/** What a client has: the events that match a filter, with all changes up to an item of the reader's stream. */
export interface SyncPoint {
  seq: number;
  filter: EventFilter;
}

const KIND = 'sync';

/** The filter as query parameters, and the time zone in which its window was read. */
type FilterText = Partial<Record<keyof ListEventsQuery | 'time_zone', string | boolean>>;

const text = (date: Date | undefined): string | undefined => date?.toISOString();
const bound = (seconds: number): string | undefined =>
  Number.isFinite(seconds) ? text(new Date(Math.round(seconds * 1_000))) : undefined;

function toText({ window, q, location, role, ownerId, isRecurring, updatedSince }: EventFilter): FilterText {
  const [from, to] = [bound(window.from), bound(window.to)];
  return {
    from,
    to,
    time_zone: from || to ? window.zone : undefined,
    q,
    location,
    role,
    owner_id: ownerId,
    is_recurring: isRecurring,
    updated_since: text(updatedSince),
  };
}

/** Returns the token of a complete list. Like a cursor, it is opaque and not signed: it gives no access to anything. */
export const writeSyncToken = ({ userId }: Actor, { seq, filter }: SyncPoint): string =>
  toOpaqueText([KIND, userId, seq, toText(filter)]);

/**
 * Reads a token of this person.
 * @throws Problem validation_failed for a token of somebody else, and for anything that is not a token
 */
export async function readSyncToken({ userId }: Actor, token: string): Promise<SyncPoint> {
  const parts = fromOpaqueText(token);
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== KIND) throw invalidToken();
  const [, owner, seq, filter] = parts as unknown[];
  if (owner !== userId) throw invalidToken('This is a token of another person. List your own events.');
  if (!Number.isSafeInteger(seq) || (seq as number) < 0) throw invalidToken();
  return { seq: seq as number, filter: await readText(filter) };
}

/** Reads the filter as if it had been sent now. */
async function readText(filter: unknown): Promise<EventFilter> {
  const { time_zone: zone = 'UTC', ...query } = (filter ?? {}) as FilterText;
  try {
    const checked = await new RequestValidationPipe().transform(query, { type: 'query', metatype: ListEventsQuery });
    const timeZone = spellTimeZone(String(zone));
    if (timeZone) return readFilter(checked as ListEventsQuery, timeZone);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  throw invalidToken();
}

/** Returns a short text that differs for other filters and for other people. */
export const fingerprint = ({ userId }: Actor, filter: EventFilter): string =>
  hash('sha1', toOpaqueText([userId, toText(filter)]), 'hex').slice(0, 16);

const invalidToken = (message = 'This is not a token of this list.'): Problem =>
  invalid({ pointer: '/query/sync_token', code: 'invalid', message });
