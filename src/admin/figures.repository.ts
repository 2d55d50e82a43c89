import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { SYSTEM_USER_ID } from '../users/system-user.js';

export interface StoredTable {
  name: string;
  /** An estimate of PostgreSQL. */
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

/** Accounts are counted up to this number; that takes some milliseconds. */
const MAX_COUNTED = 20_000;

/** The rows of a table `c` as of its last ANALYZE or, before the first one, as its statistics counted them. */
const ROWS = `CASE WHEN c.reltuples >= 0 THEN c.reltuples ELSE pg_stat_get_live_tuples(c.oid) END`;

@Injectable()
export class FiguresRepository {
  constructor(private readonly database: Database) {}

  /** Returns how many accounts there are. Indexes have the few that are not ordinary; of many, the total is an estimate. */
  async countUsers(): Promise<UserFigures> {
    const [row] = await this.database.query<UserFigures>(
      `SELECT CASE WHEN stored.rows > $2 THEN stored.rows - special.erased
                   ELSE (SELECT count(*) FROM users WHERE erased_at IS NULL AND id <> $1) END::int AS total,
              special.*
         FROM (SELECT ${ROWS} AS rows FROM pg_class c WHERE c.oid = 'users'::regclass) AS stored,
              (SELECT (SELECT count(*)::int FROM users WHERE role = 'admin' AND erased_at IS NULL AND id <> $1) AS admins,
                      (SELECT count(*)::int FROM users WHERE disabled_at IS NOT NULL) AS disabled,
                      (SELECT count(*)::int FROM users WHERE erased_at IS NOT NULL) AS erased) AS special`,
      [SYSTEM_USER_ID, MAX_COUNTED],
    );
    return row!;
  }

  /** Returns how many mails wait to be sent; an index has just those. */
  async countWaitingMails(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM mails WHERE sent_at IS NULL AND failed_at IS NULL`,
    );
    return row!.n;
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
      `SELECT coalesce(parent.relname, c.relname)::text AS name, sum(${ROWS})::bigint AS rows,
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
