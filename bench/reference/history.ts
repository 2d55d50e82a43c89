import { type Answer, type Call, Refusal } from './call.js';
import { milliseconds, run } from './database.js';

type Snapshot = Record<string, unknown>;

const TWO = {
  name: 'two-versions',
  text: `
    SELECT v.version, v.snapshot FROM event_permissions mine JOIN event_versions v ON v.event_id = mine.event_id
     WHERE mine.event_id = $1 AND mine.user_id = $2 AND v.version IN ($3, $4)`,
};

const LOG = {
  name: 'log',
  text: `
    SELECT v.version, v.kind, v.author_id, u.username AS author, v.created_at, v.comment, v.changed, v.snapshot,
           lag(v.snapshot) OVER (ORDER BY v.version) AS before
      FROM event_permissions mine JOIN event_versions v ON v.event_id = mine.event_id JOIN users u ON u.id = v.author_id
     WHERE mine.event_id = $1 AND mine.user_id = $2 ORDER BY v.version LIMIT $3`,
};

interface LogRow {
  version: number;
  kind: string;
  author_id: string;
  author: string;
  created_at: string;
  comment: string | null;
  changed: string[];
  snapshot: Snapshot;
  before: Snapshot | null;
}

/** `GET /api/events/:id/diff/:from/:to`: the fields that differ, without words and sentences. @throws Refusal 404 */
export async function diffVersions({ userId, path }: Call): Promise<Answer> {
  const [from, to] = [Number(path[3]), Number(path[4])];
  const rows = await run<{ version: number; snapshot: Snapshot }>(TWO, [path[1], userId, from, to]);
  const [before, after] = [from, to].map((version) => rows.find((row) => row.version === version)?.snapshot);
  if (!before || !after) throw new Refusal(404);
  const changed = Object.keys(after).filter((field) => before[field] !== after[field]);
  const changes = changed.map((field) => [field, changeView(field, before, after)] as const);
  const patch = changed.map((field) => ({ op: 'replace', path: `/${field}`, value: after[field] }));
  const body = { from_version: from, to_version: to, changes: Object.fromEntries(changes), patch, summary: changed };
  return { status: 200, body };
}

/** `GET /api/events/:id/changelog?limit`: the stored versions with the fields that changed, without sentences. */
export async function listChangelog({ userId, path, query }: Call): Promise<Answer> {
  const rows = await run<LogRow>(LOG, [path[1], userId, Number(query.get('limit') ?? 50)]);
  if (rows.length === 0) throw new Refusal(404);
  const items = rows.map(({ version, kind, author_id, author, created_at, comment, changed, snapshot, before }) => ({
    ...{ position: version, version, kind, actor: { id: author_id, username: author } },
    ...{ at: milliseconds(created_at), comment, previous_version: version - 1 || null, size: 0 },
    summary: `${kind}: ${changed.join(', ')}`,
    changes: changed.map((field) => ({ field, ...changeView(field, before ?? {}, snapshot) })),
  }));
  return { status: 200, body: { items, next_cursor: null } };
}

function changeView(field: string, before: Snapshot, after: Snapshot): object {
  const [from, to] = [before[field] ?? null, after[field] ?? null];
  return { from, to, type: from === null ? 'added' : to === null ? 'removed' : 'changed' };
}
