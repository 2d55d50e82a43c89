/**
 * Returns a query of the rows of `events` as of an earlier time: for each event that the person may see today, the
 * current row with the values of its latest version up to that time. `event_versions_created_at_idx` finds that version
 * in one step, however many there are. Events that were in the trash are included, as they are in the table; events that
 * are in the trash today, for their owner only. Versions do not contain the bounds of a series, so they are unbounded
 * here, and every series is expanded. The parameters are placeholders of the statement.
 */
export const selectEventsAsOf = (userId: string, asOf: string, laterDefaults: string): string => `
  SELECT state.*
    FROM event_permissions seen
    JOIN events present ON present.id = seen.event_id AND (present.deleted_at IS NULL OR seen.role = 'owner')
    CROSS JOIN LATERAL (
      SELECT v.version, v.created_at, v.author_id, ${laterDefaults}::jsonb || whole_snapshot(v) AS snapshot,
             v.snapshot ->> 'rrule' IS NOT NULL OR v.snapshot -> 'added' IS DISTINCT FROM '[]' AS is_series
        FROM event_versions v WHERE v.event_id = present.id AND v.created_at <= ${asOf}
       ORDER BY v.created_at DESC LIMIT 1) AS version
    CROSS JOIN LATERAL jsonb_populate_record(present, version.snapshot || jsonb_build_object(
      'version', version.version, 'updated_at', version.created_at, 'updated_by', version.author_id,
      'first_start', CASE WHEN version.is_series THEN '0001-01-01' ELSE version.snapshot ->> 'start_time' END,
      'last_end', CASE WHEN version.is_series THEN NULL ELSE version.snapshot ->> 'end_time' END)) AS state
   WHERE seen.user_id = ${userId}`;

/**
 * Returns an expression for the owner of the event `e` after the last transfer of ownership before a time, or else the
 * initial owner. It is selected, not joined, so that it is looked up for the rows of a page only.
 */
export const ownerAsOf = (asOf: string): string => `coalesce(
  (SELECT member."userId" FROM member_changes c
     CROSS JOIN jsonb_to_recordset(c.members) AS member ("userId" uuid, "to" text)
    WHERE c.event_id = e.id AND c.kind = 'ownership_transferred' AND c.created_at <= ${asOf} AND member."to" = 'owner'
    ORDER BY c.position DESC LIMIT 1),
  (SELECT first.user_id FROM members_at_birth(e.id) AS first WHERE first.role = 'owner'))`;
