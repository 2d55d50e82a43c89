import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Transaction } from '../platform/database/transactions.js';
import { invalidCursor, type Page, pageOf, type PageRequest } from '../platform/http/page.js';
import type { Notification } from './notification.entity.js';

/** An item with the names that its message needs. */
export interface NotificationRecord extends Notification {
  actorName: string;
  /** User names by id. */
  names: Record<string, string>;
}

/** An item before it has a number. */
export type NewNotification = Omit<Notification, 'seq'>;

/** An item, and whether its reader may still be told of it. */
export interface StreamItem extends NotificationRecord {
  visible: boolean;
}

/** What follows a number in a stream, oldest first and without gaps, and the number of the stream's last item. */
export interface StreamPart {
  items: StreamItem[];
  lastSeq: number;
}

/** Its reader may be told: he can still see the event, or it is news of himself (he was added, or removed). */
const VISIBLE = `(still.user_id IS NOT NULL OR n.members #>> '{named,0,userId}' = n.user_id::text)`;

const RECORD = `SELECT n.user_id AS "userId", n.seq, n.id, n.type, n.event_id AS "eventId", n.event_title AS "eventTitle",
    n.version, n.actor_id AS "actorId", n.changed, n.members, n.created_at AS "createdAt", n.read_at AS "readAt",
    actor.username AS "actorName", ${VISIBLE} AS visible,
    (SELECT coalesce(jsonb_object_agg(u.id, u.username), '{}')
       FROM jsonb_array_elements(n.members -> 'named') AS person JOIN users u ON u.id = (person ->> 'userId')::uuid
    ) AS names
  FROM notifications n JOIN users actor ON actor.id = n.actor_id
  LEFT JOIN event_permissions still ON still.event_id = n.event_id AND still.user_id = n.user_id`;

@Injectable()
export class NotificationsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Who can see the events now, by event. */
  async listMembers(tx: Transaction, eventIds: string[]): Promise<Map<string, string[]>> {
    const rows = await tx.query<{ eventId: string; userIds: string[] }>(
      `SELECT event_id AS "eventId", array_agg(user_id::text) AS "userIds"
         FROM event_permissions WHERE event_id = ANY($1) GROUP BY event_id`,
      [eventIds],
    );
    return new Map(rows.map((row) => [row.eventId, row.userIds]));
  }

  /** The people's names, in their order. */
  listNames(tx: Transaction, userIds: string[]): Promise<{ id: string; username: string }[]> {
    return tx.query(`SELECT id, username FROM users WHERE id = ANY($1) ORDER BY username`, [userIds]);
  }

  /**
   * Numbers and stores the items. The streams' rows are locked in one order (by person), so that transactions never wait
   * for each other in a circle; the lock is held until COMMIT, so that numbers appear in order and without gaps.
   */
  async append(tx: Transaction, items: NewNotification[]): Promise<void> {
    const counts = new Map<string, number>();
    for (const { userId } of items) counts.set(userId, (counts.get(userId) ?? 0) + 1);
    const readers = [...counts.keys()].sort();
    const streams = await tx.query<{ userId: string; lastSeq: number }>(
      `INSERT INTO notification_streams AS s (user_id, last_seq)
       SELECT reader.user_id, reader.items
         FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS reader (user_id, items, place) ORDER BY place
       ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + excluded.last_seq
       RETURNING user_id AS "userId", last_seq AS "lastSeq"`,
      [readers, readers.map((reader) => counts.get(reader))],
    );
    const next = new Map(streams.map(({ userId, lastSeq }) => [userId, lastSeq - counts.get(userId)!]));
    const numbered = items.map((item) => {
      const seq = next.get(item.userId)! + 1;
      next.set(item.userId, seq);
      return { ...item, seq };
    });
    await tx.query(
      `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, members,
                                  created_at, read_at)
       SELECT "userId", seq, id, type, "eventId", "eventTitle", version, "actorId", changed, members, "createdAt", "readAt"
         FROM jsonb_to_recordset($1::jsonb) AS item ("userId" uuid, seq bigint, id uuid, type text, "eventId" uuid,
              "eventTitle" text, version int, "actorId" uuid, changed text[], members jsonb, "createdAt" timestamptz,
              "readAt" timestamptz)`,
      [JSON.stringify(numbered)],
    );
  }

  /** Newest first. */
  async list(userId: string, unreadOnly: boolean, page: PageRequest): Promise<Page<NotificationRecord>> {
    const before = page.after?.[0];
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw invalidCursor();
    const unread = unreadOnly ? 'AND n.read_at IS NULL' : '';
    const rows = await this.dataSource.query<NotificationRecord[]>(
      `${RECORD} WHERE n.user_id = $1 ${unread} AND ($2::bigint IS NULL OR n.seq < $2)
        ORDER BY n.seq DESC LIMIT $3 OFFSET $4`,
      [userId, before ?? null, page.limit + 1, page.offset ?? 0],
    );
    const total = page.offset === null ? null : await this.count(userId, unreadOnly);
    return pageOf(rows, page, ({ seq }) => [String(seq)], total);
  }

  /** The parts of streams after a number each, in the order asked for, at one moment. */
  async listAfter(wanted: { userId: string; after: number }[], limitEach: number): Promise<StreamPart[]> {
    type Row = StreamItem & { place: number; lastSeq: number };
    // A part without items has one row, of nulls.
    const rows = await this.dataSource.query<(Row | (Partial<Row> & Pick<Row, 'place' | 'lastSeq'>))[]>(
      `SELECT wanted.place::int, coalesce(stream.last_seq, 0) AS "lastSeq", item.*
         FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS wanted (user_id, after, place)
         LEFT JOIN notification_streams stream ON stream.user_id = wanted.user_id
         LEFT JOIN LATERAL (${RECORD} WHERE n.user_id = wanted.user_id AND n.seq > wanted.after
                             ORDER BY n.seq LIMIT $3) AS item ON true
        ORDER BY wanted.place, item.seq`,
      [wanted.map(({ userId }) => userId), wanted.map(({ after }) => after), limitEach],
    );
    const parts: StreamPart[] = [];
    for (const { place, lastSeq, ...item } of rows) {
      const part = (parts[place - 1] ??= { items: [], lastSeq });
      if (item.seq) part.items.push(item as StreamItem);
    }
    return parts;
  }

  /** Numbers of the last items of people's streams. */
  async listLastSeqs(userIds: string[]): Promise<{ userId: string; lastSeq: number }[]> {
    return this.dataSource.query(
      `SELECT user_id AS "userId", last_seq AS "lastSeq" FROM notification_streams WHERE user_id = ANY($1)`,
      [userIds],
    );
  }

  /** Numbers of a stream's last item, and of the first that is still kept (one more than the last if none is). */
  async reach(userId: string): Promise<{ firstSeq: number; lastSeq: number }> {
    const [row] = await this.dataSource.query<{ firstSeq: number | null; lastSeq: number }[]>(
      `SELECT last_seq AS "lastSeq", (SELECT min(seq) FROM notifications WHERE user_id = $1) AS "firstSeq"
         FROM notification_streams WHERE user_id = $1`,
      [userId],
    );
    const lastSeq = row?.lastSeq ?? 0;
    return { lastSeq, firstSeq: row?.firstSeq ?? lastSeq + 1 };
  }

  async count(userId: string, unreadOnly: boolean): Promise<number> {
    const [row] = await this.dataSource.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM notifications WHERE user_id = $1 ${unreadOnly ? 'AND read_at IS NULL' : ''}`,
      [userId],
    );
    return row?.n ?? 0;
  }

  /** Null when it isn't an item of that person. Reading it twice keeps the first time. */
  async markRead(userId: string, id: string): Promise<NotificationRecord | null> {
    await this.dataSource.query(
      `UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND id = $2 AND read_at IS NULL`,
      [userId, id],
    );
    const [row] = await this.dataSource.query<NotificationRecord[]>(`${RECORD} WHERE n.user_id = $1 AND n.id = $2`, [
      userId,
      id,
    ]);
    return row ?? null;
  }

  async markAllRead(userId: string): Promise<number> {
    const [row] = await this.dataSource.query<{ n: number }[]>(
      `WITH marked AS (
         UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND read_at IS NULL RETURNING 1)
       SELECT count(*)::int AS n FROM marked`,
      [userId],
    );
    return row?.n ?? 0;
  }

  /**
   * Deletes items from before an instant, of the next so many people after one. Always the beginning of a stream, so
   * that what is left has no gaps. Returns the last of these people, null when there are none left.
   */
  async prune(
    before: Date,
    afterUserId: string | null,
    people: number,
  ): Promise<{ last: string | null; pruned: number }> {
    const [row] = await this.dataSource.query<{ last: string | null; pruned: number }[]>(
      `WITH next AS (SELECT user_id FROM notification_streams WHERE $2::uuid IS NULL OR user_id > $2
                      ORDER BY user_id LIMIT $3),
            pruned AS (
              DELETE FROM notifications n USING next
               WHERE n.user_id = next.user_id
                 AND n.seq < coalesce((SELECT kept.seq FROM notifications kept
                                        WHERE kept.user_id = next.user_id AND kept.created_at >= $1
                                        ORDER BY kept.seq LIMIT 1), 'infinity'::float8)
              RETURNING 1)
       SELECT (SELECT max(user_id::text) FROM next) AS last, (SELECT count(*)::int FROM pruned) AS pruned`,
      [before, afterUserId, people],
    );
    return row!;
  }
}
