import { CONTENT_COLUMNS } from '../content/event-content.js';
import { LATER_DEFAULTS } from '../content/snapshot.js';
import { wholeSnapshot } from '../history/long-values.js';
import { SEARCHED } from './text-filter.js';
import { hasManyEvents } from './reads.js';
import type { VisibleEvents } from './visible-events.js';

/** The columns of an earlier state that conditions and orders of lists name. They are cheaper to read than a whole row. */
const LISTED: string[] = [...SEARCHED, 'overrides', 'start_time', 'end_time', 'rrule', 'added', 'deleted_at'];
const LISTED_COLUMNS = CONTENT_COLUMNS.filter(({ name }) => LISTED.includes(name))
  .map(({ name, column }) => `${name} ${column.type}`)
  .join(', ');

/** The latest version of the event `seen` up to a time: `event_versions_created_at_idx` finds it, however many there are. */
const versionAsOf = (asOf: string): string => `
  (SELECT v.version, v.created_at AS updated_at, ${wholeSnapshot('v')} AS snapshot FROM event_versions v
    WHERE v.event_id = seen.event_id AND v.created_at <= ${asOf} ORDER BY v.created_at DESC LIMIT 1)`;

const IS_SERIES = `(s.rrule IS NOT NULL OR s.added <> '[]')`;

/** Returns the condition that a person is the owner of an event today. */
export const isOwner = (user: string, id: string): string =>
  `(SELECT p.role FROM event_permissions p WHERE p.event_id = ${id} AND p.user_id = ${user}) = 'owner'`;

/**
 * Returns a query of the person's own events that were put into the trash after a time, and are there or were purged. Those of
 * a person with many events are looked for among all that were.
 */
const trashedSince = (user: string, asOf: string): string => {
  const isMany = hasManyEvents(user);
  const all = ['IS', 'IS NOT'].map(
    (purged) => `SELECT id AS event_id FROM events WHERE deleted_at > ${asOf} AND purged_at ${purged} NULL`,
  );
  return `
  SELECT v.event_id FROM (${all.join(' UNION ALL ')}) AS v WHERE ${isMany} AND ${isOwner(user, 'v.event_id')}
  UNION ALL
  SELECT v.event_id
    FROM event_permissions v
    CROSS JOIN LATERAL (SELECT FROM events e WHERE e.id = v.event_id AND e.deleted_at > ${asOf} OFFSET 0) AS e
   WHERE v.user_id = ${user} AND v.role = 'owner' AND NOT ${isMany}`;
};

/**
 * Returns a query of the events that a person sees today and that may have been in the trash at a time, or have taken place at
 * other times. Those in the trash today are included for their owner only.
 */
export const movedSince = (user: string, asOf: string): string => `
  SELECT v.event_id FROM visible_spans v
   WHERE v.user_id = ${user} AND v.since > ${asOf} AND v.since > v.created_at AND v.created_at <= ${asOf}
  UNION ALL ${trashedSince(user, asOf)}`;

/**
 * Returns a query of the events that a person sees today and that changed after a time. Those in the trash today are
 * included for their owner only. Each step names the one before it, so that no plan looks for events that have not changed.
 */
export const changedSince = (user: string, asOf: string): string => `
  SELECT v.event_id
    FROM (SELECT own.event_id FROM event_permissions own WHERE own.user_id = ${user}) AS v
   CROSS JOIN LATERAL (SELECT e.deleted_at FROM events e WHERE e.id = v.event_id AND e.updated_at > ${asOf} OFFSET 0) AS e
   WHERE e.deleted_at IS NULL OR ${isOwner(user, 'v.event_id')}`;

/**
 * Returns the FROM clause of events `e`, each as its version up to a time. Versions do not contain the bounds of a series, so
 * they are unbounded, and every series is expanded.
 * @param source a query of the column `event_id`
 */
export const versionsAsOf = (source: string, asOf: string): string => `(${source}) AS seen
  CROSS JOIN LATERAL ${versionAsOf(asOf)} AS past
  CROSS JOIN LATERAL (
    SELECT seen.event_id AS id, past.version, past.updated_at, s.*,
           CASE WHEN ${IS_SERIES} THEN '0001-01-01Z' ELSE s.start_time END AS first_start,
           CASE WHEN NOT ${IS_SERIES} THEN s.end_time END AS last_end
      FROM jsonb_to_record(past.snapshot) AS s (${LISTED_COLUMNS})) AS e`;

/**
 * Returns a relation `e` of the current rows with the version that each event had at a time, and when it got that. The
 * version is null for the current one. Without content: an event that changed has another.
 */
export const numberedAsOf = (asOf: string): { from: string; version: string } => ({
  version: 'e.version',
  from: `(
  SELECT e.id, e.start_time, past.version, coalesce(past.created_at, e.updated_at) AS updated_at
    FROM events e
    LEFT JOIN LATERAL (
         SELECT v.version, v.created_at FROM event_versions v
          WHERE e.updated_at > ${asOf} AND v.event_id = e.id AND v.created_at <= ${asOf}
          ORDER BY v.created_at DESC LIMIT 1) AS past ON true) AS e`,
});

/** Returns the page of one event as of a time; without a row when it did not exist then, or is hidden today. */
export const selectOneAsOf = ({ user }: VisibleEvents, id: string, asOf: string): string => `
  SELECT seen.event_id, past.version
    FROM event_permissions seen JOIN events present ON present.id = seen.event_id
    CROSS JOIN LATERAL ${versionAsOf(asOf)} AS past
   WHERE seen.user_id = ${user} AND seen.event_id = ${id} AND (present.deleted_at IS NULL OR seen.role = 'owner')`;

/**
 * Returns a query of the rows of `events` for a page, with the values of the versions that it names. Each is looked up: where
 * PostgreSQL expects a page of thousands, it would read all events.
 */
export const selectEventsAsOf = (events: VisibleEvents, page: string): string => `
  SELECT state.*
    FROM (${page}) AS page
    CROSS JOIN LATERAL (SELECT e AS event FROM events e WHERE e.id = page.event_id OFFSET 0) AS present
    LEFT JOIN event_versions past ON past.event_id = page.event_id AND past.version = page.version
    CROSS JOIN LATERAL jsonb_populate_record(present.event, CASE WHEN past.version IS NOT NULL THEN
      ${events.parameter(JSON.stringify(LATER_DEFAULTS))}::jsonb || (${wholeSnapshot('past')}) || jsonb_build_object(
        'version', past.version, 'updated_at', past.created_at, 'updated_by', past.author_id) END) AS state`;

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
