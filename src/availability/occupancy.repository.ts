import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { violatesExclusion } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import { type EventContent, selectContent } from '../content/event-content.js';
import { type Interval, multirange, type Occupancy, weekMask } from './occupancy.js';

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

/** A neighbour that goes on after the time up to which it is noted (epoch seconds). */
export interface FarNeighbour extends Neighbour {
  until: number;
}

/** The owner's time was taken between check and write: only possible when a writer forgot the lock. */
export class TimeTaken extends Error {}

/** The content of an event from a row `e` of `events`. */
export const CONTENT = selectContent('e');

type NeighbourRow = { eventId: string } & EventContent;

const MAX_FAR_NEIGHBOURS = 20;
const MAX_OVERLAPS = 50;
const MAX_STRETCHES = 50;
/** Characters of one stretch in PostgreSQL's text of a multirange. */
const STRETCH_TEXT = 54;

/** The `event_occupancy` table: which time each busy event takes from its owner. */
@Injectable()
export class OccupancyRepository {
  constructor(private readonly dataSource: DataSource) {}

  async listOverlaps(tx: Transaction, ownerId: string, busy: Interval[], exceptEventId: string): Promise<Overlap[]> {
    if (busy.length === 0) return [];
    // The sieves come first: `busy` is long, and only read, once, of what passes them.
    const rows = await tx.query<NeighbourRow & { shared: string }>(
      `SELECT e.id AS "eventId", left(met.shared::text, ${MAX_STRETCHES * STRETCH_TEXT}) AS shared, ${CONTENT}
         FROM (SELECT o.event_id, both_busy.shared
                 FROM event_occupancy o,
                      LATERAL (SELECT CASE WHEN bit_count(o.week & $4::bit(336)) > 0 THEN o.busy * $2::tstzmultirange
                                      ELSE '{}' END AS shared OFFSET 0) AS both_busy
                WHERE o.owner_id = $1 AND o.span && range_merge($2::tstzmultirange) AND o.event_id <> $3
                  AND NOT isempty(both_busy.shared)
                ORDER BY lower(both_busy.shared), o.event_id
                LIMIT ${MAX_OVERLAPS}) AS met
         JOIN events e ON e.id = met.event_id`,
      [ownerId, multirange(busy), exceptEventId, weekMask(busy)],
    );
    return rows.map(({ shared, ...row }) => ({ ...neighbour(row), shared: stretchesIn(shared) }));
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
        `INSERT INTO event_occupancy (event_id, owner_id, busy, rejects, busy_until, far_days, week)
         VALUES ($1, $2, $3::tstzmultirange, $4, $5, $6::bit varying, $7::bit(336))
         ON CONFLICT (event_id) DO UPDATE
           SET owner_id = excluded.owner_id, busy = excluded.busy, rejects = excluded.rejects,
               busy_until = excluded.busy_until, far_days = excluded.far_days, week = excluded.week`,
        [
          eventId,
          ownerId,
          multirange(busy),
          rejects,
          until === null ? null : new Date(until * 1_000),
          farDays,
          weekMask(busy),
        ],
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

  /** Other series of the owner that go on in a window after what is noted of them, with the end of that. */
  async listGoingOn(
    tx: Transaction,
    ownerId: string,
    window: Interval,
    exceptEventId: string,
  ): Promise<FarNeighbour[]> {
    const until = new Date(window.end * 1_000);
    // Hardly ever any, so their content is not asked for at once: planning a join is most of what this costs.
    const ending = await tx.query<{ eventId: string }>(
      `SELECT event_id AS "eventId" FROM event_occupancy WHERE owner_id = $1 AND busy_until < $2 AND event_id <> $3`,
      [ownerId, until, exceptEventId],
    );
    if (ending.length === 0) return [];
    const rows = await tx.query<NeighbourRow & { until: number }>(
      `SELECT o.event_id AS "eventId", extract(epoch FROM o.busy_until)::float8 AS until, ${CONTENT}
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.event_id = ANY($1) AND e.first_start < $3 AND (e.last_end IS NULL OR e.last_end > $2)`,
      [ending.map((one) => one.eventId), new Date(window.start * 1_000), until],
    );
    return rows.map(({ until: noted, ...row }) => ({ ...neighbour(row), until: noted }));
  }

  /** What the owner is busy with in a window, without one event. */
  listBusy(tx: Transaction, ownerId: string, window: Interval, exceptEventId: string): Promise<Interval[]> {
    return tx.query<Interval>(
      `SELECT extract(epoch FROM lower(stretch))::bigint AS start, extract(epoch FROM upper(stretch))::bigint AS end
         FROM event_occupancy o, unnest(o.busy * $2::tstzmultirange) AS stretch
        WHERE o.owner_id = $1 AND o.span && range_merge($2::tstzmultirange) AND o.event_id <> $3`,
      [ownerId, multirange([window]), exceptEventId],
    );
  }

  /**
   * What there is for an endless booking to meet where the main check doesn't look: `later`, other series that are noted
   * only up to an instant; `known`, anything noted after the booking's own horizon (epoch seconds).
   */
  async findFarKinds(
    tx: Transaction,
    ownerId: string,
    until: number,
    exceptEventId: string,
  ): Promise<{ later: boolean; known: boolean }> {
    const [row] = await tx.query<{ later: boolean; known: boolean }>(
      `SELECT EXISTS (SELECT FROM event_occupancy
                       WHERE owner_id = $1 AND event_id <> $2 AND busy_until IS NOT NULL) AS later,
              EXISTS (SELECT FROM event_occupancy
                       WHERE owner_id = $1 AND event_id <> $2 AND span && tstzrange($3, 'infinity')) AS known`,
      [ownerId, exceptEventId, new Date(until * 1_000)],
    );
    return row!;
  }

  /** Other series that go on after what is noted of them, and share a day of later years. */
  async listFarNeighbours(
    tx: Transaction,
    ownerId: string,
    farDays: string,
    exceptEventId: string,
  ): Promise<FarNeighbour[]> {
    const rows = await tx.query<NeighbourRow & { until: number }>(
      `SELECT o.event_id AS "eventId", extract(epoch FROM o.busy_until)::float8 AS until, ${CONTENT}
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = $1 AND o.event_id <> $3 AND bit_count(o.far_days & $2::bit varying) > 0
        LIMIT ${MAX_FAR_NEIGHBOURS}`,
      [ownerId, farDays, exceptEventId],
    );
    return rows.map(({ until, ...row }) => ({ ...neighbour(row), until }));
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

const neighbour = ({ eventId, ...content }: NeighbourRow): Neighbour => ({
  eventId,
  content,
});

const STRETCH = /\["(\S+) (\S+)\+00","(\S+) (\S+)\+00"\)/g;

/** The whole stretches at the beginning of a multirange's text, in UTC. */
function stretchesIn(text: string): Interval[] {
  const seconds = (date?: string, time?: string): number => Date.parse(`${date}T${time}Z`) / 1_000;
  const stretches = [...text.matchAll(STRETCH)].map(([, date, time, endDate, endTime]) => ({
    start: seconds(date, time),
    end: seconds(endDate, endTime),
  }));
  // An overlap that cannot be read must never pass for none.
  if (stretches.length === 0) throw new Error(`Not a multirange in UTC: ${text.slice(0, 80)}`);
  return stretches;
}
