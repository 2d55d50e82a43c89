import { REDACTED } from '../content/redact.js';
import type { Query } from '../history/verify-history.js';

/** Replaces the title of an event in the notifications of one of its versions. */
export async function redactTitles(
  query: Query,
  { eventId, version }: { eventId: string; version: number },
): Promise<void> {
  await query(`UPDATE notifications SET event_title = $3 WHERE event_id = $1 AND version = $2`, [
    eventId,
    version,
    REDACTED,
  ]);
}
