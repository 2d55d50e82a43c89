import { createHash } from 'node:crypto';
import type { HistoryEntry } from './history-entry.js';

/** Names what is hashed and how, so that another form can never give the same hash. */
const FORM = 'convene-history-2';

/**
 * Returns the hash of an entry over the hash of the entry before it and everything the entry holds. Pure: a row read
 * back from the database gives the hash that it had before it was written.
 * @param previous hash of the entry before, hexadecimal; null for the first one
 * @param content the hash of the content: that of the entry, or the one kept from before its redaction
 * @returns SHA-256, hexadecimal
 */
export function historyHash(previous: string | null, entry: HistoryEntry, content = contentHash(entry)): string {
  const { eventId, position, version, kind, actorId, at } = entry;
  return sha256([FORM, previous, eventId, position, version, kind, actorId, at.toISOString(), content]);
}

/**
 * Returns the hash of what people wrote in an entry. It is hashed apart from the rest so that a redaction can replace
 * the content, keep this hash and leave the chain whole.
 * @returns SHA-256, hexadecimal
 */
export function contentHash({ comment, changed, snapshot, members }: HistoryEntry): string {
  return sha256([comment, changed, snapshot, members]);
}

const sha256 = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** JSON with sorted members and no spaces (like RFC 8785): jsonb keeps neither the order of members nor their spacing. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
