import { hash } from 'node:crypto';
import { formatInstant } from '../time/instant.js';
import type { HistoryEntry } from './history-entry.js';

/** Identifies the form of the hashed data, so that entries of different forms never have the same hash. */
const FORM = 'convene-history-2';

/**
 * Hashes an entry and the hash of the previous entry. Pure. A row that is read back from the database has the same hash
 * as before it was written.
 * @param previous hash of the previous entry, hexadecimal; null for the first one
 * @param content hash of the content: that of the entry, or the one stored when the entry was redacted
 * @returns SHA-256, hexadecimal
 */
export function historyHash(previous: string | null, entry: HistoryEntry, content = contentHash(entry)): string {
  const { eventId, position, version, kind, actorId, at } = entry;
  return sha256([FORM, previous, eventId, position, version, kind, actorId, formatInstant(at), content]);
}

/**
 * Hashes the content of an entry. It is hashed separately, so that a redaction can replace the content and keep the
 * hash, and the chain still verifies. Pure.
 * @returns SHA-256, hexadecimal
 */
export function contentHash({ comment, changed, snapshot, members, undoes }: HistoryEntry): string {
  // Entries of earlier releases have none.
  return sha256([comment, changed, snapshot, members, ...(undoes ? [undoes] : [])]);
}

/** Hashes one value of a content. Pure. @returns SHA-256, hexadecimal */
export const valueHash = (value: unknown): string => sha256(value);

const sha256 = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex');

/**
 * Returns JSON with sorted members and without white space, similar to RFC 8785: jsonb preserves neither the order of
 * members nor white space. Pure.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  let members = '';
  // Concatenated, because every write hashes its content: this takes half as long as lists that are joined.
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    members += (members && ',') + printName(name) + canonicalJson(member);
  }
  return `{${members}}`;
}

/** Names of members as they are printed: those of the table of fields and of entries, so they are few. */
const printed = new Map<string, string>();

function printName(name: string): string {
  let text = printed.get(name);
  if (text === undefined) printed.set(name, (text = `${JSON.stringify(name)}:`));
  return text;
}
