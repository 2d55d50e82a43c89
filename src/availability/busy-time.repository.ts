import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { CONTENT } from './occupancy.repository.js';
import type { EventContent } from '../content/event-content.js';
import { type Interval, multirange } from './occupancy.js';

/** Stretches of one person's time, in no particular order. */
export interface BusyStretches {
  ownerId: string;
  /** Start and end in epoch seconds. */
  stretches: [number, number][];
}

/** A series of which a part of the window is not in `event_occupancy`. */
export interface UnstoredSeries {
  ownerId: string;
  content: EventContent;
  /** The part of the window (epoch seconds) that has to be computed. */
  missing: Interval;
}

interface SeriesRow extends EventContent {
  ownerId: string;
  /** What is stored of the series, epoch seconds; null without a bound, or when nothing is. */
  storedFrom: number | null;
  storedUntil: number | null;
}

const BOUNDS = `extract(epoch FROM lower(o.busy))::bigint AS "storedFrom", extract(epoch FROM o.busy_until)::bigint AS "storedUntil"`;
const IN_WINDOW = `e.deleted_at IS NULL AND e.first_start < upper($2::tstzrange) AND (e.last_end IS NULL OR e.last_end > lower($2::tstzrange))`;

/** Reads of several people's `event_occupancy`, and of the series that reach beyond it. */
@Injectable()
export class BusyTimeRepository {
  constructor(private readonly manager: EntityManager) {}

  /** What is stored within the window, the stretches of one person run together. At most `limit` stretches in all. */
  listStored(ownerIds: string[], window: Interval, limit: number): Promise<BusyStretches[]> {
    return this.manager.query<BusyStretches[]>(
      `SELECT owner_id AS "ownerId",
              json_agg(json_build_array(extract(epoch FROM lower(stretch))::bigint, extract(epoch FROM upper(stretch))::bigint))
                AS stretches
         FROM (SELECT owner_id, unnest(range_agg(busy * $2::tstzmultirange)) AS stretch
                 FROM event_occupancy
                WHERE owner_id = ANY($1) AND busy && $2::tstzmultirange
                GROUP BY owner_id
                LIMIT $3) AS found
        GROUP BY owner_id`,
      [ownerIds, multirange([window]), limit],
    );
  }

  /** Series that go on in the window after what is stored of them. */
  async listBeyond(ownerIds: string[], window: Interval, limit: number): Promise<UnstoredSeries[]> {
    const rows = await this.manager.query<SeriesRow[]>(
      `SELECT o.owner_id AS "ownerId", ${BOUNDS}, ${CONTENT}
         FROM event_occupancy o JOIN events e ON e.id = o.event_id
        WHERE o.owner_id = ANY($1) AND o.busy_until < upper($2::tstzrange) AND ${IN_WINDOW}
        LIMIT $3`,
      [ownerIds, range(window), limit],
    );
    return rows.map((row) => ({
      ...unstored(row),
      missing: { start: Math.max(window.start, row.storedUntil ?? window.start), end: window.end },
    }));
  }

  /** Series that were going on in the window before what is stored of them: of long ones the distant past is not kept. */
  async listBefore(ownerIds: string[], window: Interval, limit: number): Promise<UnstoredSeries[]> {
    const rows = await this.manager.query<SeriesRow[]>(
      `SELECT p.user_id AS "ownerId", ${BOUNDS}, ${CONTENT}
         FROM event_permissions p
         JOIN events e ON e.id = p.event_id
         LEFT JOIN event_occupancy o ON o.event_id = e.id
        WHERE p.user_id = ANY($1) AND p.role = 'owner'
          AND (e.show_as = 'busy' OR e.overrides @> '[{"showAs": "busy"}]') AND (e.rrule IS NOT NULL OR e.added <> '[]') AND ${IN_WINDOW}
          AND (o.event_id IS NULL OR isempty(o.busy) OR lower(o.busy) > greatest(e.first_start, lower($2::tstzrange)))
        LIMIT $3`,
      [ownerIds, range(window), limit],
    );
    return rows.map((row) => ({
      ...unstored(row),
      missing: { start: window.start, end: Math.min(window.end, row.storedFrom ?? window.end) },
    }));
  }
}

const range = ({ start, end }: Interval): string => multirange([{ start, end }]).slice(1, -1);

const unstored = ({
  ownerId,
  storedFrom: _from,
  storedUntil: _until,
  ...content
}: SeriesRow): Pick<UnstoredSeries, 'ownerId' | 'content'> => ({ ownerId, content });
