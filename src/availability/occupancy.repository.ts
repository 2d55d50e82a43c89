import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { violatesExclusion } from '../platform/database/database-errors.js';
import { insertInto } from '../platform/database/insert-into.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type EventContent, selectContent } from '../content/event-content.js';
import { inOwnersZone } from './booking.js';
import { MAX_ZONE_DIFFERENCE } from '../content/occurrences.js';
import { eventConflict } from './conflict.js';
import type { FarTime } from './far-days.js';
import { type Interval, toMultirange, type Occupancy, toWeekMask } from './occupancy.js';

/** Another event of the same owner. */
export interface Neighbour {
  eventId: string;
  /** As it occupies its owner's time. */
  content: EventContent;
}

/** A neighbour, and where the two overlap. */
export interface Overlap extends Neighbour {
  /** The first intervals that both occupy, in order. */
  shared: Interval[];
}

/** A neighbour that continues after its stored occupancy, which ends at `until` (epoch seconds). */
export interface FarNeighbour extends Neighbour {
  until: number;
}

/** The time that one event occupies, as it is stored. */
export interface StoredOccupancy extends Omit<Occupancy, 'horizon'> {
  eventId: string;
  ownerId: string;
  /** True for an event that must not overlap others, which an exclusion constraint guarantees among them. */
  rejects: boolean;
  /** For a series that continues after `until`: its time in later years. */
  far: FarTime | null;
}

/** The select list that reads the content from a row `e` of `events`, for `toOccupying`. @param ownerId SQL */
export const selectOccupying = (ownerId: string): string =>
  `(SELECT u.time_zone FROM users u WHERE e.all_day AND u.id = ${ownerId}) AS "ownerZone", ${selectContent('e')}`;

/** Content as it is stored, and the zone of the owner of an all-day event. */
export type OccupyingRow = { ownerZone: string | null } & EventContent;

/** Returns the content of a row as it occupies its owner's time. Pure. */
export const toOccupying = ({ ownerZone, ...content }: OccupyingRow): EventContent => inOwnersZone(content, ownerZone);

/**
 * Returns instants around a window, between which everything in it begins and ends by the columns of `events`: those of an
 * all-day event are in its own zone.
 */
export const widenedBounds = ({ start, end }: Interval): [from: Date, to: Date] => [
  new Date((start - MAX_ZONE_DIFFERENCE) * 1_000),
  new Date((end + MAX_ZONE_DIFFERENCE) * 1_000),
];

type NeighbourRow = { eventId: string } & OccupyingRow;

/** The first and the last moment (epoch seconds) that are stored of an all-day event; null when there are none. */
export interface StoredDays {
  eventId: string;
  /** Its owner's. */
  zone: string;
  start: number | null;
  end: number | null;
}

const COLUMNS = {
  event_id: 'uuid',
  owner_id: 'uuid',
  busy: 'tstzmultirange',
  rejects: 'boolean',
  busy_until: 'timestamptz',
  far_days: 'bit varying',
  far_week: 'bit(336)',
  week: 'bit(336)',
};
const REPLACE = `ON CONFLICT (event_id) DO UPDATE
  SET owner_id = excluded.owner_id, busy = excluded.busy, rejects = excluded.rejects,
      busy_until = excluded.busy_until, far_days = excluded.far_days, far_week = excluded.far_week,
      week = excluded.week`;
const insertOccupancy = insertInto('event_occupancy', COLUMNS, REPLACE);

const IS_FREE = `
  SELECT NOT EXISTS (SELECT FROM event_occupancy
                      WHERE owner_id = $1 AND span && range_merge($2::tstzmultirange) AND event_id <> $5
                        AND CASE WHEN bit_count(week & $4::bit(336)) > 0 THEN busy && $2::tstzmultirange END)
     AND NOT EXISTS (SELECT FROM event_occupancy WHERE owner_id = $1 AND busy_until < $3 AND event_id <> $5)`;

const MAX_FAR_NEIGHBOURS = 20;
const MAX_OVERLAPS = 50;
const MAX_INTERVALS = 50;
/** Length of one interval in the text of a multirange. */
const INTERVAL_TEXT_LENGTH = 54;

/** Reads and writes `event_occupancy`: the time that each busy event occupies. */
@Injectable()
export class OccupancyRepository {
  constructor(private readonly database: Database) {}

  /** Returns other events of an owner that overlap the busy time, by the start of the first overlap. */
  async listOverlaps(tx: Transaction, ownerId: string, busy: Interval[], exceptEventId: string): Promise<Overlap[]> {
    if (busy.length === 0) return [];
    // The cheap conditions come first: `busy` is long, and is read only for rows that pass them.
    const rows = await tx.query<NeighbourRow & { shared: string }>(
      `SELECT e.id AS "eventId", left(overlap.shared::text, ${MAX_INTERVALS * INTERVAL_TEXT_LENGTH}) AS shared, ${selectOccupying('$1')}
         FROM (SELECT o.event_id, both_busy.shared
                 FROM event_occupancy o,
                      LATERAL (SELECT CASE WHEN bit_count(o.week & $4::bit(336)) > 0 THEN o.busy * $2::tstzmultirange
                                      ELSE '{}' END AS shared OFFSET 0) AS both_busy
                WHERE o.owner_id = $1 AND o.span && range_merge($2::tstzmultirange) AND o.event_id <> $3
                  AND NOT isempty(both_busy.shared)
                ORDER BY lower(both_busy.shared), o.event_id
                LIMIT ${MAX_OVERLAPS}) AS overlap
         JOIN events e ON e.id = overlap.event_id`,
      [ownerId, toMultirange(busy), exceptEventId, toWeekMask(busy)],
    );
    return rows.map(({ shared, ...row }) => ({ shared: readIntervals(shared), ...toNeighbour(row) }));
  }

  /**
   * Returns true when an owner has no other event in the busy time, which is sorted, and no series that may continue before
   * `compared` (epoch seconds). A transaction that may assume so has PostgreSQL check it with what it writes.
   */
  async isFree(
    tx: Transaction,
    ownerId: string,
    busy: Interval[],
    { exceptEventId, assuming, compared }: { exceptEventId: string; assuming: boolean; compared: number },
  ): Promise<boolean> {
    const until = new Date(compared * 1_000);
    const parameters = [ownerId, toMultirange(busy), until, toWeekMask(busy), exceptEventId];
    if (assuming && tx.mayAssume) {
      tx.assume(IS_FREE, parameters);
      return true;
    }
    const [row] = await tx.query<{ free: boolean }>(`${IS_FREE} AS free`, parameters);
    return row!.free;
  }

  /** Stores the time that events occupy, or deletes the rows of those that occupy none. */
  occupy(tx: Transaction, events: StoredOccupancy[]): void {
    // A series may occupy no time before the horizon and some after it.
    const isNone = ({ busy, until }: StoredOccupancy): boolean => busy.length === 0 && until === null;
    // The exclusion constraint reads the time of each row that is there: that of a long series is stored apart.
    const occupying = events.filter((event) => !isNone(event)).sort((a, b) => a.busy.length - b.busy.length);
    for (const { eventId } of events.filter(isNone)) this.vacate(tx, eventId);
    if (occupying.length === 0) return;
    const rows = occupying.map(({ eventId, ownerId, busy, rejects, until, far }) => ({
      event_id: eventId,
      owner_id: ownerId,
      busy: toMultirange(busy),
      rejects,
      busy_until: until === null ? null : new Date(until * 1_000),
      far_days: far && far.days,
      far_week: far && far.week,
      week: toWeekMask(busy),
    }));
    // Only possible when a writer did not take the lock.
    tx.write(...insertOccupancy(rows), {
      toError: (error) => (violatesExclusion(error, 'event_occupancy_no_overlap') ? eventConflict([]) : error),
    });
  }

  /** Returns true when an event occupies exactly the given time. */
  async isOccupying(tx: Transaction, eventId: string, busy: Interval[]): Promise<boolean> {
    const [row] = await tx.query<{ same: boolean }>(
      `SELECT coalesce((SELECT busy FROM event_occupancy WHERE event_id = $1), '{}') = $2::tstzmultirange AS same`,
      [eventId, toMultirange(busy)],
    );
    return row?.same ?? false;
  }

  /** Returns events, usually series, whose stored occupancy ends before an instant, by id. */
  async listDue(before: Date, after: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ eventId: string }>(
      `SELECT event_id AS "eventId" FROM event_occupancy
        WHERE busy_until < $1 AND ($2::uuid IS NULL OR event_id > $2) ORDER BY event_id LIMIT $3`,
      [before, after, limit],
    );
    return rows.map((row) => row.eventId);
  }

  /** Returns other events of the owner, usually series, that continue in a window after their stored occupancy. */
  async listContinuing(
    tx: Transaction,
    ownerId: string,
    window: Interval,
    exceptEventId: string,
  ): Promise<FarNeighbour[]> {
    const until = new Date(window.end * 1_000);
    // There are hardly ever any, so their content is read separately: planning a join would be most of the cost.
    const ending = await tx.query<{ eventId: string }>(
      `SELECT event_id AS "eventId" FROM event_occupancy WHERE owner_id = $1 AND busy_until < $2 AND event_id <> $3`,
      [ownerId, until, exceptEventId],
    );
    if (ending.length === 0) return [];
    const rows = await tx.query<NeighbourRow & { until: number }>(
      `SELECT o.event_id AS "eventId", extract(epoch FROM o.busy_until)::float8 AS until, ${selectOccupying('o.owner_id')}
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.event_id = ANY($1) AND e.first_start < $3 AND (e.last_end IS NULL OR e.last_end > $2)`,
      [ending.map((one) => one.eventId), ...widenedBounds(window)],
    );
    return rows.map(({ until: storedUntil, ...row }) => ({ until: storedUntil, ...toNeighbour(row) }));
  }

  /** Returns the time that an owner's events occupy in a window, except one event. */
  listBusy(tx: Transaction, ownerId: string, window: Interval, exceptEventId: string): Promise<Interval[]> {
    return tx.query<Interval>(
      `SELECT extract(epoch FROM lower(part))::bigint AS start, extract(epoch FROM upper(part))::bigint AS end
         FROM event_occupancy o, unnest(o.busy * $2::tstzmultirange) AS part
        WHERE o.owner_id = $1 AND o.span && range_merge($2::tstzmultirange) AND o.event_id <> $3`,
      [ownerId, toMultirange([window]), exceptEventId],
    );
  }

  /**
   * Returns which events an endless booking may conflict with outside the main check: `later`, whether other series
   * continue after their stored occupancy; `knownUntil`, up to when occupancy is stored after the horizon of the booking
   * (both epoch seconds), or null.
   */
  async findFarKinds(
    tx: Transaction,
    ownerId: string,
    until: number,
    exceptEventId: string,
  ): Promise<{ later: boolean; knownUntil: number | null }> {
    const [row] = await tx.query<{ later: boolean; knownUntil: number | null }>(
      `SELECT EXISTS (SELECT FROM event_occupancy
                       WHERE owner_id = $1 AND event_id <> $2 AND busy_until IS NOT NULL) AS later,
              (SELECT extract(epoch FROM max(upper(span)))::float8 FROM event_occupancy
                WHERE owner_id = $1 AND event_id <> $2 AND span && tstzrange($3, 'infinity')) AS "knownUntil"`,
      [ownerId, exceptEventId, new Date(until * 1_000)],
    );
    return row!;
  }

  /**
   * Returns some of the other series that continue after their stored occupancy and share days and times of the week in
   * later years.
   * @param exceptEventIds those that are left out
   */
  async listFarNeighbours(
    tx: Transaction,
    ownerId: string,
    { days, week }: FarTime,
    exceptEventIds: string[],
  ): Promise<FarNeighbour[]> {
    // The days are long, and are read only of series whose times of the week are shared. A server of the version before changes
    // the days alone: the half hours of a series that moved are then not those of its near time, and all is compared.
    const rows = await tx.query<NeighbourRow & { until: number }>(
      `SELECT o.event_id AS "eventId", extract(epoch FROM o.busy_until)::float8 AS until, ${selectOccupying('o.owner_id')}
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = $1 AND o.busy_until IS NOT NULL AND o.event_id <> ALL($3::uuid[])
          AND CASE WHEN o.far_week IS NULL OR bit_count(o.far_week & $4::bit(336)) > 0 OR bit_count(o.week & ~o.far_week) > 0
                   THEN bit_count(o.far_days & $2::bit varying) > 0 END
        LIMIT ${MAX_FAR_NEIGHBOURS}`,
      [ownerId, days, exceptEventIds, week],
    );
    return rows.map(({ until, ...row }) => ({ until, ...toNeighbour(row) }));
  }

  /** Returns the ids of the all-day events that occupy an owner's time, if the owner has another zone than the given one. */
  async listAllDayOutside(tx: Transaction, ownerId: string, zone: string): Promise<string[]> {
    const rows = await tx.query<{ eventId: string }>(
      `SELECT e.id AS "eventId" FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = $1 AND e.all_day AND EXISTS (SELECT FROM users WHERE id = $1 AND time_zone <> $2)`,
      [ownerId, zone],
    );
    return rows.map(({ eventId }) => eventId);
  }

  /** Returns the content of events, as it is stored. */
  async listContents(tx: Transaction, eventIds: string[]): Promise<{ eventId: string; content: EventContent }[]> {
    const rows = await tx.query<{ eventId: string } & EventContent>(
      `SELECT e.id AS "eventId", ${selectContent('e')} FROM events e WHERE e.id = ANY($1)`,
      [eventIds],
    );
    return rows.map(({ eventId, ...content }) => ({ eventId, content }));
  }

  /** Returns what is stored of all-day events, by id. @param after the last one before */
  listStoredAllDay(after: string, limit: number): Promise<StoredDays[]> {
    return this.database.query(
      `SELECT e.id AS "eventId", u.time_zone AS zone, extract(epoch FROM lower(o.busy))::float8 AS start,
              extract(epoch FROM upper(o.busy))::float8 AS end
         FROM events e JOIN event_occupancy o ON o.event_id = e.id JOIN users u ON u.id = o.owner_id
        WHERE e.all_day AND e.id > $1 ORDER BY e.id LIMIT $2`,
      [after, limit],
    );
  }

  /** Lets the exclusion constraint see those of an owner's events that no other overlaps. */
  constrain(tx: Transaction, ownerId: string, eventIds: string[]): void {
    tx.write(
      `UPDATE event_occupancy o SET rejects = true
        WHERE o.event_id = ANY($2) AND NOT o.rejects
          AND NOT EXISTS (SELECT FROM event_occupancy other
                           WHERE other.owner_id = $1 AND other.event_id <> o.event_id AND other.span && o.span
                             AND CASE WHEN bit_count(other.week & o.week) > 0 THEN other.busy && o.busy END)`,
      [ownerId, eventIds],
    );
  }

  vacate(tx: Transaction, eventId: string): void {
    tx.write(`DELETE FROM event_occupancy WHERE event_id = $1`, [eventId]);
  }

  /** Returns the given events of an owner that a person may see. */
  async listVisible(tx: Transaction, ownerId: string, eventIds: string[], userId: string): Promise<Set<string>> {
    if (eventIds.length === 0 || userId === ownerId) return new Set(eventIds);
    const rows = await tx.query<{ eventId: string }>(
      `SELECT event_id AS "eventId" FROM event_permissions WHERE event_id = ANY($1) AND user_id = $2`,
      [eventIds, userId],
    );
    return new Set(rows.map((row) => row.eventId));
  }
}

const toNeighbour = ({ eventId, ...row }: NeighbourRow): Neighbour => ({ eventId, content: toOccupying(row) });

const INTERVAL = /\["(\S+) (\S+)\+00","(\S+) (\S+)\+00"\)/g;

/** Reads the complete intervals at the beginning of a multirange's text, in UTC. */
function readIntervals(text: string): Interval[] {
  const seconds = (date?: string, time?: string): number => Date.parse(`${date}T${time}Z`) / 1_000;
  const intervals = [...text.matchAll(INTERVAL)].map(([, date, time, endDate, endTime]) => ({
    start: seconds(date, time),
    end: seconds(endDate, endTime),
  }));
  // An overlap that cannot be read must not be treated as none.
  if (intervals.length === 0) throw new Error(`Not a multirange in UTC: ${text.slice(0, 80)}`);
  return intervals;
}
