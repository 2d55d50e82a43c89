import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { DataSource, type QueryRunner } from 'typeorm';
import { type EventContent, selectContent, toContent } from '../content/event-content.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { EventWrite } from '../history/event-write.js';
import { Database, type Queryable } from '../platform/database/database.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import type { Transaction } from '../platform/database/transaction.js';
import { mapInParts } from '../platform/hooks/map-in-parts.js';
import { type Page, type PageRequest, pageOf } from '../platform/http/page.js';
import {
  type ChangedEvents,
  type ChangedQuestion,
  type ChangedRow,
  selectChanged,
  toChangedEvents,
} from './changed-events.js';
import { type EventFilter, matchesSeriesInSql, matchesSingleInSql, occursWithin } from './event-filter.js';
import type { EventRecord, EventWithMembers } from './event-record.js';
import { EventStatements } from './event-statements.js';
import { selectOneAsOf } from './events-as-of.js';
import { orderOf, type Slice } from './list-statement.js';
import { keyBy, MAX_ROWS, type Read, readAll, readKey } from './read-all.js';
import { selectPage } from './select-page.js';
import type { Tail } from './tail.js';
import { MEMBERS, type NumberedRow, toRecord, VisibleEvents, type VisibleRow } from './visible-events.js';

/** A page of a list, and the number of the last item in the person's stream when its first page was read. */
export interface NumberedPage extends Page<EventRecord> {
  /** Null for other pages than the first, numbered pages, and lists as of an earlier time. */
  lastSeq: number | null;
}

/** Tails that a problem names. */
const MAX_TAILS = 100;

@Injectable()
export class EventsRepository {
  private readonly rows: EventStatements;

  constructor(
    private readonly dataSource: DataSource,
    private readonly database: Database,
  ) {
    this.rows = new EventStatements(dataSource);
  }

  /** Returns the content of an event and its owner, without a lock; null when there is none. */
  async findContent(queries: Queryable, id: string): Promise<{ ownerId: string; content: EventContent } | null> {
    const [row] = await queries.query<{ ownerId: string } & EventContent>(
      `SELECT p.user_id AS "ownerId", ${selectContent('e')}
         FROM events e JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner' WHERE e.id = $1`,
      [id],
    );
    return row ? { ownerId: row.ownerId, content: toContent(row) } : null;
  }

  /** Returns events whose instants were computed with another edition of the time zone data, by id, after one. */
  async listWithOtherTzdata(tzdata: string, after: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM events WHERE id > $2 AND tzdata <> $1 AND purged_at IS NULL ORDER BY id LIMIT $3`,
      [tzdata, after ?? NIL, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Stores that the instants are valid for this edition too. The column is derived, so this creates no version. */
  markTzdata(tx: Transaction, id: string, tzdata: string): void {
    tx.write(`UPDATE events SET tzdata = $2 WHERE id = $1`, [id, tzdata]);
  }

  /**
   * Returns the events split off in some versions of this one that are not in the trash, and whether each is unchanged
   * since, with the same owner.
   */
  async listTails(tx: Transaction, id: string, versions: number[]): Promise<{ id: string; unchanged: boolean }[]> {
    return tx.query<{ id: string; unchanged: boolean }>(
      `SELECT e.id,
              EXISTS (SELECT FROM event_versions AS first JOIN event_versions AS last ON last.event_id = first.event_id
                       WHERE first.event_id = e.id AND first.version = 1 AND last.version = e.version
                         AND first.snapshot = last.snapshot AND first.long_values IS NOT DISTINCT FROM last.long_values)
          AND EXISTS (SELECT FROM event_permissions mine JOIN event_permissions theirs ON theirs.user_id = mine.user_id
                       WHERE mine.event_id = $1 AND mine.role = 'owner'
                         AND theirs.event_id = e.id AND theirs.role = 'owner') AS unchanged
         FROM events e
        WHERE e.split_from = $1 AND e.split_from_version = ANY ($2) AND e.deleted_at IS NULL
        ORDER BY e.id FOR UPDATE OF e`,
      [id, versions],
    );
  }

  /**
   * Returns the ids of the events split off in some versions of this one that are in the trash because their dates returned
   * to it. Locks them.
   */
  async listRejoinedTails(tx: Transaction, id: string, versions: number[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT e.id
         FROM events e JOIN event_versions last ON last.event_id = e.id AND last.version = e.version
        WHERE e.split_from = $1 AND e.split_from_version = ANY ($2) AND e.deleted_at IS NOT NULL AND e.purged_at IS NULL
          AND last.undoes ? 'rejoined'
        ORDER BY e.id FOR UPDATE OF e`,
      [id, versions],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Returns the events split off a series after a version of it, and off these, that are not in the trash, by start.
   * @param userId whose access decides about `visible`
   */
  listTailsSince(tx: Transaction, id: string, version: number, userId: string): Promise<Tail[]> {
    return tx.query<Tail>(
      `WITH RECURSIVE part AS (
         SELECT id FROM events WHERE split_from = $1 AND split_from_version > $2
         UNION ALL SELECT e.id FROM part JOIN events e ON e.split_from = part.id)
       SELECT e.id, e.version, e.title, e.start_time AS "startTime", e.local_start AS "localStart",
              e.all_day AS "allDay", p.role IS NOT NULL AS visible
         FROM part JOIN events e ON e.id = part.id
         LEFT JOIN event_permissions p ON p.event_id = e.id AND p.user_id = $3
        WHERE e.deleted_at IS NULL ORDER BY e.start_time, e.id LIMIT ${MAX_TAILS}`,
      [id, version, userId],
    );
  }

  /** Inserts new rows, and notifies the subscribers of TypeORM, of which one captures their versions from memory. */
  async insert(tx: Transaction, created: { event: CalendarEvent; write: EventWrite }[]): Promise<void> {
    tx.write(...this.rows.insert(created.map(({ event }) => event)));
    await mapInParts(created, ({ event, write }) =>
      this.subscribers(write).broadcast('AfterInsert', this.rows.metadata, event),
    );
  }

  /**
   * Updates a row, and notifies the subscribers of TypeORM. Returns it.
   * @param before the row as it is stored
   */
  async update(event: CalendarEvent, before: CalendarEvent, write: EventWrite): Promise<CalendarEvent> {
    const changed = this.rows.listChanged(before, event);
    write.tx.write(...this.rows.update(event, changed));
    await this.subscribers(write).broadcast('AfterUpdate', this.rows.metadata, event, before, changed, []);
    return event;
  }

  /**
   * Returns an event as a person sees it; null when they may not see it, or when it did not exist yet.
   * @param asOf an earlier time; absent for the current state
   */
  async findRecord(
    id: string,
    userId: string,
    { asOf, queries }: { asOf?: Date; queries?: Queryable } = {},
  ): Promise<EventRecord | null> {
    const [row] = await this.findRows(id, userId, { asOf, queries });
    return row ? toRecord(row) : null;
  }

  /** Returns those of the events that a person sees and that are not in the trash, in any order. */
  async listRecords(ids: string[], userId: string): Promise<EventRecord[]> {
    const events = new VisibleEvents(userId, null);
    const page = `SELECT unnest(${events.parameter(ids)}::uuid[]) AS event_id`;
    const sql = events.select(page, 'WHERE e.deleted_at IS NULL');
    return (await this.database.query<VisibleRow>(sql, events.parameters)).map(toRecord);
  }

  /** Returns an event as a person sees it with its members, owner first, then by name; null when they may not see it. */
  async findWithMembers(id: string, userId: string, queries?: Queryable): Promise<EventWithMembers | null> {
    const [row] = await this.findRows(id, userId, { queries, members: true });
    return row ? { record: toRecord(row), members: row.members! } : null;
  }

  /**
   * Returns what a page of occurrences is expanded from, as it is at one moment: the series that a person may see whose bounds
   * overlap the window of the filter, and the single events that match it, by start, after a key (epoch seconds and id). Read one
   * after the other, an event that becomes a series meanwhile could be in neither.
   */
  async listToExpand(
    userId: string,
    filter: EventFilter,
    { maxSeries, take, after }: { maxSeries: number; take: number; after: { start: number; id: string } | null },
  ): Promise<{ series: EventRecord[]; single: EventRecord[] }> {
    const [series, single] = await this.database.inSnapshot((queries) =>
      Promise.all([
        filter.isRecurring === false ? [] : this.readSeries(queries, userId, filter, maxSeries),
        filter.isRecurring === true ? [] : this.readSingle(queries, userId, filter, take, after),
      ]),
    );
    return { series, single };
  }

  /**
   * Returns a page of the events that a person may see, in the order of the filter.
   * @param keep rejects events that match only in SQL, such as a series whose bounds overlap the window but none of
   *   whose occurrences do
   */
  async list(
    userId: string,
    filter: EventFilter,
    page: PageRequest,
    keep: (event: CalendarEvent) => boolean,
  ): Promise<NumberedPage> {
    if (page.offset !== null) return { ...(await this.listNumbered(userId, filter, page, keep)), lastSeq: null };
    const keyOf = keyBy(filter);
    let lastSeq: number | null = null;
    const readFrom =
      (queries: Queryable): Read =>
      async (after, take) => {
        const slice = { after: after && readKey(after), limit: take, offset: 0 };
        if (after !== null || filter.asOf) return this.read(queries, userId, filter, slice);
        const first = await this.readNumbered(queries, userId, filter, slice);
        lastSeq = first.lastSeq;
        return first.records;
      };
    const rows = await this.readAtOnce(readFrom, keyOf, keep, page.limit + 1, page.after);
    return { ...pageOf(rows, page, keyOf, null), lastSeq };
  }

  /** Returns all events that a person may see, in the order of the filter, which has no window. */
  listAll(snapshot: Queryable, userId: string, filter: EventFilter): Promise<EventRecord[]> {
    const read: Read = (after, take) =>
      this.read(snapshot, userId, filter, { after: after && readKey(after), limit: take, offset: 0 });
    return readAll(read, keyBy(filter), () => true, Infinity);
  }

  /**
   * Returns what the items of a person's stream between two numbers are about, ordered by event.
   * @param question.until the number of the last item; null for the last item of the stream
   * @param question.afterId the event after which the page begins; null for the first page
   */
  async listChanged(userId: string, filter: EventFilter, question: ChangedQuestion): Promise<ChangedEvents> {
    const events = new VisibleEvents(userId, null);
    const sql = selectChanged(events, filter, question);
    return toChangedEvents(await this.database.query<ChangedRow>(sql, events.parameters));
  }

  private subscribers(write: EventWrite): QueryRunner['broadcaster'] {
    const runner = this.dataSource.createQueryRunner();
    runner.data = write;
    return runner.broadcaster;
  }

  private findRows(
    id: string,
    userId: string,
    { queries = this.database, asOf, members }: { queries?: Queryable; asOf?: Date; members?: boolean },
  ): Promise<VisibleRow[]> {
    const events = new VisibleEvents(userId, asOf ?? null);
    const place = events.parameter(id);
    const page = events.asOf ? selectOneAsOf(events, place, events.asOf) : `SELECT ${place}::uuid AS event_id`;
    return queries.query<VisibleRow>(events.select(page, '', members ? [MEMBERS] : []), events.parameters);
  }

  /** Returns a page with its total, both of one moment. */
  private listNumbered(
    userId: string,
    filter: EventFilter,
    page: PageRequest,
    keep: (event: CalendarEvent) => boolean,
  ): Promise<Page<EventRecord>> {
    const [offset, limit, keyOf] = [page.offset ?? 0, page.limit, keyBy(filter)];
    return this.database.inSnapshot(async (queries) => {
      if (matchesSingleInSql(filter)) {
        const found = { ...filter, outside: await this.listSeriesOutside(queries, userId, filter, keep) };
        const [total, rows] = await Promise.all([
          this.count(queries, userId, found),
          this.read(queries, userId, found, { after: null, limit: limit + 1, offset }),
        ]);
        return pageOf(rows, page, keyOf, total);
      }
      const read = (after: string[] | null, take: number): Promise<EventRecord[]> =>
        this.read(queries, userId, filter, { after: after && readKey(after), limit: take, offset: 0 });
      const all = await readAll(read, keyOf, keep, Infinity);
      return pageOf(all.slice(offset, offset + limit + 1), page, keyOf, all.length);
    });
  }

  /**
   * Reads rows until enough are kept or none are left, as they are at one moment: by one statement, which usually suffices, or
   * else by several that see the same. Between others, an event could move out of what is read yet, or into it again.
   */
  private async readAtOnce(
    readFrom: (queries: Queryable) => Read,
    keyOf: (record: EventRecord) => string[],
    keep: (event: CalendarEvent) => boolean,
    enough: number,
    start: string[] | null = null,
  ): Promise<EventRecord[]> {
    const take = Math.min(enough, MAX_ROWS);
    const rows = await readFrom(this.database)(start, take);
    const kept = rows.filter(({ event }) => keep(event));
    if (rows.length < take || kept.length >= enough) return kept.slice(0, enough);
    return this.database.inSnapshot((queries) => readAll(readFrom(queries), keyOf, keep, enough, start));
  }

  private readSeries(queries: Queryable, userId: string, filter: EventFilter, limit: number): Promise<EventRecord[]> {
    return this.read(queries, userId, { ...filter, isRecurring: true }, { after: null, limit, offset: 0 });
  }

  private readSingle(
    queries: Queryable,
    userId: string,
    filter: EventFilter,
    limit: number,
    after: { start: number; id: string } | null,
  ): Promise<EventRecord[]> {
    const single = { ...filter, isRecurring: false };
    const read = (key: string[] | null, take: number): Promise<EventRecord[]> =>
      this.read(queries, userId, single, { after: key && readKey(key), limit: take, offset: 0 });
    const key = after && [new Date(after.start * 1_000).toISOString(), after.id];
    return readAll(read, keyBy(filter), (event) => occursWithin(event, filter), limit, key);
  }

  private async read(queries: Queryable, userId: string, filter: EventFilter, slice: Slice): Promise<EventRecord[]> {
    const events = new VisibleEvents(userId, filter.asOf);
    const sql = events.select(selectPage(events, filter, slice), orderOf(filter));
    return (await queries.query<VisibleRow>(sql, events.parameters)).map(toRecord);
  }

  private async readNumbered(
    queries: Queryable,
    userId: string,
    filter: EventFilter,
    slice: Slice,
  ): Promise<{ records: EventRecord[]; lastSeq: number }> {
    const events = new VisibleEvents(userId, null);
    const sql = events.selectNumbered(selectPage(events, filter, slice), orderOf(filter));
    const rows = await queries.query<NumberedRow>(sql, events.parameters);
    return { records: rows.flatMap((row) => (row.id === null ? [] : toRecord(row))), lastSeq: rows[0]!.lastSeq };
  }

  /** Returns the ids of the series that match in SQL but are rejected: only series have to be expanded. */
  private async listSeriesOutside(
    queries: Queryable,
    userId: string,
    filter: EventFilter,
    keep: (event: CalendarEvent) => boolean,
  ): Promise<string[]> {
    if (matchesSeriesInSql(filter)) return [];
    const all = { after: null, limit: null, offset: 0 };
    const series = await this.read(queries, userId, { ...filter, isRecurring: true }, all);
    return series.flatMap(({ event }) => (keep(event) ? [] : event.id));
  }

  private async count(queries: Queryable, userId: string, filter: EventFilter): Promise<number> {
    const events = new VisibleEvents(userId, filter.asOf);
    const page = selectPage(events, filter, { after: null, limit: null, offset: 0 });
    const sql = new VaryingSql(`SELECT count(*)::int AS n FROM (${page}) AS found`);
    const [row] = await queries.query<{ n: number }>(sql, events.parameters);
    return row!.n;
  }
}
