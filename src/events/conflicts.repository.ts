import { Injectable } from '@nestjs/common';
import { violatesExclusion } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { EventContent } from './event-content.js';
import { type Interval, multirange } from './occupancy.js';

/** Another event of the same owner, and where the two overlap. */
export interface Overlap {
  eventId: string;
  content: EventContent;
  /** The first stretches that both occupy, in order. */
  shared: Interval[];
}

/** The owner's time was taken between check and write: only possible when a writer forgot the lock. */
export class TimeTaken extends Error {}

const MOST_OVERLAPS = 50;
const MOST_STRETCHES = 20;

/** The `event_occupancy` table: which time each busy event takes from its owner. */
@Injectable()
export class ConflictsRepository {
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
    return tx.query<Overlap>(
      `SELECT o.event_id AS "eventId",
              jsonb_build_object(
                'title', e.title, 'startTime', e.start_time, 'endTime', e.end_time, 'localStart', e.local_start,
                'localEnd', e.local_end, 'timeZone', e.time_zone, 'allDay', e.all_day, 'rrule', e.rrule,
                'excluded', e.excluded, 'added', e.added, 'overrides', e.overrides, 'showAs', e.show_as) AS content,
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
  }

  /**
   * Notes the time an event takes; none removes the note. `rejects`: it was stored on the understanding that nothing
   * overlaps it, which an exclusion constraint then holds against every other such event.
   * @throws TimeTaken
   */
  async occupy(tx: Transaction, eventId: string, ownerId: string, busy: Interval[], rejects: boolean): Promise<void> {
    if (busy.length === 0) return this.vacate(tx, eventId);
    try {
      await tx.query(
        `INSERT INTO event_occupancy (event_id, owner_id, busy, rejects) VALUES ($1, $2, $3::tstzmultirange, $4)
         ON CONFLICT (event_id) DO UPDATE
           SET owner_id = excluded.owner_id, busy = excluded.busy, rejects = excluded.rejects`,
        [eventId, ownerId, multirange(busy), rejects],
      );
    } catch (error) {
      throw violatesExclusion(error, 'event_occupancy_no_overlap') ? new TimeTaken() : error;
    }
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
