import type { Answer, Call } from './call.js';
import { milliseconds, run } from './database.js';

/** Reads the page first and joins only its rows, whatever the planner expects of the tables. */
const items = (page: string, last: string): string => `
  SELECT n.*, actor.username AS actor_name, mine.role IS NOT NULL AS visible, ${last}
    FROM (SELECT * FROM notifications WHERE user_id = $1 ${page}) AS n JOIN users actor ON actor.id = n.actor_id
    LEFT JOIN event_permissions mine ON mine.event_id = n.event_id AND mine.user_id = $1 ORDER BY n.seq`;

const INBOX = {
  name: 'inbox',
  text: items(
    'ORDER BY seq DESC LIMIT $2',
    '(SELECT count(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL) AS unread',
  ),
};

const CHANGES = {
  name: 'changes',
  text: items(
    'AND seq > $2 ORDER BY seq LIMIT $3',
    '(SELECT last_seq FROM notification_streams WHERE user_id = $1) AS last_seq',
  ),
};

interface ItemRow {
  id: string;
  seq: string;
  type: string;
  event_id: string;
  event_title: string;
  version: number;
  actor_id: string;
  actor_name: string;
  visible: boolean;
  changed: string[];
  created_at: string;
  read_at: string | null;
}

/** `GET /api/notifications?limit`, newest first. */
export async function listInbox({ userId, query }: Call): Promise<Answer> {
  const limit = Number(query.get('limit') ?? 50);
  const rows = (await run<ItemRow & { unread: string }>(INBOX, [userId, limit + 1])).reverse();
  const items = toItems(rows.slice(0, limit), userId);
  const cursor = rows.length > limit ? Buffer.from(rows[limit - 1]!.seq).toString('base64url') : null;
  return { status: 200, body: { items, next_cursor: cursor, unread_count: Number(rows[0]?.unread ?? 0) } };
}

/** `GET /api/changes?after&limit`, oldest first. */
export async function listChanges({ userId, query }: Call): Promise<Answer> {
  const after = Number(query.get('after') ?? 0);
  const rows = await run<ItemRow & { last_seq: string }>(CHANGES, [userId, after, Number(query.get('limit') ?? 50)]);
  const last = Number(rows.at(-1)?.seq ?? after);
  const items = toItems(rows, userId);
  return { status: 200, body: { items, last_seq: last, has_more: last < Number(rows[0]?.last_seq ?? 0) } };
}

function toItems(rows: ItemRow[], userId: string): object[] {
  return rows.filter(({ visible }) => visible).map((row) => itemView(row, userId));
}

function itemView(row: ItemRow, userId: string): object {
  return {
    ...{ id: row.id, seq: Number(row.seq), type: row.type, event_id: row.event_id, event_title: row.event_title },
    ...{ version: row.version, actor: { id: row.actor_id, username: row.actor_name }, changed: row.changed },
    message: `${row.actor_id === userId ? 'You' : row.actor_name} changed “${row.event_title}”: ${row.changed.join()}`,
    timestamp: milliseconds(row.created_at),
    read_at: row.read_at && milliseconds(row.read_at),
  };
}
