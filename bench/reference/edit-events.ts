import { type Answer, type Call, Refusal } from './call.js';
import { run, type Statement } from './database.js';
import { readTimes } from './create-events.js';
import { type EventRow, eventView, type Member } from './event-view.js';
import { SNAPSHOT } from './schema.js';

const TITLE = edit('title', 'title = $5');
const TIMES = edit(
  'times',
  'start_time = $5, end_time = $6',
  `busy AS (
     UPDATE event_occupancy o SET start_time = e.start_time, end_time = e.end_time FROM e WHERE o.event_id = e.id),`,
);
/** Returns the notifications as well. */
const TITLE_LIVE = edit('title-live', 'title = $5', '', ', (SELECT json_agg(item) FROM item) AS items');

/** $1 caller, $2 now, $3 changed fields, $4 event; then the new values. The UPDATE locks the row. */
function edit(name: string, values: string, also = '', results = ''): Statement {
  const text = `
    WITH e AS (
      UPDATE events e SET ${values}, version = e.version + 1, updated_at = $2, updated_by = $1
        FROM event_permissions mine
       WHERE e.id = $4 AND mine.event_id = e.id AND mine.user_id = $1 AND mine.role IN ('editor', 'owner')
      RETURNING e.*, mine.role),
    ${also}
    version AS (
      INSERT INTO event_versions (event_id, version, kind, author_id, changed, snapshot, created_at)
      SELECT e.id, e.version, 'updated', $1, $3, ${SNAPSHOT}, $2 FROM e),
    member AS MATERIALIZED (
      SELECT p.user_id, u.username, p.role
        FROM e JOIN event_permissions p ON p.event_id = e.id JOIN users u ON u.id = p.user_id ORDER BY p.user_id),
    stream AS (
      INSERT INTO notification_streams AS s (user_id, last_seq) SELECT user_id, 1 FROM member
      ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + 1 RETURNING user_id, last_seq),
    item AS (
      INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at,
                                 read_at)
      SELECT s.user_id, s.last_seq, gen_random_uuid(), 'event_updated', e.id, e.title, e.version, $1::uuid, $3, $2,
             CASE WHEN s.user_id = $1 THEN $2::timestamptz END
        FROM e, stream s RETURNING user_id, seq, id)
    SELECT e.*, (SELECT json_agg(member ORDER BY role = 'owner' DESC, username) FROM member) AS members${results}
      FROM e`;
  return { name, text };
}

/** `PUT /api/events/:id` with a title, or with a start and an end. @throws Refusal 404, 409, 422 */
export async function editEvent({ userId, path, body }: Call): Promise<Answer> {
  const input = body as { title?: unknown; start_time?: unknown; end_time?: unknown };
  const now = new Date().toISOString();
  if (input.title !== undefined) {
    if (typeof input.title !== 'string' || input.title === '' || input.title.length > 255) throw new Refusal(422);
    return answer(userId, await run<EditedRow>(TITLE, [userId, now, ['title'], path[1], input.title]));
  }
  const { start_time, end_time } = readTimes(input.start_time, input.end_time);
  const values = [userId, now, ['start_time', 'end_time'], path[1], start_time, end_time];
  return answer(userId, await run<EditedRow>(TIMES, values));
}

/** A notification of an edit, as it was stored for a member. */
export interface StoredItem {
  user_id: string;
  seq: number;
  id: string;
}

/** Stores a title, and returns the answer with the stored row and notifications. @throws Refusal 404 */
export async function editTitle(
  userId: string,
  eventId: string,
  title: string,
): Promise<{ answer: Answer; event: EventRow; items: StoredItem[] }> {
  const values = [userId, new Date().toISOString(), ['title'], eventId, title];
  const rows = await run<EditedRow & { items: StoredItem[] }>(TITLE_LIVE, values);
  return { answer: answer(userId, rows), event: rows[0]!, items: rows[0]!.items };
}

type EditedRow = EventRow & { members: Member[] };

function answer(userId: string, [row]: EditedRow[]): Answer {
  if (!row) throw new Refusal(404);
  const owner = row.members[0]!;
  const editor = row.members.find((member) => member.user_id === userId)!;
  const named = { ...row, owner_id: owner.user_id, owner_name: owner.username, editor_name: editor.username };
  return { status: 200, etag: `"${row.version}"`, body: eventView(named, row.members) };
}
