import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../platform/database/database.js';
import { readPage } from '../platform/database/read-page.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import { invalidCursor, type Page, type PageRequest, pageOf } from '../platform/http/page.js';
import { SYSTEM_USER_ID } from '../users/system-user.js';
import type { Profile } from '../users/user-view.js';

export interface Account extends Profile {
  disabledAt: Date | null;
  /** Sessions that have not ended. */
  sessions: number;
  /** Passwords of calendar applications. */
  appPasswords: number;
  /** The last sign-in or refresh. */
  lastUsedAt: Date | null;
}

export interface AccountFilter {
  /** Part of the name or the e-mail address, in any case. */
  text?: string;
  role?: 'user' | 'admin';
  isDisabled?: boolean;
}

const ACCOUNT = `u.id, u.username, u.email, u.role, u.time_zone AS "timeZone", u.created_at AS "createdAt",
  u.email_verified_at AS "emailVerifiedAt", u.pending_email AS "pendingEmail", u.pending_email_until AS "pendingEmailUntil",
  u.disabled_at AS "disabledAt",
  (SELECT count(*)::int FROM sessions s
    WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()) AS sessions,
  (SELECT count(*)::int FROM app_passwords a WHERE a.user_id = u.id) AS "appPasswords",
  (SELECT max(s.last_used_at) FROM sessions s WHERE s.user_id = u.id) AS "lastUsedAt"`;

/** Erased accounts and that of the server itself are not listed. */
const LISTED = `u.erased_at IS NULL AND u.id <> '${SYSTEM_USER_ID}'`;

@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** Returns accounts, newest first. */
  async list({ text, role, isDisabled }: AccountFilter, page: PageRequest): Promise<Page<Account>> {
    const parameters: unknown[] = [];
    const add = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions = [LISTED];
    if (text !== undefined) {
      const part = add(text.toLowerCase());
      conditions.push(`(strpos(lower(u.username::text), ${part}) > 0 OR strpos(lower(u.email::text), ${part}) > 0)`);
    }
    if (role !== undefined) conditions.push(`u.role = ${add(role)}`);
    if (isDisabled !== undefined) conditions.push(`u.disabled_at IS ${isDisabled ? 'NOT NULL' : 'NULL'}`);
    const [ofAll, allParameters] = [[...conditions], [...parameters]];
    if (page.after) conditions.push(`u.id < ${add(idKey(page.after[0]))}`);
    const sql = new VaryingSql(
      `SELECT ${ACCOUNT} FROM users u WHERE ${conditions.join(' AND ')}
        ORDER BY u.id DESC LIMIT ${add(page.limit + 1)} OFFSET ${add(page.offset ?? 0)}`,
    );
    const readRows = (queries: Queryable): Promise<Account[]> => queries.query<Account>(sql, parameters);
    const [rows, total] = await readPage(this.database, page.offset !== null, readRows, (queries) =>
      count(queries, ofAll, allParameters),
    );
    return pageOf(rows, page, ({ id }) => [id], total);
  }

  /** Returns an account by id, or by name or e-mail address in any case. */
  async find(name: { id?: string; login?: string }): Promise<Account | null> {
    const [row] = await this.database.query<Account>(
      `SELECT ${ACCOUNT} FROM users u
        WHERE ${LISTED} AND (u.id = $1 OR u.username = $2::citext OR u.email = $2::citext)`,
      [name.id ?? null, name.login ?? null],
    );
    return row ?? null;
  }

  /** Returns how many events a person owns, and how many of them are in the trash. */
  async countEvents(userId: string): Promise<{ events: number; trash: number }> {
    const [row] = await this.database.query<{ events: number; trash: number }>(
      `SELECT count(*) FILTER (WHERE e.deleted_at IS NULL)::int AS events,
              count(*) FILTER (WHERE e.deleted_at IS NOT NULL AND e.purged_at IS NULL)::int AS trash
         FROM event_permissions p JOIN events e ON e.id = p.event_id WHERE p.user_id = $1 AND p.role = 'owner'`,
      [userId],
    );
    return row!;
  }
}

async function count(queries: Queryable, conditions: string[], parameters: unknown[]): Promise<number> {
  const [row] = await queries.query<{ n: number }>(
    new VaryingSql(`SELECT count(*)::int AS n FROM users u WHERE ${conditions.join(' AND ')}`),
    parameters,
  );
  return row!.n;
}

function idKey(key: string | undefined): string {
  if (!key || !/^[0-9a-f-]{36}$/.test(key)) throw invalidCursor();
  return key;
}
