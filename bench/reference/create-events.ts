import { v7 as uuidv7 } from 'uuid';
import { type Answer, type Call, Refusal } from './call.js';
import { run } from './database.js';
import { countOf, type EventRow, eventView } from './event-view.js';
import { SNAPSHOT } from './schema.js';

interface Draft {
  title: string;
  description: string | null;
  location: string | null;
  start_time: string;
  end_time: string;
  recurrence_pattern: string | null;
}

const CHANGED = ['title', 'start_time', 'end_time', 'time_zone'];

/** $1 caller, $2 now, $3 changed fields; then the event. */
const CREATE = {
  name: 'create',
  text: `
    WITH e AS (
      INSERT INTO events (id, title, description, location, start_time, end_time, time_zone, rrule, version, created_at,
                          updated_at, updated_by)
      VALUES ($4, $5, $6, $7, $8, $9, 'UTC', $10, 1, $2, $2, $1) RETURNING *),
    owner AS (
      INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at) VALUES ($4, $1, 'owner', $1, $2)),
    busy AS (
      INSERT INTO event_occupancy (event_id, owner_id, start_time, end_time)
      SELECT e.id, $1, e.start_time + week * interval '7 days', e.end_time + week * interval '7 days'
        FROM e, generate_series(0, $11::int - 1) AS week),
    version AS (
      INSERT INTO event_versions (event_id, version, kind, author_id, changed, snapshot, created_at)
      SELECT e.id, 1, 'created', $1, $3, ${SNAPSHOT}, $2 FROM e),
    stream AS (
      INSERT INTO notification_streams AS s (user_id, last_seq) VALUES ($1, 1)
      ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + 1 RETURNING last_seq),
    item AS (
      INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at,
                                 read_at)
      SELECT $1, stream.last_seq, gen_random_uuid(), 'event_created', e.id, e.title, 1, $1, $3, $2, $2 FROM e, stream)
    SELECT e.*, 'owner' AS role, u.id AS owner_id, u.username AS owner_name, u.username AS editor_name
      FROM e, users u WHERE u.id = $1`,
};

/** $1 caller, $2 now, $3 changed fields, $4 the events as JSON. */
const CREATE_ALL = {
  name: 'create-all',
  text: `
    WITH draft AS (
      SELECT * FROM jsonb_to_recordset($4::jsonb) AS d (place int, id uuid, title text, description text, location text,
        start_time timestamptz, end_time timestamptz, recurrence_pattern text, count int)),
    e AS (
      INSERT INTO events (id, title, description, location, start_time, end_time, time_zone, rrule, version, created_at,
                          updated_at, updated_by)
      SELECT id, title, description, location, start_time, end_time, 'UTC', recurrence_pattern, 1, $2, $2, $1 FROM draft
      RETURNING *),
    owner AS (
      INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
      SELECT id, $1, 'owner', $1, $2 FROM draft),
    busy AS (
      INSERT INTO event_occupancy (event_id, owner_id, start_time, end_time)
      SELECT d.id, $1, d.start_time + week * interval '7 days', d.end_time + week * interval '7 days'
        FROM draft d, generate_series(0, d.count - 1) AS week),
    version AS (
      INSERT INTO event_versions (event_id, version, kind, author_id, changed, snapshot, created_at)
      SELECT e.id, 1, 'created', $1, $3, ${SNAPSHOT}, $2 FROM e),
    stream AS (
      INSERT INTO notification_streams AS s (user_id, last_seq) SELECT $1, count(*) FROM draft
      ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + excluded.last_seq RETURNING last_seq),
    item AS (
      INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at,
                                 read_at)
      SELECT $1, stream.last_seq - d.place, gen_random_uuid(), 'event_created', d.id, d.title, 1, $1, $3, $2, $2
        FROM draft d, stream)
    SELECT e.*, 'owner' AS role, u.id AS owner_id, u.username AS owner_name, u.username AS editor_name
      FROM e, users u WHERE u.id = $1`,
};

/** `POST /api/events` @throws Refusal 409, 422 */
export async function createEvent({ userId, body }: Call): Promise<Answer> {
  const { title, description, location, start_time, end_time, recurrence_pattern } = readDraft(body);
  const count = recurrence_pattern === null ? 1 : countOf(recurrence_pattern);
  const event = [uuidv7(), title, description, location, start_time, end_time, recurrence_pattern, count];
  const [row] = await run<EventRow>(CREATE, [userId, new Date().toISOString(), CHANGED, ...event]);
  const owner = { user_id: userId, username: row!.owner_name, role: 'owner' };
  return { status: 201, etag: '"1"', body: eventView(row!, [owner]) };
}

/** `POST /api/events/batch` @throws Refusal 409, 422 */
export async function createEvents({ userId, body }: Call): Promise<Answer> {
  const { events } = body as { events: unknown[] };
  const drafts = events.map((event, index) => {
    const draft = readDraft(event);
    const count = draft.recurrence_pattern === null ? 1 : countOf(draft.recurrence_pattern);
    return { ...draft, place: events.length - 1 - index, id: uuidv7(), count };
  });
  const values = [userId, new Date().toISOString(), CHANGED, JSON.stringify(drafts)];
  const rows = await run<EventRow>(CREATE_ALL, values);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return { status: 201, body: { items: drafts.map(({ id }) => eventView(byId.get(id)!)) } };
}

function readDraft(body: unknown): Draft {
  const { title, description, location, start_time, end_time, recurrence_pattern } = body as Partial<Draft>;
  if (typeof title !== 'string' || title === '' || title.length > 255) throw new Refusal(422);
  const times = readTimes(start_time, end_time);
  return {
    ...{ title, ...times },
    ...{ description: description ?? null, location: location ?? null, recurrence_pattern: recurrence_pattern ?? null },
  };
}

/** Returns two instants of which the second is later. @throws Refusal 422 */
export function readTimes(start: unknown, end: unknown): { start_time: string; end_time: string } {
  if (typeof start !== 'string' || typeof end !== 'string') throw new Refusal(422);
  if (!(Date.parse(start) < Date.parse(end))) throw new Refusal(422);
  return { start_time: start, end_time: end };
}
