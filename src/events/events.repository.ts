import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { EntityManager, type SelectQueryBuilder } from 'typeorm';
import { Permission } from '../permissions/permission.entity.js';
import { type EventContent, selectContent, toContent } from '../content/event-content.js';
import type { Role } from '../permissions/role.js';
import type { EventWrite } from '../history/event-write.js';
import type { Transaction } from '../platform/database/transactions.js';
import { invalidCursor, type Page, type PageRequest, pageOf } from '../platform/http/page.js';
import { User } from '../users/user.entity.js';
import { CalendarEvent } from '../content/event.entity.js';
import { applyFilter, type EventFilter } from './event-filter.js';
import type { EventRecord } from './event-record.js';
import { selectAsOf } from './events-as-of.js';

/** Rows of the first read when a filter may skip some of them, and of the largest read. */
const CHUNK = 200;
const MAX_ROWS = 2_000;

@Injectable()
export class EventsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Returns the content of an event and its owner, without a lock; null when there is none. */
  async findContent(tx: Transaction, id: string): Promise<{ ownerId: string; content: EventContent } | null> {
    const [row] = await tx.query<{ ownerId: string } & EventContent>(
      `SELECT p.user_id AS "ownerId", ${selectContent('e')}
         FROM events e JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner' WHERE e.id = $1`,
      [id],
    );
    return row ? { ownerId: row.ownerId, content: toContent(row) } : null;
  }

  /** Returns events whose instants were computed with another edition of the time zone data. */
  async listWithOtherTzdata(tzdata: string, limit: number): Promise<string[]> {
    const rows = await this.manager.query<{ id: string }[]>(
      `SELECT id FROM events WHERE tzdata <> $1 ORDER BY id LIMIT $2`,
      [tzdata, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Stores that the instants are valid for this edition too. The column is derived, so this creates no version. */
  async markTzdata(tx: Transaction, id: string, tzdata: string): Promise<void> {
    await tx.query(`UPDATE events SET tzdata = $2 WHERE id = $1`, [id, tzdata]);
  }

  /** Returns the events split off after a version of this one that have the same owner and are unchanged since. */
  async listUntouchedTails(tx: Transaction, id: string, afterVersion: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT e.id FROM events e
        WHERE e.split_from = $1 AND e.split_from_version > $2 AND e.deleted_at IS NULL
          AND EXISTS (SELECT FROM event_versions AS first JOIN event_versions AS last ON last.event_id = first.event_id
                       WHERE first.event_id = e.id AND first.version = 1 AND last.version = e.version
                         AND first.snapshot = last.snapshot)
          AND EXISTS (SELECT FROM event_permissions mine JOIN event_permissions theirs ON theirs.user_id = mine.user_id
                       WHERE mine.event_id = $1 AND mine.role = 'owner'
                         AND theirs.event_id = e.id AND theirs.role = 'owner')
        ORDER BY e.id FOR UPDATE OF e`,
      [id, afterVersion],
    );
    return rows.map((row) => row.id);
  }

  /** Saves the row. The subscriber creates the version from `write`. Returns the row. */
  async save(event: CalendarEvent, write: EventWrite): Promise<CalendarEvent> {
    await write.tx.manager.save(event, { data: write as never });
    return event;
  }

  /**
   * Returns an event as a person sees it; null when they may not see it, or when it did not exist yet.
   * @param asOf an earlier time; null for the current state
   */
  async findRecord(
    id: string,
    userId: string,
    { tx, asOf = null }: { tx?: Transaction; asOf?: Date | null } = {},
  ): Promise<EventRecord | null> {
    const query = selectVisible(tx?.manager ?? this.manager, userId, asOf).andWhere('e.id = :id', { id });
    return (await read(query))[0] ?? null;
  }

  /** Returns the series that a person may see whose bounds overlap the window of the filter. */
  listSeries(userId: string, filter: EventFilter, limit: number): Promise<EventRecord[]> {
    if (filter.isRecurring === false) return Promise.resolve([]);
    const query = applyFilter(selectVisible(this.manager, userId, filter.asOf), { ...filter, isRecurring: true });
    return read(query.orderBy('e.id').limit(limit));
  }

  /** Returns the single events that a person may see, by start, after a key (epoch seconds and id). */
  listSingle(
    userId: string,
    filter: EventFilter,
    limit: number,
    after: { start: number; id: string } | null,
  ): Promise<EventRecord[]> {
    if (filter.isRecurring === true) return Promise.resolve([]);
    const query = applyFilter(selectVisible(this.manager, userId, filter.asOf), { ...filter, isRecurring: false });
    if (after) afterKey(query, 'startTime', false, [new Date(after.start * 1_000).toISOString(), after.id]);
    return read(query.orderBy('e.startTime').addOrderBy('e.id').limit(limit));
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
  ): Promise<Page<EventRecord>> {
    const { column, descending } = filter.sort;
    const keyOf = ({ event }: EventRecord): string[] => [event[column].toISOString(), event.id];
    const direction = descending ? 'DESC' : 'ASC';
    const query = (after: string[] | null, take: number): SelectQueryBuilder<CalendarEvent> => {
      const select = applyFilter(selectVisible(this.manager, userId, filter.asOf), filter);
      if (after) afterKey(select, column, descending, after);
      return select.orderBy(`e.${column}`, direction).addOrderBy('e.id', direction).limit(take);
    };

    if (page.offset !== null) {
      const all = await readAll(query, keyOf, keep, Infinity);
      const rows = all.slice(page.offset, page.offset + page.limit + 1);
      return pageOf(rows, page, keyOf, all.length);
    }
    return pageOf(await readAll(query, keyOf, keep, page.limit + 1, page.after), page, keyOf, null);
  }
}

/** Selects the events that a person may see, with their role, the owner and the last editor; as of an earlier time. */
function selectVisible(
  manager: EntityManager,
  userId: string,
  asOf: Date | null = null,
): SelectQueryBuilder<CalendarEvent> {
  const query = manager
    .createQueryBuilder(CalendarEvent, 'e')
    .innerJoin(Permission, 'mine', 'mine.eventId = e.id AND mine.userId = :userId', { userId })
    .innerJoin(User, 'editor', 'editor.id = e.updatedBy')
    .addSelect(['mine.role AS role', 'editor.id AS editor_id', 'editor.username AS editor_name']);
  if (asOf) return selectAsOf(query, asOf);
  return query
    .innerJoin(Permission, 'own', `own.eventId = e.id AND own.role = 'owner'`)
    .innerJoin(User, 'owner', 'owner.id = own.userId')
    .addSelect(['owner.id AS owner_id', 'owner.username AS owner_name']);
}

interface PeopleRow {
  role: Role;
  owner_id: string;
  owner_name: string;
  editor_id: string;
  editor_name: string;
}

async function read(query: SelectQueryBuilder<CalendarEvent>): Promise<EventRecord[]> {
  const { entities, raw } = await query.getRawAndEntities<PeopleRow>();
  return entities.map((event, index) => {
    const people = raw[index]!;
    return {
      event,
      role: people.role,
      owner: { id: people.owner_id, username: people.owner_name },
      updatedBy: { id: people.editor_id, username: people.editor_name },
    };
  });
}

/** Reads rows until enough are kept or none are left. */
async function readAll(
  query: (after: string[] | null, take: number) => SelectQueryBuilder<CalendarEvent>,
  keyOf: (record: EventRecord) => string[],
  keep: (event: CalendarEvent) => boolean,
  enough: number,
  start: string[] | null = null,
): Promise<EventRecord[]> {
  const kept: EventRecord[] = [];
  // Each read is twice as large: a query as of an earlier time reads everything again, however few rows it returns.
  for (let [after, take] = [start, Math.max(Math.min(enough, CHUNK), 1)]; ; take = Math.min(take * 2, MAX_ROWS)) {
    const rows = await read(query(after, take));
    kept.push(...rows.filter(({ event }) => keep(event)));
    const last = rows.at(-1);
    if (rows.length < take || kept.length >= enough || !last) return kept.slice(0, enough);
    after = keyOf(last);
  }
}

// Four-digit years, which PostgreSQL can read.
const KEY_TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function afterKey(
  query: SelectQueryBuilder<CalendarEvent>,
  column: 'startTime' | 'updatedAt',
  descending: boolean,
  [time = '', id = '']: string[],
): void {
  if (!KEY_TIME.test(time) || Number.isNaN(Date.parse(time)) || !isUUID(id)) throw invalidCursor();
  query.andWhere(`(e.${column}, e.id) ${descending ? '<' : '>'} (:keyTime::timestamptz, :keyId::uuid)`, {
    keyTime: new Date(time),
    keyId: id,
  });
}
