import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Snapshot } from '../events/event-snapshot.js';
import type { RoleChange } from '../permissions/people-writer.js';
import type { ChangeKind, ContentKind, PeopleKind, PersonChange } from '../platform/changes/change.js';
import type { Transaction } from '../platform/database/transactions.js';
import { invalidCursor, type Page, pageOf, type PageRequest } from '../platform/http/page.js';
import type { HistoryEntry } from './history-hash.js';

/** A row with its place in the chain of hashes. */
export interface ChainedEntry extends HistoryEntry {
  hash: string;
}

/** Where the history of an event ends so far. */
export interface HistoryEnd {
  position: number;
  hash: string;
}

interface Person {
  id: string;
  username: string;
}

export interface VersionRecord {
  version: number;
  kind: ContentKind;
  author: Person;
  createdAt: Date;
  comment: string | null;
  changed: string[];
  snapshot: Snapshot;
}

/** One thing that happened: a version with the one before it, or a change of people. */
export interface LogRecord {
  position: number;
  version: number;
  kind: ContentKind | PeopleKind;
  actor: Person;
  at: Date;
  comment: string | null;
  /** State after the change; null for a change of people. */
  snapshot: Snapshot | null;
  /** State before it; null for the first version and for people. */
  before: Snapshot | null;
  people: PersonChange[] | null;
}

/** A version, or a change of people beside it. */
export type HistoryPlace = { version: number } & (
  { kind: ContentKind; people: null } | { kind: PeopleKind; people: RoleChange[] }
);

/** Which part of the log is asked for. */
export interface LogFilter {
  descending: boolean;
  /** A field as on the wire, or `permissions`. */
  field?: string;
  kind?: ChangeKind;
  /** Name or id. */
  author?: string;
}

type Row<T extends object> = Omit<T, 'author' | 'actor'> & { personId: string; personName: string };

const VERSION_COLUMNS = `v.version, v.kind, v.comment, v.changed, v.snapshot, v.created_at AS "createdAt",
  u.id AS "personId", u.username AS "personName"`;

/** The lines of an event's ($1) log of a field, a kind and a person ($2 to $4, null for any), versions without content. */
const LOG = `
  SELECT h.*, u.id AS "personId", u.username AS "personName"
    FROM (SELECT position, version, kind, author_id AS person, created_at AS at, comment, changed, NULL::jsonb AS people
            FROM event_versions WHERE event_id = $1
          UNION ALL
          SELECT position, version, kind, actor_id, created_at, comment, ARRAY['permissions'], people
            FROM people_changes WHERE event_id = $1) AS h
    JOIN users u ON u.id = h.person
   WHERE ($2::text IS NULL OR $2 = ANY (h.changed))
     AND ($3::text IS NULL OR h.kind = $3)
     AND ($4::text IS NULL OR u.username = $4::citext OR u.id::text = lower($4))`;

@Injectable()
export class HistoryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The last row of each event that has one. The events are locked: nobody else writes the next. */
  async listEnds(tx: Transaction, eventIds: string[]): Promise<Map<string, HistoryEnd>> {
    if (eventIds.length === 0) return new Map();
    const rows = await tx.query<HistoryEnd & { eventId: string }>(
      `SELECT e.id AS "eventId", last.position, encode(last.hash, 'hex') AS hash
         FROM unnest($1::uuid[]) AS e (id) CROSS JOIN LATERAL (
           (SELECT position, hash FROM event_versions WHERE event_id = e.id ORDER BY position DESC LIMIT 1)
           UNION ALL
           (SELECT position, hash FROM people_changes WHERE event_id = e.id ORDER BY position DESC LIMIT 1)
           ORDER BY position DESC LIMIT 1) AS last`,
      [eventIds],
    );
    return new Map(rows.map(({ eventId, position, hash }) => [eventId, { position, hash }]));
  }

  async insertVersions(tx: Transaction, versions: ChainedEntry[]): Promise<void> {
    await tx.query(
      `INSERT INTO event_versions (event_id, version, position, kind, author_id, comment, changed, snapshot, created_at,
                                   hash)
       SELECT "eventId", version, position, kind, "actorId", comment, changed, snapshot, at, decode(hash, 'hex')
         FROM jsonb_to_recordset($1::jsonb) AS ("eventId" uuid, version int, position bigint, kind text, "actorId" uuid,
              comment text, changed text[], snapshot jsonb, at timestamptz, hash text)`,
      [JSON.stringify(versions)],
    );
  }

  async insertPeopleChanges(tx: Transaction, changes: ChainedEntry[]): Promise<void> {
    await tx.query(
      `INSERT INTO people_changes (event_id, version, position, kind, actor_id, comment, people, created_at, hash)
       SELECT "eventId", version, position, kind, "actorId", comment, people, at, decode(hash, 'hex')
         FROM jsonb_to_recordset($1::jsonb) AS ("eventId" uuid, version int, position bigint, kind text, "actorId" uuid,
              comment text, people jsonb, at timestamptz, hash text)`,
      [JSON.stringify(changes)],
    );
  }

  /** Newest first. */
  async listVersions(eventId: string, page: PageRequest): Promise<Page<VersionRecord>> {
    const before = page.after ? numberKey(page.after[0]) : null;
    const rows = await this.dataSource.query<Row<VersionRecord>[]>(
      `SELECT ${VERSION_COLUMNS} FROM event_versions v JOIN users u ON u.id = v.author_id
        WHERE v.event_id = $1 AND ($2::bigint IS NULL OR v.version < $2)
        ORDER BY v.version DESC LIMIT $3 OFFSET $4`,
      [eventId, before, page.limit + 1, page.offset ?? 0],
    );
    const total =
      page.offset === null
        ? null
        : await this.count(`SELECT count(*)::int AS n FROM event_versions WHERE event_id = $1`, [eventId]);
    return pageOf(rows.map(versionRecord), page, ({ version }) => [String(version)], total);
  }

  async findVersion(eventId: string, version: number, tx?: Transaction): Promise<VersionRecord | null> {
    const [row] = await (tx?.manager ?? this.dataSource).query<Row<VersionRecord>[]>(
      `SELECT ${VERSION_COLUMNS} FROM event_versions v JOIN users u ON u.id = v.author_id
        WHERE v.event_id = $1 AND v.version = $2`,
      [eventId, version],
    );
    return row ? versionRecord(row) : null;
  }

  /** The latest version's number. */
  async latestVersion(eventId: string): Promise<number> {
    const [row] = await this.dataSource.query<{ version: number }[]>(
      `SELECT max(version) AS version FROM event_versions WHERE event_id = $1`,
      [eventId],
    );
    return row?.version ?? 0;
  }

  /** What happened at one place of the event's history; null when it isn't that long. */
  async findEntry(tx: Transaction, eventId: string, position: number): Promise<HistoryPlace | null> {
    const [entry] = await tx.query<HistoryPlace>(
      `SELECT version, kind, NULL::jsonb AS people FROM event_versions WHERE event_id = $1 AND position = $2
       UNION ALL
       SELECT version, kind, people FROM people_changes WHERE event_id = $1 AND position = $2`,
      [eventId, position],
    );
    return entry ?? null;
  }

  /** Everything that happened and passes the filter, oldest or newest first. */
  async listLog(eventId: string, page: PageRequest, filter: LogFilter): Promise<Page<LogRecord>> {
    const after = page.after ? numberKey(page.after[0]) : null;
    const { descending, field = null, kind = null, author = null } = filter;
    const direction = descending ? 'DESC' : 'ASC';
    // Snapshots are read for the page only: they are what is long in a long history.
    const rows = await this.dataSource.query<Row<LogRecord>[]>(
      `SELECT page.*, v.snapshot, earlier.snapshot AS before
         FROM (SELECT * FROM (${LOG}) AS log WHERE $5::bigint IS NULL OR position ${descending ? '<' : '>'} $5
                ORDER BY position ${direction} LIMIT $6 OFFSET $7) AS page
         LEFT JOIN event_versions v ON v.event_id = $1 AND v.position = page.position
         LEFT JOIN event_versions earlier ON earlier.event_id = $1 AND earlier.version = v.version - 1
        ORDER BY page.position ${direction}`,
      [eventId, field, kind, author, after, page.limit + 1, page.offset ?? 0],
    );
    const total =
      page.offset === null
        ? null
        : await this.count(`SELECT count(*)::int AS n FROM (${LOG}) AS log`, [eventId, field, kind, author]);
    return pageOf(rows.map(logRecord), page, ({ position }) => [String(position)], total);
  }

  private async count(sql: string, parameters: unknown[]): Promise<number> {
    const [row] = await this.dataSource.query<{ n: number }[]>(sql, parameters);
    return row?.n ?? 0;
  }
}

const versionRecord = ({ personId, personName, ...row }: Row<VersionRecord>): VersionRecord => ({
  ...row,
  author: { id: personId, username: personName },
});

const logRecord = ({ personId, personName, ...row }: Row<LogRecord>): LogRecord => ({
  ...row,
  actor: { id: personId, username: personName },
});

function numberKey(key: string | undefined): number {
  if (!key || !/^\d{1,15}$/.test(key)) throw invalidCursor();
  return Number(key);
}
