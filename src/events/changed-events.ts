import type { StreamReach } from '../notifications/stream-item.js';
import { firstSeqOf, lastSeqOf, selectEventsBetween } from '../notifications/stream-sql.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import { contentConditions, windowConditions } from './event-conditions.js';
import type { EventFilter } from './event-filter.js';
import type { EventRecord } from './event-record.js';
import { toRecord, type VisibleEvents, type VisibleRow } from './visible-events.js';

/** Which part of a stream to read, and which page of its events. */
export interface ChangedQuestion {
  /** The number of the item before the first. */
  after: number;
  /** The number of the last item; null for the last one of the stream. */
  until: number | null;
  /** The event before the page; null for the first page. */
  afterId: string | null;
  limit: number;
}

/** An event of the stream as the person sees it now. */
export interface ChangedEvent {
  id: string;
  /** Whether the person is a member, also of an event in the trash. */
  hasAccess: boolean;
  /** Null for an event in the trash, and without access. */
  record: EventRecord | null;
  /** Whether the event matches the filter, as far as SQL can tell. */
  matches: boolean;
}

/** A page of the events that changed, as of one moment. */
export interface ChangedEvents {
  events: ChangedEvent[];
  /** The part of the stream that can be read. */
  reach: StreamReach;
}

type Seen = VisibleRow & { matches: boolean };

/** A row of `selectChanged`: an event and how the person sees it, or one row of nulls when nothing changed. */
export type ChangedRow = StreamReach & {
  eventId: string | null;
  hasAccess: boolean;
} & (Seen | { [Name in keyof Seen]: null });

/**
 * Returns the statement that reads the present state of the events in a part of the person's stream. The stream and the
 * events are of one moment: a change that its events show is an item up to `lastSeq`, and the reverse.
 */
export function selectChanged(
  events: VisibleEvents,
  filter: EventFilter,
  { after, until, afterId, limit }: ChangedQuestion,
): VaryingSql {
  const { user } = events;
  const start = `${events.parameter(after)}::bigint`;
  const end = until === null ? 'stream.seq' : `${events.parameter(until)}::bigint`;
  const next = afterId === null ? '' : ` AND n.event_id > ${events.parameter(afterId)}`;
  const page = `${selectEventsBetween(user, start, end)}${next} ORDER BY n.event_id LIMIT ${events.parameter(limit)}`;
  const conditions = [...windowConditions(events, filter), ...contentConditions(events, filter)];
  const matches = `(${conditions.join(' AND ') || 'true'}) AS matches`;
  const seen = events.select('SELECT changed.event_id', 'WHERE e.deleted_at IS NULL OFFSET 0', [matches]);
  return new VaryingSql(`SELECT stream.seq AS "lastSeq", stream.first AS "firstSeq", changed.event_id AS "eventId",
       EXISTS (SELECT FROM event_permissions p WHERE p.event_id = changed.event_id AND p.user_id = ${user}) AS "hasAccess",
       seen.*
  FROM (SELECT ${lastSeqOf(user)} AS seq, ${firstSeqOf(user)} AS first) AS stream
  LEFT JOIN LATERAL (${page}) AS changed ON true
  LEFT JOIN LATERAL (${seen.text}) AS seen ON true
 ORDER BY changed.event_id`);
}

export function toChangedEvents(rows: ChangedRow[]): ChangedEvents {
  const { firstSeq, lastSeq } = rows[0]!;
  const events = rows.flatMap(({ eventId, hasAccess, ...row }) =>
    eventId === null
      ? []
      : [{ id: eventId, hasAccess, record: row.id === null ? null : toRecord(row), matches: row.matches ?? false }],
  );
  return { events, reach: { firstSeq, lastSeq } };
}
