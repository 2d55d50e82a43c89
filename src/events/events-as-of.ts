import type { SelectQueryBuilder } from 'typeorm';
import type { CalendarEvent } from '../content/event.entity.js';
import { LATER_DEFAULTS } from '../content/snapshot.js';

/**
 * The rows of `events` as of an earlier time: for each event that the person may see today, its newest version up to that
 * time (one step in `event_versions_created_at_idx`, however many versions there are) laid over its present row. What was
 * in the trash is here too, as it is in the table; what is in the trash today, for its owner only. The bounds of a series
 * are not kept in versions: they are left open, and every series is looked at.
 */
const EVENTS_AS_OF = `
  SELECT state.*
    FROM event_permissions seen
    JOIN events present ON present.id = seen.event_id AND (present.deleted_at IS NULL OR seen.role = 'owner')
    CROSS JOIN LATERAL (
      SELECT v.version, v.created_at, v.author_id, :laterDefaults::jsonb || v.snapshot AS snapshot,
             v.snapshot ->> 'rrule' IS NOT NULL OR v.snapshot -> 'added' <> '[]' AS is_series
        FROM event_versions v WHERE v.event_id = present.id AND v.created_at <= :asOf
       ORDER BY v.created_at DESC LIMIT 1) AS past
    CROSS JOIN LATERAL jsonb_populate_record(present, past.snapshot || jsonb_build_object(
      'version', past.version, 'updated_at', past.created_at, 'updated_by', past.author_id,
      'first_start', CASE WHEN past.is_series THEN '0001-01-01' ELSE past.snapshot ->> 'start_time' END,
      'last_end', CASE WHEN past.is_series THEN NULL ELSE past.snapshot ->> 'end_time' END)) AS state
   WHERE seen.user_id = :userId`;

/** Whom history names as the owner last before that time; else who owned the event from its beginning. */
export const OWNER_AS_OF = `coalesce(
  (SELECT member."userId" FROM member_changes c
     CROSS JOIN jsonb_to_recordset(c.members) AS member ("userId" uuid, "to" text)
    WHERE c.event_id = e.id AND c.kind = 'ownership_transferred' AND c.created_at <= :asOf AND member."to" = 'owner'
    ORDER BY c.position DESC LIMIT 1),
  (SELECT first.user_id FROM members_at_birth(e.id) AS first WHERE first.role = 'owner'))`;

/**
 * Puts the rows of an earlier time in the place of the table: the filters, the order and the mapping of a query work on
 * them unchanged. The owner is in the selection, not in a join: it is looked up for the rows of a page, not for all.
 */
export function selectAsOf(query: SelectQueryBuilder<CalendarEvent>, asOf: Date): SelectQueryBuilder<CalendarEvent> {
  return query
    .addCommonTableExpression(EVENTS_AS_OF, 'events')
    .addSelect(OWNER_AS_OF, 'owner_id')
    .addSelect(`(SELECT u.username FROM users u WHERE u.id = ${OWNER_AS_OF})`, 'owner_name')
    .setParameters({ asOf, laterDefaults: JSON.stringify(LATER_DEFAULTS) });
}
