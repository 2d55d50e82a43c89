import { type Call, type Answer, Refusal } from './call.js';
import { run, wholeSeconds } from './database.js';
import { type EventRow, eventView, type Member } from './event-view.js';

const PEOPLE = `JOIN event_permissions own ON own.event_id = e.id AND own.role = 'owner'
  JOIN users owner ON owner.id = own.user_id JOIN users editor ON editor.id = e.updated_by`;
const NAMES = `owner.id AS owner_id, owner.username AS owner_name, editor.username AS editor_name`;

const ONE = {
  name: 'one',
  text: `
    SELECT e.*, mine.role, ${NAMES},
           (SELECT json_agg(json_build_object('user_id', p.user_id, 'username', u.username, 'role', p.role)
                            ORDER BY p.role = 'owner' DESC, u.username)
              FROM event_permissions p JOIN users u ON u.id = p.user_id WHERE p.event_id = e.id) AS members
      FROM event_permissions mine JOIN events e ON e.id = mine.event_id ${PEOPLE}
     WHERE mine.event_id = $1 AND mine.user_id = $2`,
};

/** Starts with the events of the person: otherwise a generic plan reads everybody’s events in the order of their start. */
const MINE = `mine AS MATERIALIZED (SELECT event_id, role FROM event_permissions WHERE user_id = $1)`;

const LIST = {
  name: 'list',
  text: `
    WITH ${MINE},
    page AS (
      SELECT e.*, mine.role FROM mine JOIN events e ON e.id = mine.event_id
       WHERE e.end_time > $2 ORDER BY e.start_time, e.id LIMIT $3)
    SELECT e.*, ${NAMES} FROM page e ${PEOPLE} ORDER BY e.start_time, e.id`,
};

/** Occurrences are stored when an event is created, so a month is a read of rows. */
const MONTH = {
  name: 'month',
  text: `
    WITH ${MINE},
    page AS (
      SELECT mine.role, o.event_id, o.start_time, o.end_time FROM mine JOIN event_occupancy o ON o.event_id = mine.event_id
       WHERE o.start_time < $3 AND o.start_time > $2::timestamptz - interval '1 day' AND o.end_time > $2
       ORDER BY o.start_time, o.event_id LIMIT $4)
    SELECT e.*, page.role, page.start_time AS occurrence_start, page.end_time AS occurrence_end, ${NAMES}
      FROM page JOIN events e ON e.id = page.event_id ${PEOPLE} ORDER BY page.start_time, e.id`,
};

/** `GET /api/events/:id` @throws Refusal 404 */
export async function readEvent({ userId, path }: Call): Promise<Answer> {
  const [row] = await run<EventRow & { members: Member[] }>(ONE, [path[1], userId]);
  if (!row) throw new Refusal(404);
  return { status: 200, etag: `"${row.version}"`, body: eventView(row, row.members) };
}

/** `GET /api/events?from&limit` and, with `to` and `expand`, the occurrences in a window. */
export async function listEvents({ userId, query }: Call): Promise<Answer> {
  const limit = Number(query.get('limit') ?? 50);
  if (query.has('expand')) return listOccurrences(userId, query, limit);
  const rows = await run<EventRow>(LIST, [userId, query.get('from'), limit + 1]);
  const items = rows.slice(0, limit);
  return { status: 200, body: { items: items.map((row) => eventView(row)), next_cursor: cursorAfter(rows, limit) } };
}

async function listOccurrences(userId: string, query: URLSearchParams, limit: number): Promise<Answer> {
  const values = [userId, query.get('from'), query.get('to'), limit + 1];
  const rows = await run<EventRow & { occurrence_start: string; occurrence_end: string }>(MONTH, values);
  const items = rows.slice(0, limit).map((row) => {
    const start = wholeSeconds(row.occurrence_start);
    const times = { start_time: start, end_time: wholeSeconds(row.occurrence_end) };
    return { ...eventView(row), ...times, occurrence: { ...times, original_start: start } };
  });
  return { status: 200, body: { items, next_cursor: cursorAfter(rows, limit) } };
}

function cursorAfter(rows: EventRow[], limit: number): string | null {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last ? Buffer.from(`${last.start_time} ${last.id}`).toString('base64url') : null;
}
