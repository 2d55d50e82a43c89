import type { Actor } from '../platform/http/actor.js';
import { fromOpaqueText, toOpaqueText } from '../platform/http/opaque-text.js';
import { davError } from './dav-error.js';

/** What a client has of the calendar: a part of its first list, or everything with a part of the changes since. */
export type SyncPoint =
  | { kind: 'list'; after: string[] | null }
  /** @param token of the list of events */
  | { kind: 'changes'; token: string; after: string[] | null };

const PREFIX = 'urn:convene:sync:';
const KIND = 'caldav';

/** Returns a point as a sync token, which is a URI (RFC 6578 §3.2). */
export const writeSyncPoint = ({ userId }: Actor, point: SyncPoint): string =>
  PREFIX + toOpaqueText([KIND, userId, point.kind === 'list' ? '' : point.token, point.after]);

/** Reads a sync token; an empty one is the beginning. @throws DavError valid-sync-token */
export function readSyncPoint({ userId }: Actor, token: string): SyncPoint {
  if (token === '') return { kind: 'list', after: null };
  const parts = token.startsWith(PREFIX) ? fromOpaqueText(token.slice(PREFIX.length)) : null;
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== KIND || parts[1] !== userId) throw invalidSyncToken();
  const [, , known, after] = parts as unknown[];
  if (typeof known !== 'string' || (after !== null && !isKey(after))) throw invalidSyncToken();
  return known === '' ? { kind: 'list', after } : { kind: 'changes', token: known, after };
}

const isKey = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= 4 && value.every((part) => typeof part === 'string');

/** Returns the refusal after which a client reads everything again (RFC 6578 §3.2). */
export const invalidSyncToken = (): Error =>
  davError('valid-sync-token', 'This token cannot be continued. Read the calendar again without one.');
