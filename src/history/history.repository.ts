import { Injectable } from '@nestjs/common';
import type { Snapshot } from '../content/snapshot.js';
import type { Member, MemberEntry } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import type { Queryable } from '../platform/database/database.js';
import { insertInto, type Row } from '../platform/database/insert-into.js';
import type { Transaction } from '../platform/database/transaction.js';
import { invalidCursor, type Page, type PageRequest, pageOf } from '../platform/http/page.js';
import { joinUser } from '../users/join-user.js';
import type { ChangeKind } from './change.js';
import type { HistoryEntry, LastEntry } from './history-entry.js';
import { shorten, wholeSnapshot } from './long-values.js';
import type { SplitStep } from './splits.js';

/** An entry with its hash, hexadecimal. */
export interface ChainedEntry extends HistoryEntry {
  hash: string;
}

/** An entry as it is read: with the name of its actor, the previous snapshot, and its redaction if there is one. */
export interface EntryRow extends Omit<HistoryEntry, 'eventId' | 'actorId'> {
  personId: string;
  personName: string;
  /** Snapshot of the previous version; only in changelogs. */
  before?: Snapshot | null;
  /** Of the version that split a series, if the reader may see the other part; only in changelogs. */
  otherPart?: OtherPart | null;
  /** The members of both parts of a series that was split, owner first; only in changelogs. */
  partMembers?: PartMember[] | null;
  redactionReason: string | null;
  redactedAt: Date | null;
}

/** The other part of a series that was split, as it was then. */
export interface OtherPart {
  eventId: string;
  title: string;
}

export interface PartMember {
  username: string;
  role: Role;
}

/** Selects entries of the changelog. */
export interface ChangelogFilter {
  descending: boolean;
  /** Wire name of a field, or `permissions`. */
  field?: string;
  kind?: ChangeKind;
  /** User name or id. */
  author?: string;
  /** Who reads: the other part of a split series is named only to people who can see it. */
  readerId: string;
}

const REDACTION = `r.reason AS "redactionReason", r.created_at AS "redactedAt"`;
const VERSION = `
  SELECT v.position, v.version, v.kind, v.created_at AS at, v.comment, v.changed, ${wholeSnapshot('v')} AS snapshot, v.undoes,
         NULL::jsonb AS members,
         u.id AS "personId", u.username AS "personName", ${REDACTION}
    FROM event_versions v JOIN users u ON u.id = v.author_id
    LEFT JOIN redactions r ON r.event_id = v.event_id AND r.version = v.version`;

/** The history of an event ($1) filtered by field, kind and person ($2 to $4, null for any), without snapshots. */
const ENTRIES = `
  SELECT h.*, u.id AS "personId", u.username AS "personName"
    FROM (SELECT position, version, kind, author_id AS person, created_at AS at, comment, changed, NULL::jsonb AS members
            FROM event_versions WHERE event_id = $1
          UNION ALL
          SELECT position, version, kind, actor_id, created_at, comment, ARRAY['permissions'], members
            FROM member_changes WHERE event_id = $1) AS h
    JOIN users u ON u.id = h.person
   WHERE ($2::text IS NULL OR $2 = ANY (h.changed))
     AND ($3::text IS NULL OR h.kind = $3)
     AND ($4::text IS NULL OR u.username = $4::citext OR u.id::text = lower($4))`;

/**
 * The other part of a split: of the version that ends the head, the tail; of the first version of the tail, the head. Only
 * when the reader ($8) can see that event now.
 */
const OTHER_PART = `
  SELECT jsonb_build_object('eventId', part.id, 'title', (${wholeSnapshot('other')}) ->> 'title') AS "otherPart"
    FROM events own
    JOIN events part ON CASE WHEN v.version = 1 THEN part.id = own.split_from
                             ELSE part.split_from = own.id AND part.split_from_version = v.version END
    JOIN event_versions other ON other.event_id = part.id
                             AND other.version = CASE WHEN v.version = 1 THEN own.split_from_version ELSE 1 END
    JOIN event_permissions access ON access.event_id = part.id AND access.user_id = $8
   WHERE v.kind = 'split' AND own.id = v.event_id AND (part.deleted_at IS NULL OR access.role = 'owner')
   LIMIT 1`;
/** The version whose snapshot the entry before has. The window has the order of the page. */
const shown = (direction: 'ASC' | 'DESC'): string => `
  max(version) FILTER (WHERE members IS NULL) OVER (ORDER BY position ${direction} ROWS BETWEEN ${
    direction === 'ASC' ? 'UNBOUNDED PRECEDING AND 1 PRECEDING' : '1 FOLLOWING AND UNBOUNDED FOLLOWING'
  }) AS shown`;
const PART_MEMBERS = `
  CASE WHEN v.kind = 'split' THEN (
    SELECT jsonb_agg(jsonb_build_object('username', u.username, 'role', m.role) ORDER BY m.role <> 'owner', u.username)
      FROM members_at(v.event_id, 'infinity', v.position) m JOIN users u ON u.id = m.user_id) END AS "partMembers"`;

const COLUMNS = {
  event_id: 'uuid',
  position: 'bigint',
  version: 'integer',
  kind: 'text',
  comment: 'text',
  created_at: 'timestamptz',
  hash: 'bytea',
};
const VERSION_COLUMNS = {
  ...COLUMNS,
  author_id: 'uuid',
  changed: 'text[]',
  snapshot: 'jsonb',
  long_values: 'jsonb',
  undoes: 'jsonb',
};
const VALUE_COLUMNS = { event_id: 'uuid', hash: 'bytea', value: 'jsonb' };
const MEMBER_CHANGE_COLUMNS = { ...COLUMNS, actor_id: 'uuid', members: 'jsonb' };

const insertVersions = insertInto('event_versions', VERSION_COLUMNS);
const insertValues = insertInto('version_values', VALUE_COLUMNS, 'ON CONFLICT DO NOTHING');
const insertMemberChanges = insertInto('member_changes', MEMBER_CHANGE_COLUMNS);

/** Returns bytes as PostgreSQL reads them. */
const toBytes = (hexadecimal: string): string => `\\x${hexadecimal}`;

/** Returns the columns that both tables have. */
const toRow = ({ eventId, position, version, kind, comment, at, hash }: ChainedEntry): Row => ({
  event_id: eventId,
  position,
  version,
  kind,
  comment,
  created_at: at,
  hash: toBytes(hash),
});

/** Reads and appends rows of `event_versions` and `member_changes`. */
@Injectable()
export class HistoryRepository {
  /** Returns the last entry of each locked event that has one. */
  async listLastEntries(tx: Transaction, eventIds: string[]): Promise<Map<string, LastEntry>> {
    if (eventIds.length === 0) return new Map();
    const rows = await tx.query<LastEntry & { eventId: string }>(
      `SELECT e.id AS "eventId", last.position, last.hash
         FROM unnest($1::uuid[]) AS e (id) CROSS JOIN LATERAL last_entry(e.id) AS last`,
      [eventIds],
    );
    return new Map(rows.map(({ eventId, position, hash }) => [eventId, { position, hash }]));
  }

  insert(tx: Transaction, entries: ChainedEntry[]): void {
    const versions = entries.filter((entry) => entry.members === null);
    const memberChanges = entries.filter((entry) => entry.members !== null);
    if (versions.length > 0) this.insertVersions(tx, versions);
    if (memberChanges.length > 0) {
      const rows = memberChanges.map((entry) => ({ actor_id: entry.actorId, members: entry.members, ...toRow(entry) }));
      tx.write(...insertMemberChanges(rows));
    }
  }

  /** Returns the versions of an event, newest first. */
  async listVersions(queries: Queryable, eventId: string, page: PageRequest): Promise<Page<EntryRow>> {
    const before = page.after ? numberKey(page.after[0]) : null;
    const [rows, total] = await Promise.all([
      queries.query<EntryRow>(
        `${VERSION} WHERE v.event_id = $1 AND ($2::bigint IS NULL OR v.version < $2)
          ORDER BY v.version DESC LIMIT $3 OFFSET $4`,
        [eventId, before, page.limit + 1, page.offset ?? 0],
      ),
      totalOf(page, queries, `SELECT count(*)::int AS n FROM event_versions WHERE event_id = $1`, [eventId]),
    ]);
    return pageOf(rows, page, ({ version }) => [String(version)], total);
  }

  /** @param version null for the latest */
  async findVersion(queries: Queryable, eventId: string, version: number | null): Promise<EntryRow | null> {
    const [row] = await (version === null
      ? queries.query<EntryRow>(`${VERSION} WHERE v.event_id = $1 ORDER BY v.version DESC LIMIT 1`, [eventId])
      : queries.query<EntryRow>(`${VERSION} WHERE v.event_id = $1 AND v.version = $2`, [eventId, version]));
    return row ?? null;
  }

  /** Returns a version, and those that split the series or may have undone a split, oldest first. */
  async findVersionToUndo(
    tx: Transaction,
    eventId: string,
    version: number,
  ): Promise<(EntryRow & { splitSteps: SplitStep[] }) | null> {
    const [row] = await tx.query<EntryRow & { splitSteps: SplitStep[] }>(
      `SELECT found.*,
              ARRAY(SELECT jsonb_build_object('version', version, 'kind', kind, 'undoes', undoes)
                      FROM event_versions
                     WHERE event_id = $1 AND version > 1 AND kind IN ('split', 'rolled_back')
                     ORDER BY version) AS "splitSteps"
         FROM (${VERSION} WHERE v.event_id = $1 AND v.version = $2) AS found`,
      [eventId, version],
    );
    return row ?? null;
  }

  /** Returns the entry at a position; null when the history is shorter. */
  async findEntry(
    tx: Transaction,
    eventId: string,
    position: number,
  ): Promise<{ version: number; kind: ChangeKind; members: MemberEntry[] | null } | null> {
    const [entry] = await tx.query<{ version: number; kind: ChangeKind; members: MemberEntry[] | null }>(
      `SELECT version, kind, NULL::jsonb AS members FROM event_versions WHERE event_id = $1 AND position = $2
       UNION ALL
       SELECT version, kind, members FROM member_changes WHERE event_id = $1 AND position = $2`,
      [eventId, position],
    );
    return entry ?? null;
  }

  /** Returns the entries that match the filter, oldest or newest first. */
  async listChangelog(
    queries: Queryable,
    eventId: string,
    page: PageRequest,
    filter: ChangelogFilter,
  ): Promise<Page<EntryRow>> {
    const after = page.after ? numberKey(page.after[0]) : null;
    const { descending, field = null, kind = null, author = null, readerId } = filter;
    const direction = descending ? 'DESC' : 'ASC';
    // Snapshots are read for the page only: they make up most of a long history. LIMIT has each looked up by its key:
    // a join may read the whole history of the event for that.
    const [rows, total] = await Promise.all([
      queries.query<EntryRow>(
        `SELECT page.*, v.snapshot, v.undoes, earlier.snapshot AS before, part."otherPart", ${PART_MEMBERS}, ${REDACTION}
           FROM (SELECT *, ${shown(direction)}
                   FROM (SELECT * FROM (${ENTRIES}) AS log WHERE $5::bigint IS NULL OR position ${descending ? '<' : '>'} $5
                          ORDER BY position ${direction} LIMIT $6 OFFSET $7) AS entries) AS page
           LEFT JOIN LATERAL (
             SELECT event_id, version, position, kind, undoes, ${wholeSnapshot('stored')} AS snapshot
               FROM event_versions stored WHERE event_id = $1 AND position = page.position LIMIT 1) AS v ON true
           LEFT JOIN LATERAL (
             SELECT ${wholeSnapshot('stored')} AS snapshot FROM event_versions stored
              WHERE event_id = $1 AND version = v.version - 1 AND version IS DISTINCT FROM page.shown LIMIT 1)
             AS earlier ON true
           LEFT JOIN redactions r ON r.event_id = $1 AND r.version = v.version
           LEFT JOIN LATERAL (${OTHER_PART}) AS part ON true
          ORDER BY page.position ${direction}`,
        [eventId, field, kind, author, after, page.limit + 1, page.offset ?? 0, readerId],
      ),
      totalOf(page, queries, `SELECT count(*)::int AS n FROM (${ENTRIES}) AS log`, [eventId, field, kind, author]),
    ]);
    const snapshots = new Map(rows.map(({ version, snapshot }) => [snapshot && version, snapshot]));
    for (const row of rows) if (row.snapshot) row.before ??= snapshots.get(row.version - 1) ?? null;
    return pageOf(rows, page, ({ position }) => [String(position)], total);
  }

  /** Returns the members of an event as of an earlier time, owner first; none before it existed. */
  async listMembersAsOf(queries: Queryable, eventId: string, asOf: Date): Promise<Member[]> {
    return queries.query<Member>(
      `SELECT m.user_id AS "userId", u.username, m.role, m.granted_at AS "grantedAt",
              json_build_object('id', g.id, 'username', g.username) AS "grantedBy"
         FROM members_at($1, $2, 9223372036854775807) m
         ${joinUser('u', 'm.user_id')} ${joinUser('g', 'm.granted_by')}
        ORDER BY m.role = 'owner' DESC, u.username`,
      [eventId, asOf],
    );
  }

  private insertVersions(tx: Transaction, entries: ChainedEntry[]): void {
    const versions = entries.map((entry) => ({ entry, ...shorten(entry.snapshot!) }));
    const values = versions.flatMap(({ entry: { eventId }, values: own }) =>
      [...own].map(([hash, value]) => ({ event_id: eventId, hash: toBytes(hash), value })),
    );
    if (values.length > 0) tx.write(...insertValues(values));
    const rows = versions.map(({ entry, snapshot, longValues }) => ({
      author_id: entry.actorId,
      changed: entry.changed,
      snapshot,
      long_values: longValues,
      undoes: entry.undoes ?? null,
      ...toRow(entry),
    }));
    tx.write(...insertVersions(rows));
  }
}

/** Returns how many entries there are in all; null for a page that is not numbered. */
async function totalOf(
  page: PageRequest,
  queries: Queryable,
  sql: string,
  parameters: unknown[],
): Promise<number | null> {
  if (page.offset === null) return null;
  const [row] = await queries.query<{ n: number }>(sql, parameters);
  return row!.n;
}

function numberKey(key: string | undefined): number {
  if (!key || !/^\d{1,15}$/.test(key)) throw invalidCursor();
  return Number(key);
}
