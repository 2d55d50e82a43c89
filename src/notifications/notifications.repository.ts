import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counter } from 'prom-client';
import { Database, type Queryable } from '../platform/database/database.js';
import { readPage } from '../platform/database/read-page.js';
import { invalidCursor, type Page, pageOf, type PageRequest } from '../platform/http/page.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { StreamItem } from './stream-item.js';
import { firstSeqOf, lastSeqOf } from './stream-sql.js';
import { COUNT_READING, JOIN_ACCESS, selectItems, VISIBLE } from './streams.repository.js';

/** A page of an inbox. */
export interface Inbox extends Page<StreamItem> {
  unreadCount: number;
}

/** Counts what is unread and visible after a number. */
const unreadAfter = (seq: string): string => `SELECT count(*)::int FROM notifications n ${JOIN_ACCESS}
  WHERE n.user_id = $1 AND n.seq > ${seq} AND n.read_at IS NULL AND ${VISIBLE}`;

/**
 * How many items up to `lastSeq` were unread. With the same `state` they still are, as long as no later item changed which
 * events their reader sees: `state` changes when something is read or pruned. Numbers come again after a failover or a
 * restore, but then PostgreSQL has started again, or the table is another one.
 */
interface Counted {
  state: string;
  lastSeq: number;
  unreadCount: number;
}

const MAX_COUNTED = 10_000;

/** One row. What is known is `Counted` in `$5` to `$7`: then only what came since is counted. */
const COUNT = `
  SELECT stream.*, CASE WHEN known THEN $7 + (${unreadAfter('$6')}) ELSE (${unreadAfter('0')}) END AS "unreadCount"
    FROM (SELECT at.*, at.state = $5 AND at."lastSeq" >= $6 AND NOT EXISTS (
                   SELECT FROM notifications n WHERE n.user_id = $1 AND n.seq > $6
                      AND n.members #>> '{named,0,userId}' = n.user_id::text) AS known
            FROM (SELECT ${lastSeqOf('$1')} AS "lastSeq", concat_ws(' ', pg_postmaster_start_time(), ${firstSeqOf('$1')},
                         (SELECT s.tableoid || ' ' || s.reads FROM notification_streams s WHERE s.user_id = $1)) AS state) AS at) AS stream`;

/** Reads the visible items of a stream as an inbox, and marks them as read. */
@Injectable()
export class NotificationsRepository {
  private readonly counted = new LRUCache<string, Counted>({ max: MAX_COUNTED });
  private readonly lookups: Counter<'result'>;

  constructor(
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    this.lookups = new Counter({
      name: 'convene_unread_count_cache_total',
      help: 'Look-ups of how many notifications of a person are unread, by whether the cache had the count.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['hit', 'miss']) this.lookups.inc({ result }, 0);
  }

  /**
   * Returns a page of notifications, newest first, and how many are unread in all, in one statement.
   * @throws Problem when the cursor is not one of this list
   */
  async list(userId: string, unreadOnly: boolean, page: PageRequest): Promise<Inbox> {
    const before = page.after?.[0];
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw invalidCursor();
    const unread = unreadOnly ? 'AND n.read_at IS NULL' : '';
    const { state, lastSeq, unreadCount } = this.counted.get(userId) ?? {};
    // An inbox without items is one row whose item is null.
    const readRows = (queries: Queryable): Promise<(StreamItem & Counted & { known: boolean })[]> =>
      queries.query(
        `WITH inbox AS MATERIALIZED (${COUNT})
         SELECT inbox.*, item.*
           FROM inbox
           LEFT JOIN LATERAL (${selectItems()} WHERE n.user_id = $1 ${unread} AND n.seq < $2 AND ${VISIBLE}
                               ORDER BY n.seq DESC LIMIT $3 OFFSET $4) AS item ON true
          ORDER BY item.seq DESC`,
        [
          ...[userId, before ?? Number.MAX_SAFE_INTEGER, page.limit + 1, page.offset ?? 0],
          ...[state ?? '', lastSeq ?? 0, unreadCount ?? 0],
        ],
      );
    const [rows, total] = await readPage(this.database, page.offset !== null, readRows, (queries) =>
      count(queries, userId, unreadOnly),
    );
    const counted = rows[0]!;
    this.counted.set(userId, {
      state: counted.state,
      lastSeq: counted.lastSeq,
      unreadCount: counted.unreadCount,
    });
    this.lookups.inc({ result: counted.known ? 'hit' : 'miss' });
    const items = rows.filter(({ seq }) => seq !== null);
    return { ...pageOf(items, page, ({ seq }) => [String(seq)], total), unreadCount: counted.unreadCount };
  }

  /** Returns the notification, null when the user can see none with that id. A second call keeps the first time. */
  async markRead(userId: string, id: string): Promise<StreamItem | null> {
    const [row] = await this.database.query<StreamItem>(
      `WITH item AS (${selectItems()} WHERE n.user_id = $1 AND n.id = $2 AND ${VISIBLE}),
            marked AS (
              UPDATE notifications n SET read_at = coalesce(n.read_at, clock_timestamp()) FROM item
               WHERE n.user_id = $1 AND n.id = $2 AND item."readAt" IS NULL
              RETURNING n.read_at),
            counted AS (${COUNT_READING} AND EXISTS (SELECT FROM marked))
       SELECT item.*, coalesce(item."readAt", marked.read_at) AS "readAt" FROM item LEFT JOIN marked ON true`,
      [userId, id],
    );
    return row ?? null;
  }

  /** Marks those up to a number. Returns how many visible ones were unread. */
  async markAllRead(userId: string, upTo: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `WITH unread AS (${unreadAfter('0')} AND n.seq <= $2), marked AS (
         UPDATE notifications SET read_at = clock_timestamp() WHERE user_id = $1 AND read_at IS NULL AND seq <= $2
         RETURNING 1), counted AS (${COUNT_READING} AND EXISTS (SELECT FROM marked))
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
