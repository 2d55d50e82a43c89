import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { Queryable } from '../platform/database/database.js';
import { forEachPart } from '../platform/hooks/map-in-parts.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { widenedBounds, type OccupyingRow, selectOccupying, toOccupying } from './occupancy.repository.js';
import type { EventContent } from '../content/event-content.js';
import { dayFromCivil } from '../time/calendar-day.js';
import { SECONDS_IN_DAY } from '../time/local-time.js';
import { BusyYears, type Times } from './busy-years.js';
import { mergeIntervals } from './free-slots.js';
import { type Interval, toMultirange } from './occupancy.js';

/** The busy time of one person, in order and merged. */
export interface BusyIntervals {
  ownerId: string;
  intervals: Interval[];
}

/** What is stored of one person: the time that short events occupy, and the versions of long ones. */
interface StoredRow {
  ownerId: string;
  intervals: Times[] | null;
  /** How many events are long. */
  count: number;
  /** Null for none, and for too many. */
  versions: string[] | null;
  /** When PostgreSQL started; null without versions. */
  startedAt: string | null;
}

/** A series whose occupancy is stored for only a part of the window. */
export interface UnstoredSeries {
  ownerId: string;
  content: EventContent;
  /** The rest of the window (epoch seconds), for which the occupancy has to be computed. */
  missing: Interval;
}

interface SeriesRow extends OccupyingRow {
  ownerId: string;
  /** Bounds of the stored occupancy in epoch seconds; null when it is unbounded or empty. */
  storedFrom: number | null;
  storedUntil: number | null;
}

const BOUNDS = `extract(epoch FROM lower(o.busy))::bigint AS "storedFrom", extract(epoch FROM o.busy_until)::bigint AS "storedUntil"`;

/** The size of a long row, its event, and what names this version of it: PostgreSQL writes another one for every change. */
const VERSION = `concat_ws(' ', pg_column_size(o.busy), o.event_id, o.ctid, o.xmin)`;
const sizeOf = (version: string): number => Number(version.slice(0, version.indexOf(' ')));
const eventOf = (version: string): string => version.split(' ', 2)[1]!;
const TIMES = `json_agg(json_build_array(extract(epoch FROM lower(part))::bigint, extract(epoch FROM upper(part))::bigint))`;

/** Bytes. Longer times are stored apart from their row, and reading them takes as long as reading the rows of ten events. */
const LONG = 2_000;
/** Above ten years of every day: such a series may have all that is stored in one year. */
const TOO_LONG = 100_000;
const IS_LONG = `pg_column_size(o.busy) BETWEEN ${LONG} AND ${TOO_LONG}`;
/** So many that reading a year of each holds nobody up. */
const VERSIONS_PER_READ = 20;

/** Reads the `event_occupancy` of several people, and the series that continue beyond it. */
@Injectable()
export class BusyTimeRepository {
  /** What is remembered serves up to so many events and intervals of one question; and so many bytes are read for it. */
  readonly limits = { versions: 5_000, intervals: 20_000, bytes: 16_000_000 };
  private readonly known = new BusyYears();
  private readonly lookups: Counter<'result'>;

  constructor({ registry }: Metrics) {
    this.lookups = new Counter({
      name: 'convene_busy_time_cache_total',
      help: 'Look-ups of the busy time of series, by whether the cache had it.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['hit', 'miss']) this.lookups.inc({ result }, 0);
  }

  /**
   * Returns the stored occupancy within the window, clipped to it. At most `limit` intervals in all.
   * @param queries see one state of the database
   */
  async listStored(queries: Queryable, ownerIds: string[], window: Interval, limit: number): Promise<BusyIntervals[]> {
    const years = yearsAround(window);
    const limitEach = Math.ceil(limit / Math.max(1, ownerIds.length));
    const stored = years && (await this.listWithVersions(queries, ownerIds, window, limitEach));
    const isWhole = stored?.every(({ intervals }) => intervals === null || intervals.length < limitEach);
    const found = isWhole && (await this.addLong(queries, stored!, years!, window));
    return found || this.listWhole(queries, ownerIds, window, limit);
  }

  /** Adds what long events occupy, and learns what is not known. Returns null when that is too much. */
  private async addLong(
    queries: Queryable,
    stored: StoredRow[],
    years: Interval,
    window: Interval,
  ): Promise<BusyIntervals[] | null> {
    if (stored.reduce((sum, { count }) => sum + count, 0) > this.limits.versions) return null;
    const startedAt = stored.find((row) => row.startedAt !== null)?.startedAt;
    if (startedAt) {
      this.known.keepSince(startedAt);
      await this.learn(
        queries,
        stored.flatMap(({ versions }) => versions ?? []),
        years,
      );
    }
    let left = this.limits.intervals;
    const result: BusyIntervals[] = [];
    for (const { ownerId, intervals, versions } of stored) {
      const busy = toIntervals(intervals ?? []);
      for (const version of versions ?? []) {
        const found = this.known.find(version, years, window);
        left -= found?.length ?? 0;
        if (found === null || left < 0) return null;
        busy.push(...found);
      }
      result.push({ ownerId, intervals: mergeIntervals(busy) });
    }
    return result;
  }

  /** Reads what short events occupy, at most `limitEach` intervals per person, and which versions the long ones have. */
  private listWithVersions(
    queries: Queryable,
    ownerIds: string[],
    window: Interval,
    limitEach: number,
  ): Promise<StoredRow[]> {
    return queries.query<StoredRow>(
      `SELECT person.id AS "ownerId", busy.count::int, busy.versions,
              (SELECT ${TIMES} FROM (SELECT unnest(busy.parts) AS part LIMIT $3) AS found) AS intervals,
              CASE WHEN busy.count > 0 THEN pg_postmaster_start_time()::text END AS "startedAt"
         FROM unnest($1::uuid[]) AS person (id)
        CROSS JOIN LATERAL (
          SELECT range_agg(o.busy * $2::tstzmultirange) FILTER (WHERE NOT ${IS_LONG}) AS parts,
                 count(*) FILTER (WHERE ${IS_LONG}) AS count,
                 CASE WHEN count(*) FILTER (WHERE ${IS_LONG}) <= $4
                      THEN json_agg(${VERSION}) FILTER (WHERE ${IS_LONG}) END AS versions
            FROM event_occupancy o
           WHERE o.owner_id = person.id AND o.span && range_merge($2::tstzmultirange)) AS busy`,
      [ownerIds, toMultirange([window]), limitEach, this.limits.versions],
    );
  }

  /** Reads what versions that are not known occupy in some years, as far as it is not too much. */
  private async learn(queries: Queryable, versions: string[], years: Interval): Promise<void> {
    const unknown = versions.filter((version) => !this.known.has(version, years));
    this.lookups.inc({ result: 'hit' }, versions.length - unknown.length);
    this.lookups.inc({ result: 'miss' }, unknown.length);
    let bytes = 0;
    const read = unknown.filter((version) => (bytes += sizeOf(version)) <= this.limits.bytes);
    await forEachPart(read, VERSIONS_PER_READ, async (part) => {
      const rows = await queries.query<{ version: string; busy: Times[] | null }>(
        `SELECT ${VERSION} AS version, (SELECT ${TIMES} FROM unnest(o.busy * $2::tstzmultirange) AS part) AS busy
           FROM event_occupancy o WHERE o.event_id = ANY($1)`,
        [part.map(eventOf), toMultirange([years])],
      );
      for (const { version, busy } of rows) this.known.store(version, years, busy ?? []);
    });
  }

  /** Reads all that is stored from the table. That of a series is read once: what is not in the window adds nothing. */
  private async listWhole(
    queries: Queryable,
    ownerIds: string[],
    window: Interval,
    limit: number,
  ): Promise<BusyIntervals[]> {
    const rows = await queries.query<{ ownerId: string; intervals: Times[] }>(
      `SELECT owner_id AS "ownerId", ${TIMES} AS intervals
         FROM (SELECT person.id AS owner_id, unnest(busy.parts) AS part
                 FROM unnest($1::uuid[]) AS person (id)
                CROSS JOIN LATERAL (
                  SELECT range_agg(o.busy * $2::tstzmultirange) AS parts FROM event_occupancy o
                   WHERE o.owner_id = person.id AND o.span && range_merge($2::tstzmultirange)) AS busy
                LIMIT $3) AS found
        GROUP BY owner_id`,
      [ownerIds, toMultirange([window]), limit],
    );
    return rows.map(({ ownerId, intervals }) => ({ ownerId, intervals: toIntervals(intervals) }));
  }

  /** Returns the events, usually series, that continue in the window after their stored occupancy. */
  async listBeyond(queries: Queryable, ownerIds: string[], window: Interval, limit: number): Promise<UnstoredSeries[]> {
    const rows = await queries.query<SeriesRow>(
      `SELECT o.owner_id AS "ownerId", ${BOUNDS}, ${selectOccupying('o.owner_id')}
         FROM unnest($1::uuid[]) AS person (id)
         JOIN event_occupancy o ON o.owner_id = person.id AND o.busy_until < upper($2::tstzrange)
         JOIN events e ON e.id = o.event_id
        WHERE e.deleted_at IS NULL AND e.first_start < $5 AND (e.last_end IS NULL OR e.last_end > $4)
        LIMIT $3`,
      [ownerIds, toRange(window), limit, ...widenedBounds(window)],
    );
    return rows.map((row) => ({
      ...toUnstored(row),
      missing: { start: Math.max(window.start, row.storedUntil ?? window.start), end: window.end },
    }));
  }

  /** Returns the series with occurrences in the window before their stored occupancy: that of long ones begins late. */
  async listBefore(queries: Queryable, ownerIds: string[], window: Interval, limit: number): Promise<UnstoredSeries[]> {
    const rows = await queries.query<SeriesRow>(
      `SELECT p.user_id AS "ownerId", ${BOUNDS}, ${selectOccupying('p.user_id')}
         FROM unnest($1::uuid[]) AS person (id)
         JOIN visible_spans v ON v.user_id = person.id AND v.kind = 2 AND v.span && tstzrange($4, $5)
         JOIN event_permissions p ON p.event_id = v.event_id AND p.user_id = person.id AND p.role = 'owner'
         JOIN events e ON e.id = v.event_id
         LEFT JOIN event_occupancy o ON o.event_id = e.id
        WHERE (e.show_as = 'busy' OR e.overrides @> '[{"showAs": "busy"}]')
          AND (o.event_id IS NULL OR isempty(o.busy) OR lower(o.busy) > greatest(e.first_start, lower($2::tstzrange)))
        LIMIT $3`,
      [ownerIds, toRange(window), limit, ...widenedBounds(window)],
    );
    return rows.map((row) => ({
      ...toUnstored(row),
      missing: { start: window.start, end: Math.min(window.end, row.storedFrom ?? window.end) },
    }));
  }
}

const toIntervals = (times: Times[]): Interval[] => times.map(([start, end]) => ({ start, end }));

/** Returns the calendar years (UTC) around a window; null for more than two, and for years that PostgreSQL writes otherwise. */
function yearsAround({ start, end }: Interval): Interval | null {
  const firstYear = new Date(start * 1_000).getUTCFullYear();
  const lastYear = new Date(end * 1_000).getUTCFullYear();
  if (lastYear > firstYear + 1 || firstYear < 1_000 || lastYear >= 9_999) return null;
  const startOf = (year: number): number => dayFromCivil(year, 1, 1) * SECONDS_IN_DAY;
  return { start: startOf(firstYear), end: startOf(lastYear + 1) };
}

const toRange = ({ start, end }: Interval): string => toMultirange([{ start, end }]).slice(1, -1);

const toUnstored = ({
  ownerId,
  storedFrom: _from,
  storedUntil: _until,
  ...row
}: SeriesRow): Pick<UnstoredSeries, 'ownerId' | 'content'> => ({ ownerId, content: toOccupying(row) });
