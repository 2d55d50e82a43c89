import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../platform/database/database.js';
import { readPage } from '../platform/database/read-page.js';
import { invalidCursor, type Page, pageOf, type PageRequest } from '../platform/http/page.js';
import type { StreamItem } from './stream-item.js';
import { JOIN_ACCESS, selectItems, VISIBLE } from './streams.repository.js';

/** A page of an inbox. */
export interface Inbox extends Page<StreamItem> {
  unreadCount: number;
}

const UNREAD = `SELECT count(*)::int FROM notifications n ${JOIN_ACCESS}
  WHERE n.user_id = $1 AND n.read_at IS NULL AND ${VISIBLE}`;

/** Reads the visible items of a stream as an inbox, and marks them as read. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Returns a page of notifications, newest first, and how many are unread in all, in one statement.
   * @throws Problem when the cursor is not one of this list
   */
  async list(userId: string, unreadOnly: boolean, page: PageRequest): Promise<Inbox> {
    const before = page.after?.[0];
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw invalidCursor();
    const unread = unreadOnly ? 'AND n.read_at IS NULL' : '';
    // An inbox without items is one row whose item is null.
    const readRows = (queries: Queryable): Promise<(StreamItem & { unreadCount: number })[]> =>
      queries.query(
        `SELECT inbox.unread AS "unreadCount", item.*
           FROM (SELECT (${UNREAD}) AS unread) AS inbox
           LEFT JOIN LATERAL (${selectItems()} WHERE n.user_id = $1 ${unread} AND n.seq < $2 AND ${VISIBLE}
                               ORDER BY n.seq DESC LIMIT $3 OFFSET $4) AS item ON true
          ORDER BY item.seq DESC`,
        [userId, before ?? Number.MAX_SAFE_INTEGER, page.limit + 1, page.offset ?? 0],
      );
    const [rows, total] = await readPage(this.database, page.offset !== null, readRows, (queries) =>
      count(queries, userId, unreadOnly),
    );
    const items = rows.filter(({ seq }) => seq !== null);
    return { ...pageOf(items, page, ({ seq }) => [String(seq)], total), unreadCount: rows[0]!.unreadCount };
  }

  /** Returns the notification, null when the user can see none with that id. A second call keeps the first time. */
  async markRead(userId: string, id: string): Promise<StreamItem | null> {
    const [row] = await this.database.query<StreamItem>(
      `WITH item AS (${selectItems()} WHERE n.user_id = $1 AND n.id = $2 AND ${VISIBLE}),
            marked AS (
              UPDATE notifications n SET read_at = coalesce(n.read_at, clock_timestamp()) FROM item
               WHERE n.user_id = $1 AND n.id = $2 AND item."readAt" IS NULL
              RETURNING n.read_at)
       SELECT item.*, coalesce(item."readAt", marked.read_at) AS "readAt" FROM item LEFT JOIN marked ON true`,
      [userId, id],
    );
    return row ?? null;
  }

  /** Marks those up to a number. Returns how many visible ones were unread. */
  async markAllRead(userId: string, upTo: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `WITH unread AS (${UNREAD} AND n.seq <= $2), marked AS (
         UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND read_at IS NULL AND seq <= $2)
       SELECT count AS n FROM unread`,
      [userId, upTo],
    );
    return row?.n ?? 0;
  }
}

async function count(queries: Queryable, userId: string, unreadOnly: boolean): Promise<number> {
  const [row] = await queries.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM notifications n ${JOIN_ACCESS}
      WHERE n.user_id = $1 AND ${VISIBLE} ${unreadOnly ? 'AND n.read_at IS NULL' : ''}`,
    [userId],
  );
  return row?.n ?? 0;
}
