import { createHash } from 'node:crypto';

/** One row of an event's history, a version or a change of people, as far as its hash covers it: all of it. */
export interface HistoryEntry {
  eventId: string;
  /** Place in history, one order for versions and people. */
  position: number;
  version: number;
  kind: string;
  actorId: string;
  at: Date;
  comment: string | null;
  /** Only of versions; null for a change of people. */
  changed: string[] | null;
  snapshot: object | null;
  /** Only of changes of people; null for a version. */
  people: object[] | null;
}

/** Names what is hashed and how, so that another form can never give the same hash. */
const FORM = 'convene-history-1';

/**
 * The hash of one row over its whole content and the hash of the row before it in the history of the event. Pure: a
 * row read back from the database gives what it gave before it was written.
 * @param previous hash of the row before, as hexadecimal text; null for the first one
 * @returns SHA-256 as hexadecimal text
 */
export function historyHash(previous: string | null, entry: HistoryEntry): string {
  const { eventId, position, version, kind, actorId, at, comment, changed, snapshot, people } = entry;
  const content = [FORM, previous, eventId, position, version, kind, actorId, at.toISOString(), comment, changed];
  return createHash('sha256')
    .update(canonicalJson([...content, snapshot, people]))
    .digest('hex');
}

/** JSON with sorted members and no spaces (as RFC 8785): jsonb keeps neither the order of members nor their spacing. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
