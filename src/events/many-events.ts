import { inOrder, type ListQuery, selectMatching, upTo } from './list-statement.js';
import { selectIndexed } from './text-filter.js';
import { spanConditions } from './visible-spans.js';

/** Numbers of rows at which one way of reading becomes another. The result is the same; tests lower them. */
export const READS = {
  /** A search looks at so many events of a person, and finds the others by the index of texts. */
  searched: 700,
  /** All events of a person who has fewer are looked at for the latest changes. */
  manyEvents: 2_000,
  /** Of so many latest changes of all events, those of a person with many events are looked for. */
  latestChanges: 5_000,
};

/**
 * Selects by texts: from the first of the person's events, and if they don't suffice, by the index of texts.
 * @param spans returns the person's spans in the window, up to a number of them
 */
export function selectByText(list: ListQuery, spans: (limit: number) => string, conditions: string[]): string {
  const { events, filter } = list;
  const enough = upTo(list);
  const { limit, after } = enough.slice;
  const byStart = filter.sort.column === 'startTime';
  const direction = filter.sort.descending ? 'DESC' : 'ASC';
  const order = byStart && limit !== null ? `ORDER BY start_time ${direction}, event_id ${direction}` : '';
  const own = [`v.event_id = found.event_id AND v.user_id = ${events.user}`, ...spanConditions(events, filter)];
  if (byStart && after) {
    const key = `(${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid)`;
    own.push(`(v.start_time, v.event_id) ${filter.sort.descending ? '<' : '>'} ${key}`);
  }
  const time = byStart ? 'v.start_time' : 'e.updated_at';
  const missing = [`(SELECT count(*) FROM walked) = ${READS.searched}`];
  if (order) missing.unshift(`(SELECT count(*) FROM near) < ${events.parameter(limit)}`);
  const others = `(SELECT v.event_id, v.start_time
         FROM (${selectIndexed(events, filter)}) AS found
         CROSS JOIN LATERAL (SELECT v.event_id, v.start_time FROM visible_spans v WHERE ${own.join(' AND ')} OFFSET 0) AS v
        WHERE ${missing.join(' AND ')} AND v.event_id NOT IN (SELECT event_id FROM walked))`;
  return `
    WITH walked AS MATERIALIZED (SELECT v.event_id, v.start_time FROM ${spans(READS.searched)} AS v ${order} LIMIT ${READS.searched}),
         near AS MATERIALIZED (${selectMatching(enough, 'walked', conditions, time)})
    SELECT event_id, time, version
      FROM (SELECT * FROM near UNION ALL (${selectMatching(enough, others, conditions, time)})) AS found ${inOrder(list)}`;
}

/**
 * Selects by the last change, without a window: of a person with many events, from the latest changes of all events, and if they don't
 * suffice, from all events of the person.
 * @param spans all spans of the person
 */
export function selectByUpdate(list: ListQuery, spans: string, conditions: string[]): string {
  const { events, filter } = list;
  const enough = upTo(list);
  const { after, limit } = enough.slice;
  const [direction, beyond] = filter.sort.descending ? ['DESC', '<'] : ['ASC', '>'];
  const key = after && `(${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid)`;
  const isOwn = [`v.event_id = e.id AND v.user_id = ${events.user}`, ...spanConditions(events, filter)];
  const latest = `(SELECT e.id AS event_id, e.updated_at
         FROM (SELECT id, updated_at FROM events ${key ? `WHERE (updated_at, id) ${beyond} ${key}` : ''}
                ORDER BY updated_at ${direction}, id ${direction} LIMIT ${READS.latestChanges}) AS e
         CROSS JOIN LATERAL (SELECT FROM visible_spans v WHERE ${isOwn.join(' AND ')} OFFSET 0) AS v
        WHERE (SELECT count(*) FROM (SELECT FROM visible_spans WHERE user_id = ${events.user} LIMIT ${READS.manyEvents}) AS v)
              = ${READS.manyEvents})`;
  const found = `(SELECT count(*) FROM latest)`;
  const suffices = events.parameter(limit);
  return `
    WITH latest AS MATERIALIZED (${selectMatching(enough, latest, conditions, 'v.updated_at')})
    SELECT event_id, time, version
      FROM (SELECT * FROM latest WHERE ${found} >= ${suffices}
            UNION ALL SELECT * FROM (${selectMatching(enough, spans, conditions, 'e.updated_at')}) AS own WHERE ${found} < ${suffices}) AS found ${inOrder(list)}`;
}
