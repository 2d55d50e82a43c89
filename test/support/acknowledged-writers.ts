import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect } from 'vitest';
import type { TestDatabase } from './database.js';
import { expectInvariants } from './invariants.js';
import { call } from './server-process.js';

interface Acknowledged {
  eventId: string;
  version: number;
  title: string;
}

const BATCH = 5;

/** People who go on writing whatever happens to the server, and remember exactly what it acknowledged. */
export class AcknowledgedWriters {
  readonly acknowledged: Acknowledged[] = [];
  /** Every status that was answered, with the first answer that had it. */
  readonly answers = new Map<number, { headers: Headers; body: Record<string, unknown> }>();
  /** Requests that got no answer at all. */
  broken = 0;
  private over = false;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(public url: string) {}

  /**
   * Signs people up who share one event, and lets each of them write to it and make events of their own.
   * @returns their access tokens
   */
  async start(people: number): Promise<string[]> {
    const tokens: string[] = [];
    const names: string[] = [];
    for (let n = 0; n < people; n += 1) {
      const username = `writer-${randomBytes(4).toString('hex')}`;
      const account = { username, email: `${username}@example.com`, password: 'correct horse 7' };
      const { body } = await call(this.url, 'POST', '/api/auth/register', { body: account });
      tokens.push(String(body.access_token));
      names.push(username);
    }
    const shared = { title: 'Shared', start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' };
    const { body } = await call(this.url, 'POST', '/api/events', { token: tokens[0], body: shared });
    const users = names.slice(1).map((username) => ({ username, role: 'editor' }));
    const path = `/api/events/${String(body.id)}`;
    expect((await call(this.url, 'POST', `${path}/share`, { token: tokens[0], body: { users } })).status).toBe(200);
    this.writing = Promise.all(tokens.map((token, index) => this.write(token, path, index)));
    return tokens;
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.writing;
  }

  /** Their work is all in the database, and so is everything else that must hold. */
  async expectIntact(databaseUrl: string): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      const database: Pick<TestDatabase, 'query'> = {
        query: async <Row extends object>(sql: string, parameters: unknown[] = []) =>
          (await client.query<Row>(sql, parameters)).rows,
      };
      await this.expectAllStored(database);
      await expectInvariants(database);
    } finally {
      await client.end();
    }
  }

  /** Every acknowledged version is in history, as it was acknowledged. */
  private async expectAllStored(database: Pick<TestDatabase, 'query'>): Promise<void> {
    const rows = await database.query<Acknowledged>(
      `SELECT event_id AS "eventId", version, snapshot ->> 'title' AS title FROM event_versions`,
    );
    const stored = new Map(rows.map(({ eventId, version, title }) => [`${eventId} ${version}`, title]));
    const missing = this.acknowledged.filter(
      ({ eventId, version, title }) => stored.get(`${eventId} ${version}`) !== title,
    );
    expect(missing).toEqual([]);
    // A batch is stored as a whole, or not at all, also when nobody was told.
    const halves = await database.query(
      `SELECT substring(title FROM '^Batch .+ of') AS batch, count(*)::int FROM events
        WHERE title LIKE 'Batch %' GROUP BY 1 HAVING count(*) <> ${BATCH}`,
    );
    expect(halves).toEqual([]);
  }

  private async writeBatch(token: string, title: string, times: object): Promise<void> {
    const events = Array.from({ length: BATCH }, (_, n) => ({ title: `${title} ${n}`, ...times, show_as: 'free' }));
    try {
      const { status, headers, body } = await call(this.url, 'POST', '/api/events/batch', { token, body: { events } });
      if (!this.answers.has(status)) this.answers.set(status, { headers, body });
      for (const { id, version, title: stored } of (body.items ?? []) as {
        id: string;
        version: number;
        title: string;
      }[]) {
        this.acknowledged.push({ eventId: id, version, title: stored });
      }
      if (status >= 300) await sleep(50);
    } catch {
      this.broken += 1;
      await sleep(50);
    }
  }

  private async write(token: string, shared: string, writer: number): Promise<void> {
    for (let turn = 0; !this.over; turn += 1) {
      const title = `${writer} wrote ${turn}`;
      const start = Date.UTC(2031, writer, 1) + turn * 60_000;
      const times = { start_time: new Date(start).toISOString(), end_time: new Date(start + 60_000).toISOString() };
      if (turn % 10 === 9) {
        await this.writeBatch(token, `Batch ${writer}-${turn} of`, times);
        continue;
      }
      const request =
        turn % 3 === 0
          ? call(this.url, 'POST', '/api/events', { token, body: { title, ...times } })
          : call(this.url, 'PUT', shared, { token, body: { title } });
      try {
        const { status, headers, body } = await request;
        if (!this.answers.has(status)) this.answers.set(status, { headers, body });
        if (status < 300) this.acknowledged.push({ eventId: String(body.id), version: Number(body.version), title });
        else await sleep(50);
      } catch {
        this.broken += 1;
        await sleep(50);
      }
    }
  }
}
