import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../platform/database/database.js';
import { insertInto } from '../platform/database/insert-into.js';
import { readPage } from '../platform/database/read-page.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import type { Transaction } from '../platform/database/transaction.js';
import { invalidCursor, type Page, type PageRequest, pageOf } from '../platform/http/page.js';
import type { AuditKind, AuditOutcome } from './audit-kinds.js';
import { AUDIT_COLUMNS, type AuditRow } from './audit-row.js';

/** An entry as it is read: with the names of the people. */
export interface ReadEntry {
  id: string;
  at: Date;
  kind: AuditKind;
  outcome: AuditOutcome;
  actorId: string | null;
  actorName: string | null;
  subjectId: string | null;
  subjectName: string | null;
  eventId: string | null;
  sessionId: string | null;
  requestId: string | null;
  address: string | null;
  userAgent: string | null;
  details: Record<string, unknown>;
}

export interface AuditFilter {
  /** Only entries whose actor or subject is this person; null for all. */
  personId: string | null;
  kind: AuditKind | null;
  outcome: AuditOutcome | null;
  /** `actorId`: whose request it has to be; null for anybody. */
  request: { id: string; actorId: string | null } | null;
  eventId: string | null;
  from: Date | null;
  to: Date | null;
}

/** The name of each person is looked up for the page only: a join may read all accounts. */
const nameOf = (column: string): string => `(SELECT username FROM users WHERE users.id = e.${column})`;
const ENTRY = `e.id, e.at, e.kind, e.outcome, e.actor_id AS "actorId", ${nameOf('actor_id')} AS "actorName",
  e.subject_id AS "subjectId", ${nameOf('subject_id')} AS "subjectName", e.event_id AS "eventId", e.session_id AS "sessionId",
  e.request_id AS "requestId", e.address, e.user_agent AS "userAgent", e.details`;

const insertEntries = insertInto('audit_entries', AUDIT_COLUMNS);
const NEWEST_FIRST = 'ORDER BY at DESC, id DESC';

@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Adds entries in one statement, sent with the others of the transaction. */
  insert(tx: Transaction, rows: AuditRow[]): void {
    tx.write(...insertEntries(rows));
  }

  /** Adds entries in a statement of their own. */
  async insertNow(rows: AuditRow[]): Promise<void> {
    await this.database.query(...insertEntries(rows));
  }

  /** Erases the addresses and devices of an erased person. */
  eraseOrigins(tx: Transaction, userId: string): void {
    for (const person of ['actor_id = $1', 'actor_id IS NULL AND subject_id = $1']) {
      tx.write(
        `UPDATE audit_entries SET address = NULL, user_agent = NULL
          WHERE ${person} AND (address IS NOT NULL OR user_agent IS NOT NULL)`,
        [userId],
      );
    }
  }

  /** Returns entries, newest first. */
  async list(filter: AuditFilter, page: PageRequest): Promise<Page<ReadEntry>> {
    const parameters: unknown[] = [];
    const add = (value: unknown): string => `$${parameters.push(value)}`;
    const person = filter.personId === null ? null : add(filter.personId);
    const matching = conditions(filter, add);
    const [all, ofAll] = [selectEntries(person, matching, ''), [...parameters]];
    const after = page.after ? [`(at, id) < (${add(instantKey(page.after[0]))}, ${add(idKey(page.after[1]))})`] : [];
    const bound = `${NEWEST_FIRST} LIMIT ${add(page.limit + 1 + (page.offset ?? 0))}`;
    const entries = selectEntries(person, [...matching, ...after], bound);
    const sql = new VaryingSql(
      `SELECT ${ENTRY} FROM (SELECT * FROM (${entries}) AS found ${NEWEST_FIRST}
                              LIMIT ${add(page.limit + 1)} OFFSET ${add(page.offset ?? 0)}) AS e
        ORDER BY e.at DESC, e.id DESC`,
    );
    const readRows = (queries: Queryable): Promise<ReadEntry[]> => queries.query<ReadEntry>(sql, parameters);
    const [rows, total] = await readPage(this.database, page.offset !== null, readRows, (queries) =>
      count(queries, all, ofAll),
    );
    return pageOf(rows, page, ({ at, id }) => [at.toISOString(), id], total);
  }

  /** Creates the partitions of the next months and drops old ones. Returns how many it dropped. */
  async maintainPartitions(keepDays: number): Promise<number> {
    const [row] = await this.database.query<{ dropped: number }>('SELECT maintain_audit_partitions($1) AS dropped', [
      keepDays,
    ]);
    return row?.dropped ?? 0;
  }
}

async function count(queries: Queryable, entries: string, parameters: unknown[]): Promise<number> {
  const [row] = await queries.query<{ n: number }>(
    new VaryingSql(`SELECT count(*)::int AS n FROM (${entries}) AS found`),
    parameters,
  );
  return row?.n ?? 0;
}

/**
 * Returns a query of the entries that match. Those of a person are found by two indexes: they acted, or it happened to them.
 * @param person the placeholder of a person; null for everybody
 * @param bound follows each of the queries, so that none reads more than a page
 */
function selectEntries(person: string | null, matching: string[], bound: string): string {
  const select = (...more: string[]): string => {
    const all = [...more, ...matching];
    return `SELECT * FROM audit_entries ${all.length > 0 ? `WHERE ${all.join(' AND ')}` : ''} ${bound}`;
  };
  if (person === null) return select();
  return `(${select(`actor_id = ${person}`)}) UNION ALL (${select(`subject_id = ${person}`, `actor_id IS DISTINCT FROM ${person}`)})`;
}

function conditions(filter: AuditFilter, add: (value: unknown) => string): string[] {
  const { kind, outcome, request, eventId, from, to } = filter;
  return [
    kind !== null && `kind = ${add(kind)}`,
    // One of a closed list, and not a parameter: a partial index holds what was refused.
    outcome !== null && `outcome = '${outcome}'`,
    request !== null && `request_id = ${add(request.id)}`,
    request !== null && request.actorId !== null && `actor_id = ${add(request.actorId)}`,
    eventId !== null && `event_id = ${add(eventId)}`,
    from !== null && `at >= ${add(from)}`,
    to !== null && `at < ${add(to)}`,
  ].filter((condition) => condition !== false);
}

function instantKey(key: string | undefined): Date {
  const at = new Date(key ?? '');
  if (Number.isNaN(at.getTime())) throw invalidCursor();
  return at;
}

function idKey(key: string | undefined): string {
  if (!key || !/^[0-9a-f-]{36}$/.test(key)) throw invalidCursor();
  return key;
}
