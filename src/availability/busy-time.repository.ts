import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { CONTENT } from './occupancy.repository.js';
import type { EventContent } from '../content/event-content.js';
import { type Interval, toMultirange } from './occupancy.js';

/** The busy time of one person, in no particular order. */
export interface BusyIntervals {
  ownerId: string;
  /** Start and end in epoch seconds. */
  intervals: [number, number][];
}

/** A series whose occupancy is stored for only a part of the window. */
export interface UnstoredSeries {
  ownerId: string;
  content: EventContent;
  /** The rest of the window (epoch seconds), for which the occupancy has to be computed. */
  missing: Interval;
}

interface SeriesRow extends EventContent {
  ownerId: string;
  /** Bounds of the stored occupancy in epoch seconds; null when it is unbounded or empty. */
  storedFrom: number | null;
  storedUntil: number | null;
}

const BOUNDS = `extract(epoch FROM lower(o.busy))::bigint AS "storedFrom", extract(epoch FROM o.busy_until)::bigint AS "storedUntil"`;

/** Reads the `event_occupancy` of several people, and the series that continue beyond it. */
@Injectable()
export class BusyTimeRepository {
  constructor(private readonly database: Database) {}

  /**
   * Returns the stored occupancy within the window, merged per person. At most `limit` intervals in all. That of a series is
   * read once, since reading it is most of the cost: what is not in the window adds nothing.
   */
  listStored(ownerIds: string[], window: Interval, limit: number): Promise<BusyIntervals[]> {
    return this.database.query<BusyIntervals>(
      `SELECT owner_id AS "ownerId",
              json_agg(json_build_array(extract(epoch FROM lower(part))::bigint, extract(epoch FROM upper(part))::bigint))
                AS intervals
         FROM (SELECT person.id AS owner_id, unnest(busy.parts) AS part
                 FROM unnest($1::uuid[]) AS person (id)
                CROSS JOIN LATERAL (
                  SELECT range_agg(o.busy * $2::tstzmultirange) AS parts FROM event_occupancy o
                   WHERE o.owner_id = person.id AND o.span && range_merge($2::tstzmultirange)) AS busy
                LIMIT $3) AS found
        GROUP BY owner_id`,
      [ownerIds, toMultirange([window]), limit],
    );
  }

  /** Returns the series that continue in the window after their stored occupancy. */
  async listBeyond(ownerIds: string[], window: Interval, limit: number): Promise<UnstoredSeries[]> {
    const rows = await this.database.query<SeriesRow>(
      `SELECT o.owner_id AS "ownerId", ${BOUNDS}, ${CONTENT}
         FROM unnest($1::uuid[]) AS person (id)
         JOIN event_occupancy o ON o.owner_id = person.id AND o.busy_until < upper($2::tstzrange)
         JOIN events e ON e.id = o.event_id
        WHERE e.deleted_at IS NULL AND e.first_start < upper($2::tstzrange)
          AND (e.last_end IS NULL OR e.last_end > lower($2::tstzrange))
        LIMIT $3`,
      [ownerIds, toRange(window), limit],
    );
    return rows.map((row) => ({
      ...toUnstored(row),
      missing: { start: Math.max(window.start, row.storedUntil ?? window.start), end: window.end },
    }));
  }

  /** Returns the series with occurrences in the window before their stored occupancy: that of long ones begins late. */
  async listBefore(ownerIds: string[], window: Interval, limit: number): Promise<UnstoredSeries[]> {
    const rows = await this.database.query<SeriesRow>(
      `SELECT p.user_id AS "ownerId", ${BOUNDS}, ${CONTENT}
         FROM unnest($1::uuid[]) AS person (id)
         JOIN visible_spans v ON v.user_id = person.id AND v.kind = 2 AND v.span && $2::tstzrange
         JOIN event_permissions p ON p.event_id = v.event_id AND p.user_id = person.id AND p.role = 'owner'
         JOIN events e ON e.id = v.event_id
         LEFT JOIN event_occupancy o ON o.event_id = e.id
        WHERE (e.show_as = 'busy' OR e.overrides @> '[{"showAs": "busy"}]')
          AND (o.event_id IS NULL OR isempty(o.busy) OR lower(o.busy) > greatest(e.first_start, lower($2::tstzrange)))
        LIMIT $3`,
      [ownerIds, toRange(window), limit],
    );
    return rows.map((row) => ({
      ...toUnstored(row),
      missing: { start: window.start, end: Math.min(window.end, row.storedFrom ?? window.end) },
    }));
  }
}

const toRange = ({ start, end }: Interval): string => toMultirange([{ start, end }]).slice(1, -1);

const toUnstored = ({
  ownerId,
  storedFrom: _from,
  storedUntil: _until,
  ...content
}: SeriesRow): Pick<UnstoredSeries, 'ownerId' | 'content'> => ({ ownerId, content });
