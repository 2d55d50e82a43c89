import { createHash, randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { v7 as uuidv7 } from 'uuid';
import { signToken } from './access-token.js';
import { type Answer, type Call, Refusal } from './call.js';
import { milliseconds, run } from './database.js';

interface UserRow {
  id: string;
  username: string;
  email: string;
  time_zone: string;
  created_at: string;
}

const FIND = { name: 'find-user', text: 'SELECT * FROM users WHERE username = $1' };

const START = {
  name: 'start-session',
  text: `INSERT INTO sessions (id, user_id, refresh_hash, created_at, last_used_at, expires_at)
         VALUES ($1, $2, $3, now(), now(), now() + interval '30 days')`,
};

/** The row lock lets exactly one of several requests with the same token succeed. */
const REFRESH = {
  name: 'refresh-session',
  text: `
    UPDATE sessions s SET refresh_hash = $3, last_used_at = now(), expires_at = now() + interval '30 days'
      FROM users u
     WHERE s.id = $1 AND s.refresh_hash = $2 AND s.expires_at > now() AND u.id = s.user_id
    RETURNING u.*`,
};

/** `POST /api/auth/login` @throws Refusal 401 */
export async function logIn({ body }: Call): Promise<Answer> {
  const { username, password } = body as { username: string; password: string };
  const [user] = await run<UserRow & { password_hash: string }>(FIND, [username]);
  // The hash contains its parameters, which are those of Convene.
  if (!user || !(await verify(user.password_hash, password))) throw new Refusal(401);
  const [session, secret] = [uuidv7(), newSecret()];
  await run(START, [session, user.id, hashOf(secret)]);
  return tokens(user, session, secret);
}

/** `POST /api/auth/refresh` @throws Refusal 401 */
export async function refresh({ body }: Call): Promise<Answer> {
  const { refresh_token: token } = body as { refresh_token: string };
  const [session = '', secret = ''] = token.split('.');
  const next = newSecret();
  const [user] = await run<UserRow>(REFRESH, [session, hashOf(secret), hashOf(next)]);
  if (!user) throw new Refusal(401);
  return tokens(user, session, next);
}

function tokens({ id, username, email, time_zone, created_at }: UserRow, session: string, secret: string): Answer {
  const user = { id, username, email, role: 'user', time_zone, created_at: milliseconds(created_at) };
  const pair = { access_token: signToken(id, session), refresh_token: `${session}.${secret}` };
  return { status: 200, body: { ...pair, token_type: 'Bearer', expires_in: 900, user } };
}

const newSecret = (): string => randomBytes(32).toString('base64url');
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();
