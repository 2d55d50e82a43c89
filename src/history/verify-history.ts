import { type EventContent, selectContent } from '../content/event-content.js';
import { isRoleChange, type MemberEntry } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { type CurrentState, type HistoryCheck, HistoryReplay, type StoredEntry } from './history-replay.js';
import { wholeSnapshot } from './long-values.js';

/** Runs one statement. All statements must see the same state: in a repeatable-read transaction, or without writers. */
export type Query = <Row extends object>(sql: string, parameters?: unknown[]) => Promise<Row[]>;

/** The first problem in the history of an event. */
export interface HistoryProblem {
  eventId: string;
  /** The version of the entry; null when the problem is not in a single entry. */
  version: number | null;
  position: number | null;
  check: HistoryCheck;
  message: string;
}

export interface HistorySummary {
  events: number;
  entries: number;
  problems: number;
}

const ROWS = 1_000;
const EVENTS = 500;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Replays the history of all events and verifies it. Reads a thousand entries at a time.
 * @param report called with the first problem of each event that has one
 * @param only ids of the events to verify; null for all
 */
export async function verifyHistory(
  query: Query,
  report: (problem: HistoryProblem) => void,
  only: string[] | null = null,
): Promise<HistorySummary> {
  const summary = { events: 0, entries: 0, problems: 0 };
  const count = (found: HistoryProblem): void => {
    summary.problems += 1;
    report(found);
  };
  const history = listHistory(query, only);
  let { value: entry } = await history.next();
  for await (const event of listEvents(query, only)) {
    summary.events += 1;
    const replay = new HistoryReplay(
      event.splitFrom ? await readInitialMembers(query, event.id) : new Map(),
      event.splitFrom !== null,
    );
    let found: HistoryProblem | null = null;
    while (entry && entry.eventId === event.id) {
      summary.entries += 1;
      const { version, position } = entry;
      const wrong = replay.apply(entry);
      if (wrong) found ??= { eventId: event.id, version, position, ...wrong };
      ({ value: entry } = await history.next());
    }
    const wrong = found ? null : replay.compareWith(event);
    if (wrong) found = { eventId: event.id, version: null, position: null, ...wrong };
    if (found) count(found);
  }
  return summary;
}

/** Returns a problem as one line of text. */
export function formatProblem({ eventId, version, position, check, message }: HistoryProblem): string {
  const row = version === null ? '' : `, version ${version}, position ${position}`;
  return `event ${eventId}${row}: ${check}: ${message}`;
}

type EventRow = EventContent & {
  id: string;
  version: number;
  splitFrom: string | null;
  updatedBy: string;
  updatedAt: Date;
  roles: Record<string, Role> | null;
};

async function* listEvents(
  query: Query,
  only: string[] | null,
): AsyncGenerator<CurrentState & { id: string; splitFrom: string | null }> {
  for (let after = FIRST; ;) {
    const rows = await query<EventRow>(
      `SELECT e.id, ${selectContent('e')}, e.version, e.split_from AS "splitFrom", e.updated_by AS "updatedBy",
              e.updated_at AS "updatedAt",
              (SELECT jsonb_object_agg(p.user_id, p.role) FROM event_permissions p WHERE p.event_id = e.id) AS roles
         FROM events e WHERE e.id > $1 AND ($2::uuid[] IS NULL OR e.id = ANY($2)) ORDER BY e.id LIMIT ${EVENTS}`,
      [after, only],
    );
    for (const row of rows) {
      const { id, version, splitFrom, updatedBy, updatedAt, roles } = row;
      yield {
        id,
        content: row,
        version,
        splitFrom,
        updatedBy,
        updatedAt,
        members: new Map(Object.entries(roles ?? {})),
      };
    }
    if (rows.length < EVENTS) return;
    after = rows.at(-1)!.id;
  }
}

/** Some drivers return a bigint as text. */
type EntryRow = Omit<StoredEntry, 'position'> & { position: number | string };

/** Yields every entry, by event and then by position. The database guarantees that every entry has its event. */
async function* listHistory(query: Query, only: string[] | null): AsyncGenerator<StoredEntry, undefined> {
  for (let after: [string, number] = [FIRST, 0]; ;) {
    const rows = await query<EntryRow>(
      `SELECT v.event_id AS "eventId", v.position, v.version, v.kind, v.author_id AS "actorId", v.created_at AS at,
              v.comment, v.changed, ${wholeSnapshot('v')} AS snapshot, v.undoes, NULL::jsonb AS members, encode(v.hash, 'hex') AS hash,
              encode(r.content_hash, 'hex') AS "redactedHash"
         FROM event_versions v LEFT JOIN redactions r ON r.event_id = v.event_id AND r.version = v.version
        WHERE (v.event_id, v.position) > ($1, $2) AND ($3::uuid[] IS NULL OR v.event_id = ANY($3))
       UNION ALL
       SELECT event_id, position, version, kind, actor_id, created_at, comment, NULL, NULL, NULL, members,
              encode(hash, 'hex'), NULL
         FROM member_changes WHERE (event_id, position) > ($1, $2) AND ($3::uuid[] IS NULL OR event_id = ANY($3))
        ORDER BY 1, 2 LIMIT ${ROWS}`,
      [...after, only],
    );
    for (const row of rows) yield { ...row, position: Number(row.position) };
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) return undefined;
    after = [last.eventId, Number(last.position)];
  }
}

interface Origin {
  kind: string;
  authorId: string;
  splitFrom: string | null;
  /** Position in the head's history of the version that ends the head. */
  splitPosition: number | string | null;
}

/**
 * Returns the initial members: the creator as owner, or for the tail of a split series the members of its head then.
 */
async function readInitialMembers(query: Query, eventId: string, tails: string[] = []): Promise<Map<string, Role>> {
  const [origin] = await query<Origin>(
    `SELECT v.kind, v.author_id AS "authorId", e.split_from AS "splitFrom", cut.position AS "splitPosition"
       FROM event_versions v JOIN events e ON e.id = v.event_id
       LEFT JOIN event_versions cut ON cut.event_id = e.split_from AND cut.version = e.split_from_version
      WHERE v.event_id = $1 AND v.version = 1`,
    [eventId],
  );
  // Corrupt data could contain a cycle.
  if (!origin || tails.includes(eventId)) return new Map();
  if (origin.kind !== 'split' || !origin.splitFrom) return new Map([[origin.authorId, 'owner']]);
  const members = await readInitialMembers(query, origin.splitFrom, [...tails, eventId]);
  const changes = await query<{ members: MemberEntry[] }>(
    `SELECT members FROM member_changes WHERE event_id = $1 AND position < $2 ORDER BY position`,
    [origin.splitFrom, origin.splitPosition],
  );
  for (const { userId, to } of changes.flatMap((change) => change.members).filter(isRoleChange)) {
    if (to === null) members.delete(userId);
    else members.set(userId, to);
  }
  return members;
}
