import type { SelectQueryBuilder } from 'typeorm';
import type { CalendarEvent } from './event.entity.js';

/**
 * The rows of `events` as they were at a moment: for each event that the person may see today, its newest version up to
 * then (one step in `event_versions_created_at_idx`, however many versions there are). What was in the trash then stands
 * here too, as it stands in the table; what is in it now, for its owner only. The bounds of a series aren't kept in
 * versions: they are left open, and every series is looked at.
 */
const EVENTS_THEN = `
  SELECT present.id, past.snapshot ->> 'title' AS title, past.snapshot ->> 'description' AS description,
         past.snapshot ->> 'location' AS location, (past.snapshot ->> 'startTime')::timestamptz AS start_time,
         (past.snapshot ->> 'endTime')::timestamptz AS end_time, past.snapshot ->> 'localStart' AS local_start,
         past.snapshot ->> 'localEnd' AS local_end, past.snapshot ->> 'timeZone' AS time_zone,
         (past.snapshot ->> 'allDay')::boolean AS all_day, past.snapshot ->> 'rrule' AS rrule,
         past.snapshot -> 'excluded' AS excluded, past.snapshot -> 'added' AS added,
         past.snapshot -> 'overrides' AS overrides, past.snapshot ->> 'showAs' AS show_as,
         (past.snapshot ->> 'deletedAt')::timestamptz AS deleted_at, present.series_id, present.split_from,
         present.split_from_version,
         CASE WHEN past.is_series THEN '0001-01-01' ELSE (past.snapshot ->> 'startTime')::timestamptz END AS first_start,
         CASE WHEN past.is_series THEN NULL ELSE (past.snapshot ->> 'endTime')::timestamptz END AS last_end,
         present.tzdata, past.version, present.created_at, past.created_at AS updated_at, past.author_id AS updated_by
    FROM event_permissions seen
    JOIN events present ON present.id = seen.event_id AND (present.deleted_at IS NULL OR seen.role = 'owner')
    CROSS JOIN LATERAL (
      SELECT v.*, v.snapshot ->> 'rrule' IS NOT NULL OR v.snapshot -> 'added' <> '[]' AS is_series
        FROM event_versions v WHERE v.event_id = present.id AND v.created_at <= :asOf
       ORDER BY v.created_at DESC LIMIT 1) AS past
   WHERE seen.user_id = :userId`;

/** Whom history names as the owner last before the moment; else whoever owned the event from its beginning. */
export const OWNER_THEN = `coalesce(
  (SELECT person."userId" FROM people_changes c
     CROSS JOIN jsonb_to_recordset(c.people) AS person ("userId" uuid, "to" text)
    WHERE c.event_id = e.id AND c.kind = 'ownership_transferred' AND c.created_at <= :asOf AND person."to" = 'owner'
    ORDER BY c.position DESC LIMIT 1),
  (SELECT born.user_id FROM people_at_birth(e.id) AS born WHERE born.role = 'owner'))`;

/**
 * Puts the rows of then in the place of the table: the filters, the order and the mapping of a query work on them
 * unchanged. The owner stands in the selection, not in a join: he is looked up for the rows of a page, not for all.
 */
export function selectThen(query: SelectQueryBuilder<CalendarEvent>, asOf: Date): SelectQueryBuilder<CalendarEvent> {
  return query
    .addCommonTableExpression(EVENTS_THEN, 'events')
    .addSelect(OWNER_THEN, 'owner_id')
    .addSelect(`(SELECT u.username FROM users u WHERE u.id = ${OWNER_THEN})`, 'owner_name')
    .setParameter('asOf', asOf);
}
