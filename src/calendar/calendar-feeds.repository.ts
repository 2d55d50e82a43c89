import { Injectable } from '@nestjs/common';
import type { Role } from '../permissions/role.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { CalendarFeed } from './calendar-feed.entity.js';

/** A feed as its owner sees it. */
export type ListedFeed = Omit<CalendarFeed, 'userId' | 'secretHash'>;

/** A feed that an application fetches, and its owner. */
export interface LiveFeed extends Pick<CalendarFeed, 'id' | 'userId' | 'name' | 'kind' | 'role' | 'lastUsedAt'> {
  username: string;
  timeZone: string;
}

const LISTED = `id, name, kind, role, created_at AS "createdAt", rotated_at AS "rotatedAt", last_used_at AS "lastUsedAt"`;

@Injectable()
export class CalendarFeedsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the feeds of a person, oldest first. */
  list(userId: string): Promise<ListedFeed[]> {
    return this.database.query<ListedFeed>(
      `SELECT ${LISTED} FROM calendar_feeds WHERE user_id = $1 ORDER BY created_at, id`,
      [userId],
    );
  }

  /** Locks an account and returns how many feeds it has; null if the account has ended. */
  async lockAndCount(tx: Transaction, userId: string): Promise<number | null> {
    const [account] = await tx.query(
      `SELECT FROM users WHERE id = $1 AND erased_at IS NULL AND disabled_at IS NULL FOR NO KEY UPDATE`,
      [userId],
    );
    if (!account) return null;
    const [row] = await tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM calendar_feeds WHERE user_id = $1`, [
      userId,
    ]);
    return row!.n;
  }

  insert(tx: Transaction, feed: CalendarFeed): void {
    const { id, userId, name, kind, role, secretHash, createdAt } = feed;
    tx.write(
      `INSERT INTO calendar_feeds (id, user_id, name, kind, role, secret_hash, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, userId, name, kind, role, secretHash, createdAt],
    );
  }

  /** Replaces the secret of a feed. Returns the feed; null if the person has no such feed. */
  async rotate(tx: Transaction, userId: string, id: string, secretHash: Buffer): Promise<ListedFeed | null> {
    const [feed] = await tx.query<ListedFeed>(
      `UPDATE calendar_feeds SET secret_hash = $3, rotated_at = clock_timestamp() WHERE id = $2 AND user_id = $1
       RETURNING ${LISTED}`,
      [userId, id, secretHash],
    );
    return feed ?? null;
  }

  /** Removes one feed of a person, or all. Returns the ids of those that there were. */
  async remove(tx: Transaction, userId: string, id: string | null): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `DELETE FROM calendar_feeds WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) RETURNING id`,
      [userId, id],
    );
    return rows.map((row) => row.id);
  }

  /** Returns the feed that has a secret, unless its owner's account has ended. */
  async findLive(secretHash: Buffer): Promise<LiveFeed | null> {
    const [feed] = await this.database.query<LiveFeed>(
      `SELECT f.id, f.user_id AS "userId", f.name, f.kind, f.role, f.last_used_at AS "lastUsedAt",
              u.username, u.time_zone AS "timeZone"
         FROM calendar_feeds f JOIN users u ON u.id = f.user_id
        WHERE f.secret_hash = $1 AND u.erased_at IS NULL AND u.disabled_at IS NULL`,
      [secretHash],
    );
    return feed ?? null;
  }

  async setUsed(id: string): Promise<void> {
    await this.database.query(`UPDATE calendar_feeds SET last_used_at = clock_timestamp() WHERE id = $1`, [id]);
  }

  /**
   * Returns a text that is another one whenever what an export of the events of a person contains may be: every row that is
   * written is a new one to PostgreSQL.
   * @param role only the events on which the person has this role
   */
  async fingerprint(userId: string, role: Role | null): Promise<string> {
    const [row] = await this.database.query<{ print: string }>(
      `SELECT encode(sha256(convert_to(coalesce(
                string_agg(concat_ws(':', e.id, e.version, e.xmin, p.xmin, i.xmin), ',' ORDER BY e.id), ''), 'UTF8')), 'hex') AS print
         FROM event_permissions p
         JOIN events e ON e.id = p.event_id
         LEFT JOIN imported_events i ON i.event_id = e.id
        WHERE p.user_id = $1 AND ($2::text IS NULL OR p.role = $2) AND e.deleted_at IS NULL`,
      [userId, role],
    );
    return row!.print;
  }
}
