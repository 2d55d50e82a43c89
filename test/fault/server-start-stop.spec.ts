import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LiveSocket } from '../support/live-socket.js';
import { buildServer } from '../support/build.js';
import { call, ServerHome } from '../support/server-process.js';

beforeAll(buildServer);

/** Without data at first, made anew for each test. */
let home: ServerHome;
/** With a database of its own, kept from test to test: making one takes a second. */
let lasting: ServerHome;
beforeAll(async () => void (lasting = await ServerHome.create()));
beforeEach(async () => void (home = await ServerHome.create()));
afterEach(async () => {
  await home.dispose();
  await lasting.endServers();
});
afterAll(() => lasting.dispose());

const signUp = async (url: string) => {
  const username = `ana-${randomBytes(4).toString('hex')}`;
  const account = { username, email: `${username}@example.com`, password: 'correct horse 7' };
  const { status, body } = await call(url, 'POST', '/api/auth/register', { body: account });
  expect(status).toBe(201);
  return { token: String(body.access_token), refreshToken: String(body.refresh_token) };
};

describe('SIGTERM', () => {
  it('to npm ends the server that it started, and its database', async () => {
    const { PATH = '', HOME = '' } = process.env;
    const own = { PATH, HOME, DATA_DIR: home.dataDir, PORT: '0', MAIL: 'off', SHUTDOWN_DELAY_SECONDS: '0' };
    const npm = spawn('npm', ['run', '--silent', 'start:prod'], { env: own, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const url = (): string | undefined => /ready at (http:\S+)/.exec(output)?.[1];
    await until(() => url() !== undefined);
    npm.kill('SIGTERM');
    const isUp = (): Promise<boolean> =>
      fetch(`${url()}/health/live`).then(
        () => true,
        () => false,
      );
    await until(async () => !(await isUp()));
    await until(async () => (await home.postgres()) === undefined);
  });

  it('lets a request in flight finish, closes sockets and idle connections, and exits 0 with its database', async () => {
    const server = lasting.start();
    const url = await server.url();
    const { token } = await signUp(url);
    const event = { title: 'Plan', start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' };
    const created = await call(url, 'POST', '/api/events', { token, body: event });
    const socket = await LiveSocket.open(url, token);
    const silent = connect(Number(new URL(url).port), '127.0.0.1');

    // Somebody else holds the event for a while.
    const holder = new pg.Client({ connectionString: await lasting.databaseUrl() });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM events FOR UPDATE');
    const slow = call(url, 'PUT', `/api/events/${String(created.body.id)}`, { token, body: { title: 'Finished' } });
    await sleep(300);
    const began = Date.now();
    const exit = server.signal('SIGTERM');
    await sleep(1_000);
    expect(server.isRunning).toBe(true);
    await holder.query('COMMIT');
    await holder.end();

    expect(await slow).toMatchObject({ status: 200, body: { title: 'Finished', version: 2 } });
    expect(await exit).toEqual({ code: 0, signal: null });
    // Waiting for connections that are merely open would take a minute or more.
    expect(Date.now() - began).toBeLessThan(30_000);
    await socket.waitFor('disconnect');
    silent.destroy();
    expect(await lasting.postgres()).toBeUndefined();
    expect(server.output).not.toMatch(/error/i);

    const again = lasting.start();
    const stored = await call(await again.url(), 'GET', `/api/events/${String(created.body.id)}`, { token });
    expect(stored.body).toMatchObject({ title: 'Finished', version: 2 });
    expect(await again.signal('SIGINT')).toEqual({ code: 0, signal: null });
  });

  it('during the start is obeyed when the start is done', async () => {
    const server = lasting.start();
    await until(() => server.output.includes('PostgreSQL is running'));
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await lasting.postgres()).toBeUndefined();
  });
});

describe('the made secret', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await createDatabase()));
  afterAll(() => database.drop());

  it('is for its owner only and kept, so that tokens outlive a restart', async () => {
    const env = { DATABASE_URL: database.url };
    const first = home.start(env);
    const { token, refreshToken } = await signUp(await first.url());
    const file = join(home.dataDir, 'jwt-secret');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await first.signal('SIGTERM');

    const url = await home.start(env).url();
    expect((await call(url, 'GET', '/api/auth/me', { token })).status).toBe(200);
    const refreshed = await call(url, 'POST', '/api/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(refreshed.status).toBe(200);
  });

  it('that was lost halfway is named, not used', async () => {
    await mkdir(home.dataDir);
    await writeFile(join(home.dataDir, 'jwt-secret'), '');
    const server = home.start();
    expect((await server.exit).code).toBe(1);
    expect(server.output).toMatch(/jwt-secret: is not a valid secret; delete it/);
  });
});

describe('DATABASE_URL', () => {
  it('is used, and no server of our own is started', async () => {
    const database = await createDatabase();
    try {
      const server = home.start({ DATABASE_URL: database.url });
      await signUp(await server.url());
      expect(await database.query(`SELECT 1 FROM users WHERE username <> 'convene-system'`)).toHaveLength(1);
      expect(existsSync(join(home.dataDir, 'postgres'))).toBe(false);
      expect(server.output).not.toContain('PostgreSQL');
      expect((await server.signal('SIGTERM')).code).toBe(0);
      expect(await database.query('SELECT 1 AS still')).toEqual([{ still: 1 }]);
    } finally {
      await database.drop();
    }
  });

  it('that leads nowhere ends the start with one clear line and no password', async () => {
    const server = home.start({ DATABASE_URL: 'postgres://convene:hush-hush@127.0.0.1:1/convene' });
    expect((await server.exit).code).toBe(1);
    expect(server.output).toMatch(
      /^The database cannot be reached: .*ECONNREFUSED 127\.0\.0\.1:1\nCheck that PostgreSQL runs where DATABASE_URL says\.\n$/,
    );
    expect(server.output).not.toContain('hush-hush');
  });
});

describe('the log', () => {
  it('has a line for each request when the server has stopped', async () => {
    const database = await createDatabase();
    try {
      const server = home.start({ DATABASE_URL: database.url, LOG_LEVEL: 'info' });
      const url = await server.url();
      for (let count = 0; count < 50; count += 1) await call(url, 'GET', '/health/live');
      expect((await server.signal('SIGTERM')).code).toBe(0);
      expect(server.output.match(/^\{.*"path":"\/health\/live".*\}$/gm)).toHaveLength(50);
    } finally {
      await database.drop();
    }
  });

  it('holds no password, hash, token or e-mail, not even of statements that failed', async () => {
    const database = await createDatabase();
    try {
      const server = home.start({ DATABASE_URL: database.url, LOG_LEVEL: 'debug' });
      const url = await server.url();
      const account = { username: 'ana', email: 'ana@example.com', password: 'correct horse 7' };
      const { body } = await call(url, 'POST', '/api/auth/register', { body: account });
      expect((await call(url, 'POST', '/api/auth/register', { body: account })).status).toBe(409);
      const wrong = { username: 'ana', password: 'wrong horse 8' };
      expect((await call(url, 'POST', '/api/auth/login', { body: wrong })).status).toBe(401);
      await call(url, 'GET', `/api/users?email=${account.email}`, { token: String(body.access_token) });
      await server.signal('SIGTERM');
      expect(server.output).toContain('/api/auth/register');
      for (const secret of [
        /horse/,
        /argon2/,
        /@example\.com/,
        String(body.access_token),
        String(body.refresh_token),
      ]) {
        expect(server.output).not.toMatch(secret);
      }
    } finally {
      await database.drop();
    }
  });
});

describe('NODE_ENV=production', () => {
  it('refuses to start without database and secret, and names every wrong variable at once', async () => {
    const server = home.start({ NODE_ENV: 'production', PORT: 'http', LOG_LEVEL: 'loud' });
    expect((await server.exit).code).toBe(1);
    for (const name of ['DATABASE_URL', 'JWT_SECRET', 'PORT', 'LOG_LEVEL']) {
      expect(server.output).toMatch(new RegExp(`^ {2}- ${name}: `, 'm'));
    }
    expect(server.output).not.toContain('    at ');
    expect(existsSync(home.dataDir)).toBe(false);
  });

  it('refuses short and sample secrets, and starts with good values', async () => {
    const database = await createDatabase();
    try {
      const production = { NODE_ENV: 'production', DATABASE_URL: database.url };
      for (const secret of ['a-secret-of-25-characters', 'change-me-change-me-change-me-change-me']) {
        const refused = home.start({ ...production, JWT_SECRET: secret });
        expect((await refused.exit).code).toBe(1);
        expect(refused.output).toMatch(/- JWT_SECRET: /);
        expect(refused.output).not.toContain(secret);
      }
      const server = home.start({ ...production, JWT_SECRET: randomBytes(32).toString('hex') });
      expect((await call(await server.url(), 'GET', '/health/ready')).status).toBe(200);
      expect(existsSync(join(home.dataDir, 'jwt-secret'))).toBe(false);
      expect((await server.signal('SIGTERM')).code).toBe(0);
    } finally {
      await database.drop();
    }
  });
});

describe('a used port', () => {
  it('ends the start with a clear line and takes its database along', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const { port } = stranger.address() as AddressInfo;
    try {
      const server = lasting.start({ PORT: String(port) });
      expect((await server.exit).code).toBe(1);
      expect(server.output).toContain(`PORT: ${port} on 127.0.0.1 is used by another program`);
      expect(server.output).not.toContain('    at ');
      expect(await lasting.postgres()).toBeUndefined();
    } finally {
      stranger.close();
    }
  });

  it('by a server on the same data leaves that one and its database alone', async () => {
    const first = lasting.start();
    const url = await first.url();
    const second = lasting.start({ PORT: new URL(url).port });
    expect((await second.exit).code).toBe(1);
    expect(second.output).toContain('is used by another program');
    expect((await call(url, 'GET', '/health/ready')).status).toBe(200);
    expect((await first.signal('SIGTERM')).code).toBe(0);
  });
});
