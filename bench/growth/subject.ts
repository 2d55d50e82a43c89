import type { Person, Target } from '../target.js';

/** A person whose calls are measured. */
export interface Subject extends Person {
  /** How many events they are members of. */
  events: number;
  /** Single events that they own, outside the trash. */
  ownIds: string[];
  /** The people with whom they share most events. */
  colleagues: string[];
  /** The last number of their stream. */
  lastSeq: number;
}

const OWN_EVENTS = 50;
const COLLEAGUES = 9;

/** Returns an ordinary person, who is a member of as many events as the median, or the person with the most events. */
export async function chooseSubject(target: Target, who: 'ordinary' | 'busiest'): Promise<Subject> {
  const { database } = target;
  const people = await database.query<{ id: string; username: string; events: number; lastSeq: number }>(
    `SELECT u.id, u.username, p.events::int, s.last_seq::int AS "lastSeq"
       FROM (SELECT user_id, count(*) AS events FROM event_permissions GROUP BY user_id) AS p
       JOIN users u ON u.id = p.user_id JOIN notification_streams s USING (user_id) ORDER BY p.events`,
  );
  const place = who === 'busiest' ? people.rows.length - 1 : Math.floor(people.rows.length / 2);
  const { events, lastSeq, ...user } = people.rows[place]!;
  const own = await database.query<{ id: string }>(
    `SELECT e.id FROM event_permissions p JOIN events e ON e.id = p.event_id
      WHERE p.user_id = $1 AND p.role = 'owner' AND e.deleted_at IS NULL AND e.rrule IS NULL
      ORDER BY md5(e.id::text) LIMIT $2`,
    [user.id, OWN_EVENTS],
  );
  const colleagues = await database.query<{ id: string }>(
    `SELECT theirs.user_id AS id FROM event_permissions mine
       JOIN event_permissions theirs ON theirs.event_id = mine.event_id AND theirs.user_id <> mine.user_id
       JOIN events e ON e.id = mine.event_id AND e.deleted_at IS NULL
      WHERE mine.user_id = $1 GROUP BY theirs.user_id ORDER BY count(*) DESC, theirs.user_id LIMIT $2`,
    [user.id, COLLEAGUES],
  );
  const [person] = await target.signIn([user]);
  const idsOf = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);
  return { ...person!, events, lastSeq, ownIds: idsOf(own.rows), colleagues: idsOf(colleagues.rows) };
}
