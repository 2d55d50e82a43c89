import { expect } from 'vitest';
import { type EventContent, selectContent } from '../../src/content/event-content.js';
import { fromSnapshot, type Snapshot, toSnapshot } from '../../src/content/snapshot.js';
import { mergeIntervals } from '../../src/availability/free-slots.js';
import { type Interval, findOccupied } from '../../src/availability/occupancy.js';
import type { ContentKind, MemberKind } from '../../src/history/change.js';
import { isRoleChange, type MemberEntry, type RoleChange } from '../../src/permissions/member.js';
import { formatProblem, verifyHistory } from '../../src/history/verify-history.js';
import type { TestDatabase } from './database.js';

type Queries = Pick<TestDatabase, 'query'>;

/** Each statement finds what must not be there. None of them trusts a constraint of the schema. */
const NONE_OF = {
  'versions that are not 1 … n': `
    SELECT e.id, e.version, array_agg(v.version ORDER BY v.version) AS versions
      FROM events e LEFT JOIN event_versions v ON v.event_id = e.id
     GROUP BY e.id
    HAVING array_agg(v.version ORDER BY v.version) IS DISTINCT FROM (SELECT array_agg(n) FROM generate_series(1, e.version) n)`,
  'versions whose place in history does not rise': `
    SELECT * FROM (SELECT event_id, version, position, created_at, lag(position) OVER rising AS earlier,
                          lag(created_at) OVER rising AS sooner
                     FROM event_versions WINDOW rising AS (PARTITION BY event_id ORDER BY version)) AS v
     WHERE position <= earlier OR created_at <= sooner`,
  'entries of history dated before the entry that they follow': `
    SELECT * FROM (SELECT event_id, position, created_at, lag(created_at) OVER rising AS sooner
                     FROM (SELECT event_id, position, created_at FROM event_versions
                           UNION ALL SELECT event_id, position, created_at FROM member_changes) AS history
                   WINDOW rising AS (PARTITION BY event_id ORDER BY position)) AS h
     WHERE created_at < sooner`,
  'people changes noted beside another version than that of their moment': `
    SELECT p.event_id, p.position, p.version FROM member_changes p
     WHERE p.version IS DISTINCT FROM (SELECT max(v.version) FROM event_versions v
                                        WHERE v.event_id = p.event_id AND v.position < p.position)`,
  'events without exactly one owner': `
    SELECT e.id, count(p.user_id) FROM events e LEFT JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner'
     GROUP BY e.id HAVING count(p.user_id) <> 1`,
  'overlapping events that reject overlaps': `
    SELECT a.event_id, b.event_id AS other, a.owner_id, a.busy * b.busy AS shared
      FROM event_occupancy a JOIN event_occupancy b ON a.owner_id = b.owner_id AND a.event_id < b.event_id
     WHERE a.rejects AND b.rejects AND a.busy && b.busy`,
  'events that occupy another time, or another person’s time, than they should': `
    SELECT e.id, e.show_as, e.deleted_at, e.start_time, e.end_time, p.user_id AS owner, o.owner_id, o.busy
      FROM events e
      LEFT JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner'
      LEFT JOIN event_occupancy o ON o.event_id = e.id
     WHERE CASE WHEN e.deleted_at IS NOT NULL THEN o.event_id IS NOT NULL
                WHEN e.show_as = 'free' OR e.status = 'cancelled' THEN o.event_id IS NOT NULL AND e.overrides = '[]'
                ELSE o.owner_id IS DISTINCT FROM p.user_id
                  OR (e.rrule IS NULL AND e.added = '[]' AND o.busy <> tstzmultirange(CASE WHEN NOT e.all_day
                      THEN tstzrange(e.start_time, e.end_time)
                      -- Its dates, where its owner is.
                      ELSE (SELECT tstzrange(e.local_start::timestamp AT TIME ZONE u.time_zone,
                                             e.local_end::timestamp AT TIME ZONE u.time_zone)
                              FROM users u WHERE u.id = o.owner_id) END)) END`,
  'spans that are not those of the events that members see': `
    SELECT * FROM (
      SELECT e.id, p.user_id, e.start_time, tstzrange(e.first_start, e.last_end) AS span,
             CASE WHEN e.rrule IS NOT NULL OR e.added <> '[]' THEN 2
                  WHEN e.end_time - e.start_time > interval '24 hours' THEN 1 ELSE 0 END AS kind
        FROM event_permissions p JOIN events e ON e.id = p.event_id WHERE e.deleted_at IS NULL) AS seen
      FULL JOIN visible_spans v ON v.event_id = seen.id AND v.user_id = seen.user_id
     WHERE (seen.start_time, seen.span, seen.kind) IS DISTINCT FROM (v.start_time, v.span, v.kind)`,
  'spans that were others, or did not exist, since the time that they name': `
    SELECT v.event_id, v.user_id FROM visible_spans v
     WHERE NOT EXISTS (SELECT FROM event_versions past WHERE past.event_id = v.event_id AND past.created_at <= v.since)
OR NOT EXISTS (SELECT FROM events e WHERE e.id = v.event_id AND e.created_at = v.created_at)
        OR EXISTS (
           SELECT FROM event_versions past CROSS JOIN LATERAL jsonb_to_record(whole_snapshot(past)) AS s
                  (start_time timestamptz, end_time timestamptz, rrule text, added jsonb, deleted_at timestamptz)
            WHERE past.event_id = v.event_id AND past.created_at >= v.since
              AND (s.deleted_at IS NOT NULL OR s.start_time <> v.start_time
                OR (s.rrule IS NOT NULL OR s.added <> '[]') <> (v.kind = 2)
                OR (v.kind < 2 AND tstzrange(s.start_time, s.end_time) <> v.span)))`,
  'texts that are neither indexed nor due': `
    SELECT e.id FROM events e LEFT JOIN event_texts t ON t.event_id = e.id
     WHERE (t.texts, t.members) IS DISTINCT FROM
           (searched_texts(e), ARRAY(SELECT p.user_id FROM event_permissions p WHERE p.event_id = e.id ORDER BY p.user_id))
       AND NOT EXISTS (SELECT FROM event_texts_due d WHERE d.event_id = e.id)`,
  'streams that are not 1 … n': `
    SELECT coalesce(s.user_id, n.user_id) AS person, s.last_seq, count(n.seq), min(n.seq), max(n.seq)
      FROM notification_streams s FULL JOIN notifications n ON n.user_id = s.user_id
     GROUP BY s.user_id, n.user_id, s.last_seq
    HAVING s.last_seq IS NULL OR count(n.seq) <> s.last_seq OR min(n.seq) <> 1 OR max(n.seq) <> s.last_seq`,
} as const;

/** What must hold at any moment, whatever was going on. For after every stress. */
export async function expectInvariants(database: Queries): Promise<void> {
  for (const [name, sql] of Object.entries(NONE_OF)) expect(await database.query(sql), name).toEqual([]);
  await expectTrueHistory(database);
  await expectSnapshotsOfRows(database);
  await expectOccupancyOfSeries(database);
  await expectNothingMissed(database);
}

/** The same verification as `npm run verify:history`. */
async function expectTrueHistory(database: Queries): Promise<void> {
  const problems: string[] = [];
  await verifyHistory(
    (sql, parameters) => database.query(sql, parameters),
    (problem) => problems.push(formatProblem(problem)),
  );
  expect(problems, 'what is wrong with history').toEqual([]);
}

async function expectSnapshotsOfRows(database: Queries): Promise<void> {
  const rows = await database.query<EventContent & { id: string; snapshot: Snapshot; author: boolean; at: boolean }>(
    `SELECT e.id, ${selectContent('e')}, whole_snapshot(v) AS snapshot,
            v.author_id = e.updated_by AS author, v.created_at = e.updated_at AS at
       FROM events e LEFT JOIN event_versions v ON v.event_id = e.id AND v.version = e.version`,
  );
  for (const row of rows) {
    expect(row.snapshot, `the last snapshot of event ${row.id}`).toEqual(toSnapshot(row));
    expect({ author: row.author, at: row.at }, `who and when of event ${row.id}`).toEqual({ author: true, at: true });
  }
}

/** What a series occupies is what its rule says, up to the horizon noted with it. */
async function expectOccupancyOfSeries(database: Queries): Promise<void> {
  const rows = await database.query<{
    id: string;
    zone: string;
    until: Date | null;
    busy: Interval[];
    snapshot: Snapshot;
  }>(
    `SELECT e.id, u.time_zone AS zone, o.busy_until AS until, whole_snapshot(v) AS snapshot,
            (SELECT jsonb_agg(jsonb_build_object('start', extract(epoch FROM lower(b))::bigint,
                                                 'end', extract(epoch FROM upper(b))::bigint) ORDER BY b)
               FROM unnest(o.busy) AS b) AS busy
       FROM event_occupancy o JOIN events e ON e.id = o.event_id JOIN users u ON u.id = o.owner_id
       JOIN event_versions v ON v.event_id = e.id AND v.version = e.version
      WHERE e.rrule IS NOT NULL`,
  );
  for (const { id, zone, until, busy, snapshot } of rows) {
    const stored = fromSnapshot(snapshot);
    const content = stored.allDay ? { ...stored, timeZone: zone } : stored;
    const to = until ? until.getTime() / 1_000 : Infinity;
    const expected = mergeIntervals(findOccupied(content, { from: -Infinity, to }, 100_000));
    expect(busy, `what series ${id} occupies`).toEqual(expected);
  }
}

interface LogRow {
  eventId: string;
  /** The event that it was split from, and its version just after the split. */
  splitFrom: string | null;
  splitFromVersion: number | null;
  kind: ContentKind | MemberKind;
  version: number;
  actorId: string;
  members: MemberEntry[] | null;
}

const KIND_OF_TYPE: Record<string, string> = {
  event_created: 'created',
  event_updated: 'updated',
  event_rolled_back: 'rolled_back',
  event_deleted: 'deleted',
  event_restored: 'restored',
  event_shared: 'shared',
  access_revoked: 'revoked',
};

/** What the items of a change of invitations are called. */
const WORD_OF_KIND: Partial<Record<ContentKind | MemberKind, string>> = {
  invited: 'invitations_changed',
  invitation_changed: 'invitations_changed',
  invitation_revoked: 'invitations_changed',
};

function wordOf(kind: ContentKind | MemberKind, version: number, members: RoleChange[] | null): string {
  if (kind === 'split') return version === 1 ? 'created' : 'updated';
  if (kind === 'invitation_accepted') return members!.some(({ from }) => from === null) ? 'shared' : 'role_changed';
  return WORD_OF_KIND[kind] ?? kind;
}

/** Replays history: who is on an event, and the items that everybody must have, no more and no fewer, in this order. */
async function expectNothingMissed(database: Queries): Promise<void> {
  const log = await database.query<LogRow>(
    `SELECT h.*, e.split_from AS "splitFrom", e.split_from_version AS "splitFromVersion"
       FROM (SELECT event_id AS "eventId", kind, version, author_id AS "actorId", NULL::jsonb AS members, position
               FROM event_versions
             UNION ALL SELECT event_id, kind, version, actor_id, members, position FROM member_changes) AS h
       JOIN events e ON e.id = h."eventId" ORDER BY position`,
  );
  const byEvent = new Map<string, LogRow[]>();
  for (const row of log) byEvent.set(row.eventId, [...(byEvent.get(row.eventId) ?? []), row]);
  const roles = new Map<string, Map<string, string>>();
  /** By event and version: the tail of a split series begins with the people of its head. */
  const rolesAt = new Map<string, Map<string, string>>();
  const expected: Record<string, string[]> = {};
  const replay = (eventId: string): void => {
    if (roles.has(eventId)) return;
    const on = new Map<string, string>();
    roles.set(eventId, on);
    for (const { kind, version, actorId, members: entries, splitFrom, splitFromVersion } of byEvent.get(eventId) ??
      []) {
      const members = entries && entries.filter(isRoleChange);
      if (kind === 'created') on.set(actorId, 'owner');
      if (kind === 'split' && version === 1) {
        replay(splitFrom!);
        for (const [userId, role] of rolesAt.get(`${splitFrom} ${splitFromVersion}`) ?? []) on.set(userId, role);
      }
      for (const { userId, from, to } of members ?? []) {
        expect(on.get(userId) ?? null, `the role before ${kind} on ${eventId}`).toBe(from);
        if (to === null) on.delete(userId);
        else on.set(userId, to);
      }
      if (!members) rolesAt.set(`${eventId} ${version}`, new Map(on));
      const word = wordOf(kind, version, members);
      const recipients = new Set([...on.keys(), ...(members ?? []).map(({ userId }) => userId)]);
      for (const userId of recipients) (expected[`${userId} on ${eventId}`] ??= []).push(`${word} ${version}`);
    }
  };
  for (const eventId of byEvent.keys()) replay(eventId);

  const items = await database.query<{ userId: string; eventId: string; type: string; version: number }>(
    `SELECT user_id AS "userId", event_id AS "eventId", type, version FROM notifications ORDER BY user_id, seq`,
  );
  const stored: Record<string, string[]> = {};
  for (const { userId, eventId, type, version } of items) {
    (stored[`${userId} on ${eventId}`] ??= []).push(`${KIND_OF_TYPE[type] ?? type} ${version}`);
  }
  expect(stored, 'the items that everybody received').toEqual(expected);

  const permissions = await database.query<{ eventId: string; people: Record<string, string> }>(
    `SELECT event_id AS "eventId", jsonb_object_agg(user_id, role) AS people FROM event_permissions GROUP BY event_id`,
  );
  const current = Object.fromEntries(permissions.map(({ eventId, people }) => [eventId, people]));
  const replayed = Object.fromEntries([...roles].map(([eventId, on]) => [eventId, Object.fromEntries(on)]));
  expect(current, 'who is on which event').toEqual(replayed);
}
