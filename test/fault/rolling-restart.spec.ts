import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { FreshRequests, sendFresh } from '../support/fresh-requests.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { type LiveClient, openLive } from '../support/live-client.js';
import { LoadBalancer } from '../support/load-balancer.js';
import { call, ServerHome } from '../support/server-process.js';

const REQUESTS_PER_SECOND = 50;
const SOCKETS = 200;
const ROUNDS = 5;

let database: TestDatabase;
let home: ServerHome;
let env: Record<string, string>;
beforeAll(async () => {
  await buildServer();
  database = await createDatabase();
  home = await ServerHome.create();
  env = {
    DATABASE_URL: database.url,
    JWT_SECRET: 'a secret that both servers know',
    MAX_SOCKETS: String(2 * SOCKETS),
  };
});
afterAll(async () => {
  await home.dispose();
  await database.drop();
});

async function signUp(url: string): Promise<string> {
  const username = `ana-${Math.random().toString(36).slice(2)}`;
  const account = { username, email: `${username}@example.com`, password: 'correct horse 7' };
  return String((await call(url, 'POST', '/api/auth/register', { body: account })).body['access_token']);
}

/** A client that reconnects with its last number whenever its connection ends. */
class SteadyClient {
  readonly seqs: number[] = [];
  /** How each connection that was accepted ended, but for the last. */
  readonly ends: unknown[] = [];
  private cursor = 0;
  private leaving = false;
  private running: Promise<void> = Promise.resolve();
  private connection: LiveClient | null = null;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Resolves once it is connected; stays connected until `stop`. */
  async start(): Promise<this> {
    this.running = this.run();
    while (!this.isConnected) await sleep(20);
    return this;
  }

  /** Resolves once it has received the item with that number. */
  async reach(seq: number): Promise<void> {
    while (this.cursor < seq && !this.leaving) await sleep(20);
  }

  async stop(): Promise<void> {
    this.leaving = true;
    this.connection?.cut();
    await this.running;
  }

  private get isConnected(): boolean {
    return this.connection?.names.includes('ready') ?? false;
  }

  private async run(): Promise<void> {
    while (!this.leaving) {
      const client = await openLive('socket_io', this.url, this.token, { after: this.cursor, skipReady: true });
      this.connection = client;
      let taken = 0;
      while (client.closed === null || taken < client.texts.length) {
        for (; taken < client.texts.length; taken += 1) {
          this.cursor = (JSON.parse(client.texts[taken]!) as { seq: number }).seq;
          this.seqs.push(this.cursor);
        }
        await sleep(20);
      }
      if (this.leaving) return;
      const reason = client.frames.find(({ name }) => name === 'session_ended')?.data['reason'];
      if (this.isConnected) this.ends.push(reason ?? client.closed);
      // As the client of socket.io does, so that 200 of them do not reconnect in the same millisecond.
      await sleep(100 + Math.random() * 400);
    }
  }
}

describe('SIGTERM with a second server behind', () => {
  it('fails no request and misses no item, at 50 requests/s with fresh connections and 200 sockets', async () => {
    const first = home.start({ ...env, SHUTDOWN_DELAY_SECONDS: '600' });
    const balancer = await LoadBalancer.start();
    let clients: SteadyClient[] = [];
    try {
      const [firstUrl, secondUrl] = await Promise.all([first.url(), home.start(env).url()]);
      balancer.add(firstUrl);
      const token = await signUp(balancer.url);
      const body = { title: 'Plan', start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' };
      const { body: event } = await call(balancer.url, 'POST', '/api/events', { token, body });
      const path = `/api/events/${String(event['id'])}`;
      // All of them are on the first server.
      clients = Array.from({ length: SOCKETS }, () => new SteadyClient(balancer.url, token));
      await Promise.all(clients.map((client) => client.start()));
      balancer.add(secondUrl);

      const requests = new FreshRequests(balancer.url, REQUESTS_PER_SECOND, (index) =>
        index % 5 === 0
          ? { method: 'PATCH', path, token, body: { title: `Plan ${index}` } }
          : { method: 'GET', path: index % 2 ? path : '/api/events', token },
      );
      await requests.more(REQUESTS_PER_SECOND);
      const stopped = first.signal('SIGTERM');
      await balancer.left(firstUrl);
      await requests.more(REQUESTS_PER_SECOND);
      expect(first.isRunning).toBe(true);
      // The time in which it serves on is over, however long the balancer took to notice.
      void first.signal('SIGINT');
      expect(await stopped).toEqual({ code: 0, signal: null });
      await requests.more(REQUESTS_PER_SECOND);
      const results = await requests.stop();
      expect(Object.keys(results)).toEqual(['200']);

      const { last_seq: last } = (await call(secondUrl, 'GET', '/api/changes?after=0&limit=200', { token })).body;
      expect(last).toBeGreaterThan(20);
      await Promise.all(clients.map((client) => client.reach(last as number)));
      const all = Array.from({ length: last as number }, (_, index) => index + 1);
      for (const client of clients) {
        expect(client.seqs).toEqual(all);
        expect(client.ends[0]).toBe('shutting_down');
      }
      console.log(`SIGTERM: ${results['200']} requests, 0 failed; ${SOCKETS} sockets, ${last as number} items each`);
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
      balancer.close();
      await home.endServers();
    }
  });
});

describe('SIGTERM without a load balancer', () => {
  it('resets no connection: each gets a response, or is refused after the end', async () => {
    const seen: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = home.start({ ...env, SHUTDOWN_DELAY_SECONDS: round === 0 ? '1' : '0' });
      const url = await server.url();
      const token = await signUp(url);
      const requests = new FreshRequests(url, 2 * REQUESTS_PER_SECOND, () => ({
        method: 'GET',
        path: '/api/events',
        token,
      }));
      await requests.more(20);
      const stopped = server.signal('SIGTERM');
      await requests.more(10);
      expect((await stopped).code).toBe(0);
      await requests.more(5);
      for (const [result, count] of Object.entries(await requests.stop())) seen[result] = (seen[result] ?? 0) + count;
    }
    // A machine that is too slow for the rate responds to some with 503, which is a response as well.
    const { 503: overloaded = 0, ...others } = seen;
    expect(others).toEqual({ 200: expect.any(Number) as number, ECONNREFUSED: expect.any(Number) as number });
    console.log(`SIGTERM without a load balancer: ${others['200']} served, ${overloaded} overloaded, 0 reset`);
  });

  it('serves on for the configured time, closes each connection, and is not ready', async () => {
    const server = home.start({ ...env, SHUTDOWN_DELAY_SECONDS: '600' });
    const url = await server.url();
    const stopped = server.signal('SIGTERM');
    while ((await sendFresh(url, { method: 'GET', path: '/health/ready' })) === 200) await sleep(10);
    const readiness = await call(url, 'GET', '/health/ready');
    expect(readiness).toMatchObject({
      status: 503,
      body: { code: 'unavailable', detail: 'The server is shutting down.' },
    });
    expect(readiness.headers.get('retry-after')).toBe('2');
    const live = await call(url, 'GET', '/health/live');
    expect([live.status, live.headers.get('connection')]).toEqual([200, 'close']);
    // Somebody who does not want to wait.
    expect((await Promise.all([server.signal('SIGINT'), stopped]))[0].code).toBe(0);
  });

  it('cuts what still hangs after the configured time', async () => {
    const server = home.start({ ...env, SHUTDOWN_SECONDS: '1' });
    const url = await server.url();
    const token = await signUp(url);
    const { body: me } = await call(url, 'GET', '/api/auth/me', { token });
    const holder = await LockHolder.begin(database);
    try {
      await holder.lockAvailability(String(me['id']));
      const body = { title: 'Plan', start_time: '2030-02-01T10:00:00Z', end_time: '2030-02-01T11:00:00Z' };
      const creating = await startWaiting(database, 1, () =>
        sendFresh(url, { method: 'POST', path: '/api/events', token, body }),
      );
      expect(await server.signal('SIGTERM')).toEqual({ code: 1, signal: null });
      expect(await creating.result).toBe('ECONNRESET');
    } finally {
      await holder.release();
    }
  });
});
