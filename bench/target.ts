import { randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { hash } from '@node-rs/argon2';
import type { Client } from 'pg';
import { request } from 'undici';
import { DatabaseClock } from '../src/platform/database/database-clock.js';
import { AccessTokens } from '../src/auth/access-tokens.js';
import { readConfig } from '../src/platform/config/config.js';

export interface Person {
  id: string;
  username: string;
  /** An access token of a session of theirs. */
  token: string;
}

export const SECRET = 'a secret that only the bench uses and nobody else';
export const PASSWORD = 'correct horse 7';

// As long as possible, so that no token expires during a run.
const config = readConfig({ JWT_SECRET: SECRET, ACCESS_TOKEN_SECONDS: '86400' });
const tokens = new AccessTokens(new JwtService({}), new DatabaseClock(config), config);
// The parameters of src/auth/passwords.ts.
const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });

/** Convene or the reference, running, with a database of its own. */
export class Target {
  private adopted = 0;

  /** @param isFilled whether people come from a database that was filled before, instead of being added */
  constructor(
    readonly name: 'Convene' | 'reference',
    readonly url: string,
    readonly pid: number,
    readonly database: Client,
    private readonly isFilled: boolean,
  ) {}

  /**
   * Returns people who have not been returned before, with a session and the password `PASSWORD`. They are written to
   * the database directly, because signing up is not what is measured. Both schemas have the columns.
   */
  async people(count: number): Promise<Person[]> {
    return this.signIn(this.isFilled ? await this.adopt(count) : await this.add(count));
  }

  /** Gives people a session and the password `PASSWORD`. Returns them in the same order. */
  async signIn(found: { id: string; username: string }[]): Promise<Person[]> {
    const [ids, sessions] = [found.map(({ id }) => id), found.map(() => randomUUID())];
    await this.database.query(
      `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
       SELECT id, user_id, now(), now(), now() + interval '1 day' FROM unnest($1::uuid[], $2::uuid[]) AS s (id, user_id)`,
      [sessions, ids],
    );
    await this.database.query('UPDATE users SET password_hash = $2 WHERE id = ANY($1)', [ids, passwordHash]);
    return found.map(({ id, username }, index) => ({ id, username, token: tokens.issue(id, sessions[index]!) }));
  }

  /** Sends a request that prepares a measurement. @throws Error unless the status is 2xx */
  async send<Body>(person: Person, method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Body> {
    const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
    const response = await request(`${this.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${this.name}: ${method} ${path}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as Body;
  }

  private async add(count: number): Promise<{ id: string; username: string }[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    const { rows } = await this.database.query<{ id: string; username: string }>(
      `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
       SELECT id, 'person-' || left(id::text, 8), id || '@example.com', '', 'UTC', now() FROM unnest($1::uuid[]) AS id
       RETURNING id, username`,
      [ids],
    );
    return rows;
  }

  private async adopt(count: number): Promise<{ id: string; username: string }[]> {
    // In an order that is the same in every run and unrelated to when people signed up.
    const { rows } = await this.database.query<{ id: string; username: string }>(
      `SELECT id, username FROM users WHERE role = 'user' AND erased_at IS NULL AND username <> 'convene-system'
        ORDER BY md5(id::text) LIMIT $1 OFFSET $2`,
      [count, this.adopted],
    );
    if (rows.length < count) throw new Error('The database has too few people.');
    this.adopted += count;
    return rows;
  }
}
