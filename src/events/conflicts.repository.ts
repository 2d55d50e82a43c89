import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { violatesExclusion } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { EventContent } from './event-content.js';
import { type Interval, multirange, type Occupancy } from './occupancy.js';

/** Another event of the same owner. */
export interface Neighbour {
  eventId: string;
  content: EventContent;
}

/** A neighbour, and where the two overlap. */
export interface Overlap extends Neighbour {
  /** The first stretches that both occupy, in order. */
  shared: Interval[];
}

/** The owner's time was taken between check and write: only possible when a writer forgot the lock. */
export class TimeTaken extends Error {}

/** The content of an event as JSON; instants are still text in it. */
export const CONTENT = `jsonb_build_object(
  'title', e.title, 'startTime', e.start_time, 'endTime', e.end_time, 'localStart', e.local_start,
  'localEnd', e.local_end, 'timeZone', e.time_zone, 'allDay', e.all_day, 'rrule', e.rrule, 'excluded', e.excluded,
  'added', e.added, 'overrides', e.overrides, 'showAs', e.show_as)`;

const MOST_FAR_NEIGHBOURS = 20;
const MOST_OVERLAPS = 50;
const MOST_STRETCHES = 20;

/** The `event_occupancy` table: which time each busy event takes from its owner. */
@Injectable()
export class ConflictsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes writers of these people's time take turns until the transaction ends. Taken before any row lock, and always
   * in the same order, so that no two writers ever wait for one another.
   */
  async lockTime(tx: Transaction, ownerIds: string[]): Promise<void> {
    const ordered = [...new Set(ownerIds)].sort();
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended(owner, 0)) FROM unnest($1::text[]) AS owner`, [
      ordered,
    ]);
  }

  async listOverlaps(tx: Transaction, ownerId: string, busy: Interval[], exceptEventId: string): Promise<Overlap[]> {
    const rows = await tx.query<Overlap>(
      `SELECT o.event_id AS "eventId",
              ${CONTENT} AS content,
              (SELECT jsonb_agg(jsonb_build_object(
                        'start', extract(epoch FROM lower(stretch))::bigint, 'end', extract(epoch FROM upper(stretch))::bigint)
                        ORDER BY stretch)
                 FROM (SELECT stretch FROM unnest(o.busy * $2::tstzmultirange) AS stretch
                        ORDER BY stretch LIMIT ${MOST_STRETCHES}) AS first) AS shared
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = $1 AND o.busy && $2::tstzmultirange AND o.event_id <> $3
        ORDER BY lower(o.busy * $2::tstzmultirange), o.event_id
        LIMIT ${MOST_OVERLAPS}`,
      [ownerId, multirange(busy), exceptEventId],
    );
    return rows.map(revived);
  }

  /**
   * Notes the time an event takes; none removes the note. `rejects`: it was stored on the understanding that nothing
   * overlaps it, which an exclusion constraint then holds against every other such event.
   * @param farDays for a series that goes on after `until`: the days of later years, as a bit string
   * @throws TimeTaken
   */
  async occupy(
    tx: Transaction,
    eventId: string,
    ownerId: string,
    { busy, until }: Occupancy,
    rejects: boolean,
    farDays: string | null,
  ): Promise<void> {
    // A series may take no time before the horizon and some beyond it.
    if (busy.length === 0 && until === null) return this.vacate(tx, eventId);
    try {
      await tx.query(
        `INSERT INTO event_occupancy (event_id, owner_id, busy, rejects, busy_until, far_days)
         VALUES ($1, $2, $3::tstzmultirange, $4, $5, $6::bit varying)
         ON CONFLICT (event_id) DO UPDATE
           SET owner_id = excluded.owner_id, busy = excluded.busy, rejects = excluded.rejects,
               busy_until = excluded.busy_until, far_days = excluded.far_days`,
        [eventId, ownerId, multirange(busy), rejects, until === null ? null : new Date(until * 1_000), farDays],
      );
    } catch (error) {
      throw violatesExclusion(error, 'event_occupancy_no_overlap') ? new TimeTaken() : error;
    }
  }

  /** Whether exactly this is noted as the time that an event takes. */
  async isOccupying(tx: Transaction, eventId: string, busy: Interval[]): Promise<boolean> {
    const [row] = await tx.query<{ same: boolean }>(
      `SELECT coalesce((SELECT busy FROM event_occupancy WHERE event_id = $1), '{}') = $2::tstzmultirange AS same`,
      [eventId, multirange(busy)],
    );
    return row?.same ?? false;
  }

  /** Series that are known up to an instant at most, in order of their id. */
  async listDue(before: Date, after: string | null, limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ eventId: string }[]>(
      `SELECT event_id AS "eventId" FROM event_occupancy
        WHERE busy_until < $1 AND ($2::uuid IS NULL OR event_id > $2) ORDER BY event_id LIMIT $3`,
      [before, after, limit],
    );
    return rows.map((row) => row.eventId);
  }

  /** What the owner is busy with in a window, without one event. */
  listBusy(tx: Transaction, ownerId: string, window: Interval, exceptEventId: string): Promise<Interval[]> {
    return tx.query<Interval>(
      `SELECT extract(epoch FROM lower(stretch))::bigint AS start, extract(epoch FROM upper(stretch))::bigint AS end
         FROM event_occupancy o, unnest(o.busy * $2::tstzmultirange) AS stretch
        WHERE o.owner_id = $1 AND o.busy && $2::tstzmultirange AND o.event_id <> $3`,
      [ownerId, multirange([window]), exceptEventId],
    );
  }

  /** Other series of the owner that go on in a window after what is noted of them, with the end of that. */
  async listGoingOn(
    tx: Transaction,
    ownerId: string,
    window: Interval,
    exceptEventId: string,
  ): Promise<(Neighbour & { until: number })[]> {
    const rows = await tx.query<Neighbour & { until: number }>(
      `SELECT o.event_id AS "eventId", ${CONTENT} AS content, extract(epoch FROM o.busy_until)::bigint AS until
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = $1 AND o.event_id <> $4 AND o.busy_until < $3
          AND e.first_start < $3 AND (e.last_end IS NULL OR e.last_end > $2)`,
      [ownerId, new Date(window.start * 1_000), new Date(window.end * 1_000), exceptEventId],
    );
    return rows.map(revived);
  }

  /** Other series of the owner that go on beyond the horizon and share a day of later years. */
  async listFarNeighbours(
    tx: Transaction,
    ownerId: string,
    farDays: string,
    exceptEventId: string,
  ): Promise<Neighbour[]> {
    const rows = await tx.query<Neighbour>(
      `SELECT o.event_id AS "eventId", ${CONTENT} AS content
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = $1 AND o.event_id <> $3 AND o.far_days IS NOT NULL
          AND bit_count(o.far_days & $2::bit varying) > 0
        LIMIT ${MOST_FAR_NEIGHBOURS}`,
      [ownerId, farDays, exceptEventId],
    );
    return rows.map(revived);
  }

  async vacate(tx: Transaction, eventId: string): Promise<void> {
    await tx.query(`DELETE FROM event_occupancy WHERE event_id = $1`, [eventId]);
  }

  /** Which of the events the person may see. */
  async listVisible(tx: Transaction, eventIds: string[], userId: string): Promise<Set<string>> {
    const rows = await tx.query<{ eventId: string }>(
      `SELECT event_id AS "eventId" FROM event_permissions WHERE event_id = ANY($1) AND user_id = $2`,
      [eventIds, userId],
    );
    return new Set(rows.map((row) => row.eventId));
  }
}

/** JSON knows no dates. */
export function revived<Row extends { content: EventContent }>(row: Row): Row {
  const { startTime, endTime } = row.content;
  const content = { ...row.content, startTime: new Date(startTime), endTime: new Date(endTime), deletedAt: null };
  return { ...row, content };
}
