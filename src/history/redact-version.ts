import { REDACTED, redactSnapshot, collectTexts } from '../content/redact.js';
import type { Snapshot } from '../content/snapshot.js';
import type { HistoryEntry } from './history-entry.js';
import { contentHash, historyHash } from './history-hash.js';
import { wholeSnapshot } from './long-values.js';
import type { Query } from './verify-history.js';

/** Thrown when a version cannot be redacted. The message contains the reason and the remedy, and no text of a person. */
export class RedactionRefused extends Error {
  constructor(
    message: string,
    /** Whether there is no such event or version. */
    readonly isMissing = false,
  ) {
    super(message);
  }
}

interface VersionRow extends Omit<HistoryEntry, 'members'> {
  hash: string;
  previous: string | null;
  current: number;
}

/**
 * Replaces the texts and the comment of one version, and stores the reason and the hash of the original content. Runs
 * in the caller's transaction, as the owner of the tables.
 * @returns the other versions of the event that contain one of the replaced texts
 * @throws RedactionRefused
 */
export async function redactVersion(
  query: Query,
  { eventId, version, reason }: { eventId: string; version: number; reason: string },
): Promise<{ alsoIn: number[] }> {
  const [row] = await query<VersionRow>(
    `SELECT v.event_id AS "eventId", v.position::int, v.version, v.kind, v.author_id AS "actorId", v.created_at AS at,
            v.comment, v.changed, ${wholeSnapshot('v')} AS snapshot, v.undoes, encode(v.hash, 'hex') AS hash, e.version AS current,
            (SELECT encode(previous.hash, 'hex') FROM (
               SELECT position, hash FROM event_versions WHERE event_id = v.event_id
               UNION ALL SELECT position, hash FROM member_changes WHERE event_id = v.event_id) AS previous
              WHERE previous.position = v.position - 1) AS previous
       FROM event_versions v JOIN events e ON e.id = v.event_id
      WHERE v.event_id::text = $1 AND v.version = $2 FOR UPDATE OF e`,
    [eventId, version],
  );
  if (!row) throw new RedactionRefused(`Event ${eventId} has no version ${version}.`, true);
  if (row.snapshot!.redacted) throw new RedactionRefused(`Version ${version} is already redacted.`);
  if (row.current === version) {
    throw new RedactionRefused(
      `Version ${version} is the current state. Change the event first, then redact the version.`,
    );
  }
  const { hash, previous, current: _current, ...entry } = row;
  const content = contentHash({ ...entry, members: null });
  if (historyHash(previous, { ...entry, members: null }, content) !== hash) {
    throw new RedactionRefused(`Version ${version} does not verify. Run verify:history and find the cause first.`);
  }
  await query(
    `INSERT INTO redactions (event_id, version, reason, content_hash, created_at)
               VALUES ($1, $2, $3, decode($4, 'hex'), clock_timestamp())`,
    [eventId, version, reason, content],
  );
  await query(`GRANT UPDATE (snapshot, comment, long_values) ON event_versions TO CURRENT_USER`);
  await query(
    `UPDATE event_versions SET snapshot = $3, comment = $4, long_values = NULL WHERE event_id = $1 AND version = $2`,
    [eventId, version, redactSnapshot(row.snapshot!), row.comment === null ? null : REDACTED],
  );
  await query(`REVOKE UPDATE (snapshot, comment, long_values) ON event_versions FROM CURRENT_USER`);
  await removeUnusedValues(query, eventId);
  return { alsoIn: await findVersionsWithTexts(query, eventId, collectTexts(row.snapshot!)) };
}

/** Removes the long values that no version has any more. */
async function removeUnusedValues(query: Query, eventId: string): Promise<void> {
  await query(`GRANT DELETE ON version_values TO CURRENT_USER`);
  await query(
    `DELETE FROM version_values stored WHERE stored.event_id = $1
        AND NOT EXISTS (SELECT FROM event_versions v CROSS JOIN jsonb_each_text(v.long_values) AS long
                         WHERE v.event_id = stored.event_id AND long.value = encode(stored.hash, 'hex'))`,
    [eventId],
  );
  await query(`REVOKE DELETE ON version_values FROM CURRENT_USER`);
}

async function findVersionsWithTexts(query: Query, eventId: string, texts: ReadonlySet<string>): Promise<number[]> {
  const rows = await query<{ version: number; snapshot: Snapshot }>(
    `SELECT v.version, ${wholeSnapshot('v')} AS snapshot FROM event_versions v WHERE v.event_id = $1 ORDER BY v.version`,
    [eventId],
  );
  const containsOne = (snapshot: Snapshot): boolean => [...collectTexts(snapshot)].some((text) => texts.has(text));
  return rows.filter(({ snapshot }) => containsOne(snapshot)).map(({ version }) => version);
}
