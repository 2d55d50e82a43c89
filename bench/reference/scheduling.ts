import { type Answer, type Call, Refusal } from './call.js';
import { run, wholeSeconds } from './database.js';

/** $1 caller, $2 people, $3 and $4 the window. Only people who share an event with the caller. */
const BUSY = {
  name: 'busy',
  text: `
    SELECT u.id, u.username,
           (SELECT json_agg(json_build_array(o.start_time, o.end_time) ORDER BY o.start_time)
              FROM event_occupancy o
             WHERE o.owner_id = u.id AND tstzrange(o.start_time, o.end_time) && tstzrange($3, $4)) AS busy
      FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN users u ON u.id = wanted.id
     WHERE u.id = $1 OR EXISTS (
             SELECT FROM event_permissions theirs JOIN event_permissions mine ON mine.event_id = theirs.event_id
              WHERE theirs.user_id = u.id AND mine.user_id = $1)
     ORDER BY wanted.place`,
};

interface Person {
  user: { id: string; username: string };
  /** Epoch milliseconds: start and end of each busy time, by start, merged. */
  busy: [number, number][];
}

const QUARTER_MS = 15 * 60_000;
const LIMIT = 5;

/** `GET /api/free-busy?user_ids&from&to` @throws Refusal 422 */
export async function listBusy({ userId, query }: Call): Promise<Answer> {
  const [from, to] = [query.get('from')!, query.get('to')!];
  const people = await readPeople(userId, query.get('user_ids')!.split(','), from, to);
  const items = people.map(({ user, busy }) => ({ user, busy: busy.map(([start, end]) => interval(start, end)) }));
  return { status: 200, body: { items } };
}

/** `POST /api/find-time`: the first times at which everybody is free on weekdays from 9:00 to 17:00, UTC. */
export async function findTime({ userId, body }: Call): Promise<Answer> {
  const input = body as { user_ids: string[]; duration_minutes: number; from: string; to: string };
  const duration = input.duration_minutes * 60_000;
  const people = await readPeople(userId, [userId, ...input.user_ids], input.from, input.to);
  const slots: object[] = [];
  const rejected: object[] = [];
  const end = Date.parse(input.to) - duration;
  for (let start = Date.parse(input.from); start <= end && slots.length < LIMIT;) {
    const taken = people.filter(({ busy }) => busy.some(([from, to]) => from < start + duration && to > start));
    const works = taken.length === 0 && isWorkingTime(start, start + duration);
    const found = interval(start, start + duration);
    if (works) slots.push({ ...found, optional_free: [], optional_busy: [] });
    else if (rejected.length < LIMIT && isWorkingTime(start, start + duration)) {
      rejected.push({ ...found, reasons: taken.map(({ user }) => ({ user, reason: 'busy' })) });
    }
    start += works ? duration : QUARTER_MS;
  }
  return { status: 200, body: { slots, rejected, summary: `${slots.length} times work for everybody.` } };
}

async function readPeople(userId: string, ids: string[], from: string, to: string): Promise<Person[]> {
  type Row = { id: string; username: string; busy: [string, string][] | null };
  const rows = await run<Row>(BUSY, [userId, ids, from, to]);
  if (rows.length < ids.length) throw new Refusal(422);
  const window = [Date.parse(from), Date.parse(to)] as const;
  return rows.map(({ id, username, busy }) => ({ user: { id, username }, busy: merge(busy ?? [], window) }));
}

function merge(times: [string, string][], [from, to]: readonly [number, number]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [startText, endText] of times) {
    const [start, end] = [Math.max(from, Date.parse(startText)), Math.min(to, Date.parse(endText))];
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

function isWorkingTime(start: number, end: number): boolean {
  const day = new Date(start).getUTCDay();
  const midnight = start - (start % 86_400_000);
  return day >= 1 && day <= 5 && start >= midnight + 9 * 3_600_000 && end <= midnight + 17 * 3_600_000;
}

function interval(start: number, end: number): { start_time: string; end_time: string } {
  const text = (time: number): string => wholeSeconds(new Date(time).toISOString());
  return { start_time: text(start), end_time: text(end) };
}
