import { historyHash } from '../../src/history/history-hash.js';
import type { HistoryEntry } from '../../src/history/history-entry.js';
import type { TestDatabase } from './database.js';

type Queries = Pick<TestDatabase, 'query'>;

/**
 * Adds a version to an event as somebody with all rights on the database could who knows how the chain is made: the next
 * number, a hash over the entry before it, and the row that goes with it. Everything agrees but who may have done it.
 */
export async function forgeVersion(database: Queries, eventId: string, actorId: string, title: string): Promise<void> {
  const [last] = await database.query<HistoryEntry & { hash: string; position: string; snapshot: object }>(
    `SELECT v.version, v.snapshot, last.position, last.hash
       FROM events e JOIN event_versions v ON v.event_id = e.id AND v.version = e.version
       CROSS JOIN LATERAL last_entry(e.id) AS last WHERE e.id = $1`,
    [eventId],
  );
  const entry = {
    eventId,
    position: Number(last!.position) + 1,
    version: last!.version + 1,
    kind: 'updated',
    actorId,
    at: new Date(),
    comment: null,
    changed: ['title'],
    snapshot: { ...last!.snapshot, title },
    members: null,
  } as HistoryEntry;
  const { position, version, kind, at, changed, snapshot } = entry;
  // One statement, as the triggers compare both at its end.
  await database.query(
    `WITH forged AS (
       INSERT INTO event_versions (event_id, position, version, kind, author_id, changed, snapshot, created_at, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, decode($9, 'hex')))
     UPDATE events SET version = $3, title = $10, updated_by = $5, updated_at = $8 WHERE id = $1`,
    [eventId, position, version, kind, actorId, changed, snapshot, at, historyHash(last!.hash, entry), title],
  );
}
