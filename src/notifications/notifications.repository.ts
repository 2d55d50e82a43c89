import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { invalidCursor, type Page, pageOf, type PageRequest } from '../platform/http/page.js';
import type { StreamItem } from './stream-item.js';
import { SELECT_ITEMS } from './streams.repository.js';

/** Reads the items of a stream as an inbox, and marks them as read. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  /** Returns a page of notifications, newest first. @throws Problem when the cursor is not one of this list */
  async list(userId: string, unreadOnly: boolean, page: PageRequest): Promise<Page<StreamItem>> {
    const before = page.after?.[0];
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw invalidCursor();
    const unread = unreadOnly ? 'AND n.read_at IS NULL' : '';
    const rows = await this.database.query<StreamItem>(
      `${SELECT_ITEMS} WHERE n.user_id = $1 ${unread} AND ($2::bigint IS NULL OR n.seq < $2)
        ORDER BY n.seq DESC LIMIT $3 OFFSET $4`,
      [userId, before ?? null, page.limit + 1, page.offset ?? 0],
    );
    const total = page.offset === null ? null : await this.count(userId, unreadOnly);
    return pageOf(rows, page, ({ seq }) => [String(seq)], total);
  }

  async count(userId: string, unreadOnly: boolean): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM notifications WHERE user_id = $1 ${unreadOnly ? 'AND read_at IS NULL' : ''}`,
      [userId],
    );
    return row?.n ?? 0;
  }

  /** Returns the notification, null when the user has none with that id. A second call keeps the first time. */
  async markRead(userId: string, id: string): Promise<StreamItem | null> {
    await this.database.query(
      `UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND id = $2 AND read_at IS NULL`,
      [userId, id],
    );
    const [row] = await this.database.query<StreamItem>(`${SELECT_ITEMS} WHERE n.user_id = $1 AND n.id = $2`, [
      userId,
      id,
    ]);
    return row ?? null;
  }

  /** Returns how many were unread. */
  async markAllRead(userId: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `WITH marked AS (
         UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND read_at IS NULL RETURNING 1)
       SELECT count(*)::int AS n FROM marked`,
      [userId],
    );
    return row?.n ?? 0;
  }
}
