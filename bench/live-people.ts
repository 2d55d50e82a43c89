import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwtService } from '@nestjs/jwt';
import { Client } from 'pg';
import { io, type Socket } from 'socket.io-client';
import { AccessTokens } from '../src/auth/access-tokens.js';
import { readConfig } from '../src/platform/config/config.js';
import { DatabaseClock } from '../src/platform/database/database-clock.js';
import { SECRET } from './target.js';

/**
 * Adds people with a session each, written straight to the database: signing up is not what is measured.
 * @returns their tokens; the first person signed up through the API
 */
export async function addPeople(url: string, database: string, count: number): Promise<string[]> {
  const owner = (await send(url, 'POST', '/api/auth/register', {
    username: 'ana',
    email: 'ana@example.com',
    password: 'correct horse 7',
  })) as { access_token: string };
  const people = Array.from({ length: count - 1 }, () => ({ id: randomUUID(), session: randomUUID() }));
  await run(database, async (client) => {
    await client.query(
      `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
       SELECT id, 'reader-' || id, id || '@example.com', '', 'UTC', now() FROM unnest($1::uuid[]) AS id`,
      [people.map(({ id }) => id)],
    );
    await client.query(
      `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
       SELECT id, user_id, now(), now(), now() + interval '1 day' FROM unnest($1::uuid[], $2::uuid[]) AS s (id, user_id)`,
      [people.map(({ session }) => session), people.map(({ id }) => id)],
    );
  });
  const config = readConfig({ JWT_SECRET: SECRET });
  const tokens = new AccessTokens(new JwtService({}), new DatabaseClock(config), config);
  return [owner.access_token, ...people.map(({ id, session }) => tokens.issue(id, session))];
}

/** Creates an event of the first person that everybody else can see. Returns its address. */
export async function addSharedEvent(url: string, tokens: string[]): Promise<string> {
  const [token] = tokens;
  const ids = tokens.slice(1).map(personOf);
  const times = { start_time: '2027-06-01T08:00:00Z', end_time: '2027-06-01T09:00:00Z', show_as: 'free' };
  const event = (await send(url, 'POST', '/api/events', { title: 'Team meeting', ...times }, token)) as { id: string };
  for (let from = 0; from < ids.length; from += 100) {
    const users = ids.slice(from, from + 100).map((user_id) => ({ user_id, role: 'viewer' }));
    await send(url, 'POST', `/api/events/${event.id}/share`, { users }, token);
  }
  return `${url}/api/events/${event.id}`;
}

/** The same in the tables of the reference, for people who are added with it. Returns the address of the event. */
export async function addSharedEventOfReference(url: string, database: string, tokens: string[]): Promise<string> {
  const ids = tokens.map(personOf);
  const eventId = randomUUID();
  await run(database, async (client) => {
    await client.query(
      `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
       SELECT id, 'reader-' || id, id || '@example.com', '', 'UTC', now() FROM unnest($1::uuid[]) AS id`,
      [ids],
    );
    await client.query(
      `INSERT INTO events (id, title, start_time, end_time, time_zone, version, created_at, updated_at, updated_by)
       VALUES ($1, 'Team meeting', '2027-06-01T08:00:00Z', '2027-06-01T09:00:00Z', 'UTC', 1, now(), now(), $2)`,
      [eventId, ids[0]],
    );
    await client.query(
      `INSERT INTO event_permissions (event_id, user_id, role, granted_by, granted_at)
       SELECT $1, id, CASE WHEN id = $3 THEN 'owner' ELSE 'viewer' END, $3, now() FROM unnest($2::uuid[]) AS id`,
      [eventId, ids, ids[0]],
    );
  });
  return `${url}/api/events/${eventId}`;
}

/** Puts so many items more into the stream of a person, written straight: storing them is not what is measured. */
export async function addUnread(database: string, token: string, count: number): Promise<void> {
  await run(database, async (client) => {
    await client.query(
      `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
       SELECT n.user_id, s.last_seq + i, gen_random_uuid(), n.type, n.event_id, n.event_title, n.version, n.actor_id,
              n.changed, n.created_at
         FROM notification_streams s JOIN notifications n USING (user_id), generate_series(1, $2) i
        WHERE s.user_id = $1 AND n.seq = s.last_seq`,
      [personOf(token), count],
    );
    await client.query('UPDATE notification_streams SET last_seq = last_seq + $2 WHERE user_id = $1', [
      personOf(token),
      count,
    ]);
  });
}

/** Connects everybody over socket.io, 50 at a time, and waits for what was on its way to them. */
export async function connectAll(url: string, tokens: string[]): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let from = 0; from < tokens.length; from += 50) {
    const some = tokens
      .slice(from, from + 50)
      .map((token) => io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false }));
    await Promise.all(some.map((socket) => new Promise((resolve) => socket.once('connect', () => resolve(undefined)))));
    sockets.push(...some);
  }
  await sleep(1_000);
  return sockets;
}

async function send(url: string, method: string, path: string, body: object, token?: string): Promise<object> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as object;
}

async function run(database: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Returns the id of the person that an access token speaks for. */
function personOf(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string }).sub;
}
