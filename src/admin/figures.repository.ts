import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { SYSTEM_USER_ID } from '../users/system-user.js';

export interface StoredTable {
  name: string;
  /** An estimate of PostgreSQL, as of its last ANALYZE. */
  rows: number;
  /** With indexes and long values. */
  bytes: number;
}

export interface UserFigures {
  total: number;
  admins: number;
  disabled: number;
  erased: number;
}

@Injectable()
export class FiguresRepository {
  constructor(private readonly database: Database) {}

  async countUsers(): Promise<UserFigures> {
    const [row] = await this.database.query<UserFigures>(
      `SELECT count(*) FILTER (WHERE erased_at IS NULL)::int AS total,
              count(*) FILTER (WHERE role = 'admin' AND erased_at IS NULL)::int AS admins,
              count(*) FILTER (WHERE disabled_at IS NOT NULL)::int AS disabled,
              count(*) FILTER (WHERE erased_at IS NOT NULL)::int AS erased
         FROM users WHERE id <> $1`,
      [SYSTEM_USER_ID],
    );
    return row!;
  }

  /** Returns how many events are in the trash; an index has just those. */
  async countTrash(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM events WHERE deleted_at IS NOT NULL AND purged_at IS NULL`,
    );
    return row!.n;
  }

  /** Returns the tables, largest first, with their partitions. Reads no rows of them. */
  listTables(): Promise<StoredTable[]> {
    return this.database.query<StoredTable>(
      `SELECT coalesce(parent.relname, c.relname)::text AS name, sum(greatest(c.reltuples, 0))::bigint AS rows,
              sum(pg_total_relation_size(c.oid))::bigint AS bytes
         FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
        GROUP BY 1 ORDER BY 3 DESC, 1`,
    );
  }

  async databaseBytes(): Promise<number> {
    const [row] = await this.database.query<{ bytes: number }>(
      'SELECT pg_database_size(current_database())::bigint AS bytes',
    );
    return row!.bytes;
  }
}
