import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { query, until } from '../support/embedded-postgres-harness.js';
import { expectInvariants } from '../support/invariants.js';
import { LiveSocket } from '../support/live-socket.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';
import { PASSWORD } from '../support/test-app.js';

/** The clock of one of two servers is set by an hour, while it runs, forward and back again, and then back. */
const HOUR_MS = 3_600_000;
const STEPS = [HOUR_MS, 0, -HOUR_MS, 0];
const CLOCK = fileURLToPath(new URL('../support/shifted-clock.cjs', import.meta.url));

let home: ServerHome;
let stepping: ServerProcess;
/** The server whose clock is set, and the other one. */
let urls: [string, string];

beforeAll(async () => {
  await buildServer();
  home = await ServerHome.create();
  const steady = home.start();
  const other = await steady.url();
  stepping = home.start({ NODE_OPTIONS: `--require=${CLOCK}`, CLOCK_STEPS: STEPS.join(',') });
  urls = [await stepping.url(), other];
});
afterAll(() => home.dispose());

async function step(): Promise<void> {
  const from = stepping.output.length;
  process.kill(stepping.pid, 'SIGUSR2');
  await until(() => stepping.output.slice(from).includes('The clock is wrong by'));
}

interface Tokens {
  access: string;
  refresh: string;
}
const tokensOf = (body: Record<string, unknown>): Tokens => ({
  access: body['access_token'] as string,
  refresh: body['refresh_token'] as string,
});
async function done(
  url: string,
  method: string,
  path: string,
  options: Parameters<typeof call>[3] = {},
): Promise<Record<string, unknown>> {
  const { status, body } = await call(url, method, path, options);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body;
}

const person = (name: string): object => ({ username: name, email: `${name}@example.com`, password: PASSWORD });

describe('a server whose clock is set by an hour while it runs', () => {
  it('issues and accepts tokens that are good on every server, and dates history in order', async () => {
    const ana = { ...person('ana') } as { username: string };
    let tokens = tokensOf(await done(urls[1], 'POST', '/api/auth/register', { body: ana }));
    const { access } = tokens;
    const socket = await LiveSocket.open(urls[0], access);
    const { seq } = (await socket.waitFor('ready')) as { seq: number };
    const event = { title: 'Zero', start_time: '2031-03-03T10:00:00Z', end_time: '2031-03-03T11:00:00Z' };
    const { id } = await done(urls[1], 'POST', '/api/events', { token: access, body: event });
    let edits = 0;
    for (const [index] of STEPS.entries()) {
      await step();
      // A token of before, and sessions that begin now, on either server.
      for (const url of urls) await done(url, 'GET', '/api/auth/me', { token: access });
      for (const url of urls) {
        tokens = tokensOf(
          await done(url, 'POST', '/api/auth/login', { body: { username: 'ana', password: PASSWORD } }),
        );
        for (const other of urls) {
          await done(other, 'GET', '/api/auth/me', { token: tokens.access });
          tokens = tokensOf(
            await done(other, 'POST', '/api/auth/refresh', { body: { refresh_token: tokens.refresh } }),
          );
          for (const reader of urls) await done(reader, 'GET', '/api/auth/me', { token: tokens.access });
        }
        const key = `${index}-${url}`;
        const body = { title: `Edit ${(edits += 1)}` };
        await done(url, 'PUT', `/api/events/${String(id)}`, {
          token: tokens.access,
          body,
          key,
        });
        // The retry is recognized by the server with the other time.
        const other = urls[url === urls[0] ? 1 : 0];
        await done(other, 'PUT', `/api/events/${String(id)}`, {
          token: tokens.access,
          body,
          key,
        });
        // An ended session is ended everywhere.
        expect((await call(other, 'POST', '/api/auth/logout', { token: tokens.access })).status).toBe(204);
        for (const reader of urls) {
          await until(async () => (await call(reader, 'GET', '/api/auth/me', { token: tokens.access })).status === 401);
        }
        const refresh = await call(url, 'POST', '/api/auth/refresh', { body: { refresh_token: tokens.refresh } });
        expect(refresh.status).toBe(401);
      }
    }
    // The connection has lived through all of it, and has missed nothing.
    const items = await socket.waitForItems(1 + edits);
    expect(items.map((item) => item.seq)).toEqual(Array.from({ length: 1 + edits }, (_, n) => seq + 1 + n));
    socket.close();

    const databaseUrl = await home.databaseUrl();
    const versions = await query(
      databaseUrl,
      'SELECT version, created_at FROM event_versions WHERE event_id = $1 ORDER BY created_at, version',
      [id],
    );
    expect(versions.map((row) => row['version'])).toEqual(Array.from({ length: 1 + edits }, (_, n) => 1 + n));
    const database = {
      query: <Row>(sql: string, values?: unknown[]) => query(databaseUrl, sql, values) as Promise<Row[]>,
    };
    await expectInvariants(database);
  });
});
