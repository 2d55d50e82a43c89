import { type Answer, type Call, Refusal } from './call.js';
import { milliseconds, run } from './database.js';

/** $1 caller, $2 now, $3 event, $4 people, $5 their roles. */
const SHARE = {
  name: 'share',
  text: `
    WITH e AS (
      SELECT e.id, e.title, e.version FROM events e JOIN event_permissions mine ON mine.event_id = e.id
       WHERE e.id = $3 AND mine.user_id = $1 AND mine.role = 'owner' FOR UPDATE OF e),
    given AS (
      INSERT INTO event_permissions AS p (event_id, user_id, role, granted_by, granted_at)
      SELECT e.id, g.user_id, g.role, $1, $2 FROM e, unnest($4::uuid[], $5::text[]) AS g (user_id, role)
      ON CONFLICT (event_id, user_id) DO UPDATE SET role = excluded.role, granted_by = $1, granted_at = $2
        WHERE p.role <> 'owner'
      RETURNING user_id, role, granted_by, granted_at),
    member AS MATERIALIZED (
      SELECT * FROM given
      UNION ALL
      SELECT p.user_id, p.role, p.granted_by, p.granted_at FROM e JOIN event_permissions p ON p.event_id = e.id
       WHERE p.user_id <> ALL ($4::uuid[])
      ORDER BY 1),
    stream AS (
      INSERT INTO notification_streams AS s (user_id, last_seq) SELECT user_id, 1 FROM member
      ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + 1 RETURNING user_id, last_seq),
    item AS (
      INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at,
                                 read_at)
      SELECT s.user_id, s.last_seq, gen_random_uuid(), 'event_shared', e.id, e.title, e.version, $1::uuid,
             ARRAY['permissions'], $2, CASE WHEN s.user_id = $1 THEN $2::timestamptz END
        FROM e, stream s)
    SELECT m.user_id, u.username, m.role, m.granted_by, g.username AS granted_by_name, m.granted_at
      FROM member m JOIN users u ON u.id = m.user_id JOIN users g ON g.id = m.granted_by
     ORDER BY m.role = 'owner' DESC, u.username`,
};

interface MemberRow {
  user_id: string;
  username: string;
  role: string;
  granted_by: string;
  granted_by_name: string;
  granted_at: string;
}

/** `POST /api/events/:id/share`: gives roles or changes them. @throws Refusal 404 */
export async function shareEvent({ userId, path, body }: Call): Promise<Answer> {
  const { users } = body as { users: { user_id: string; role: string }[] };
  const people = [users.map(({ user_id }) => user_id), users.map(({ role }) => role)];
  const rows = await run<MemberRow>(SHARE, [userId, new Date().toISOString(), path[1], ...people]);
  if (rows.length === 0) throw new Refusal(404);
  const items = rows.map(({ user_id, username, role, granted_by, granted_by_name, granted_at }) => ({
    ...{ user_id, username, role, granted_by: { id: granted_by, username: granted_by_name } },
    granted_at: milliseconds(granted_at),
  }));
  return { status: 200, body: { items } };
}
