import { REDACTED } from '../content/redact.js';
import type { Query } from '../history/verify-history.js';

/**
 * Replaces the title of an event in the notifications of one of its versions, and removes the summaries that quote the
 * version: its own and that of the next.
 */
export async function redactTitles(
  query: Query,
  { eventId, version }: { eventId: string; version: number },
): Promise<void> {
  await query(
    `UPDATE notifications SET event_title = CASE WHEN version = $2 THEN $3 ELSE event_title END, summary = NULL
      WHERE event_id = $1 AND version IN ($2, $2 + 1)`,
    [eventId, version, REDACTED],
  );
}
