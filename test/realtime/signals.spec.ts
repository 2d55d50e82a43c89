import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getMe, getReadiness, login, logout } from '../../sdk/generated/sdk.gen.js';
import { SessionsService } from '../../src/auth/sessions.service.js';
import type { Settings } from '../../src/platform/config/settings.js';
import { readSignal } from '../../src/platform/signals/signal-text.js';
import { type SignalName, Signals } from '../../src/platform/signals/signals.js';
import { outcome } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LiveSocket } from '../support/live-socket.js';
import { REDIS_PASSWORD, RedisServer, redisServerPath, unlessMissing } from '../support/redis-server.js';
import { ok, PASSWORD, startApp, type TestApp } from '../support/test-app.js';

const uuids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
const signalsOf = (server: TestApp): Signals => server.app.get(Signals);
const health = async (server: TestApp) => (await ok(getReadiness({ client: server.client() }))).signals;

/** Everything of that name that a server hears from now on, a list for each time. */
function listen(server: TestApp, name: SignalName = 'news'): string[][] {
  const heard: string[][] = [];
  signalsOf(server).on(name, (ids) => void heard.push(ids));
  return heard;
}

/** Waits until one server hears the other. */
async function expectHearing(from: TestApp, to: TestApp): Promise<void> {
  const heard = listen(to);
  const [id] = uuids(1);
  signalsOf(from).send('news', [id!]);
  await until(() => heard.flat().includes(id!));
}

/** One way to carry signals, and what can be done to it. */
interface Carried {
  settings: Partial<Settings>;
  /** Cuts all connections, or takes the bus away until `restore`. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Sends a text that no server wrote. */
  forge(text: string): Promise<unknown>;
}

let database: TestDatabase;
let servers: [TestApp, TestApp];
const startServers = async (settings: Partial<Settings>): Promise<void> => {
  // Cached for longer than any test waits, so that nothing but a signal can tell of a session's end.
  const all = { ...settings, sessionCacheSeconds: 60 };
  servers = [await startApp(all, database), await startApp(all, database)];
};
const stopServers = () => Promise.all(servers.map((server) => server.close()));

beforeAll(async () => void (database = await createDatabase()));
afterAll(() => database.drop());

function describeCarrier(carried: () => Carried): void {
  it('carries news to the other server, and not back', async () => {
    const [here, there] = servers;
    const [own, heard] = [listen(here), listen(there)];
    const ids = uuids(3);
    signalsOf(here).send('news', ids);
    signalsOf(there).send('news', ['00000000-0000-0000-0000-000000000001']);
    await until(() => heard.length > 0 && own.length > 0);
    expect(heard).toEqual([ids]);
    expect(own).toEqual([['00000000-0000-0000-0000-000000000001']]);
  });

  it('carries 5,000 ids whole, each once, and what is said at once together', async () => {
    const [here, there] = servers;
    const heard = listen(there);
    const ids = uuids(5_000);
    for (const id of [...ids, ...ids]) signalsOf(here).send('news', [id]);
    await until(() => heard.flat().length >= ids.length);
    await expectHearing(here, there);
    expect(heard.flat().slice(0, ids.length)).toEqual(ids);
    expect(heard.flat()).toHaveLength(ids.length + 1);
    expect(heard.length).toBeLessThan(50);
  });

  it('keeps names apart, and the servers of another database', async () => {
    const [here, there] = servers;
    const stranger = await startApp(carried().settings);
    try {
      const [news, ended, strange] = [listen(there), listen(there, 'sessions_ended'), listen(stranger)];
      const [first, second] = uuids(2);
      signalsOf(here).send('sessions_ended', [first!]);
      signalsOf(here).send('news', [second!]);
      await until(() => news.length > 0 && ended.length > 0);
      expect([news, ended]).toEqual([[[second]], [[first]]]);
      signalsOf(stranger).send('news', uuids(1));
      await expectHearing(here, there);
      expect(strange).toEqual([]);
      expect(news).toHaveLength(2);
    } finally {
      await stranger.close();
    }
  });

  it('sends what was said last before a server closes', async () => {
    const [here] = servers;
    const brief = await startApp(carried().settings, database);
    const heard = listen(here);
    const ids = uuids(2_000);
    signalsOf(brief).send('news', ids);
    await brief.close();
    await until(() => heard.flat().length >= ids.length);
    expect(heard.flat()).toEqual(ids);
  });

  it('passes over what is no signal, and over a listener that fails', async () => {
    const [here, there] = servers;
    const failing = vi.fn<() => Promise<void>>(() => Promise.resolve());
    failing.mockRejectedValueOnce(new Error('A listener failed, as the test wants'));
    signalsOf(there).on('news', failing);
    const heard = listen(there);
    for (const text of ['', '{', '{"name":"news","ids":[7]}', `{"from":"x","name":"__proto__","ids":[]}`]) {
      await carried().forge(text);
    }
    await expectHearing(here, there);
    expect(heard).toHaveLength(1);
    expect(failing).toHaveBeenCalledTimes(1);
  });

  it('makes the end of a session felt on the other server: by requests, sockets and whoever listens', async () => {
    const [here, there] = servers;
    const ana = await here.signUp('ana');
    const body = { username: ana.username, password: PASSWORD };
    const { access_token: token } = await ok(login({ client: here.client(), body }));
    const ended: string[] = [];
    there.app.get(SessionsService).ended.on((ids) => void ended.push(...ids));
    const socket = await LiveSocket.open(there.url, token);
    const bystander = await LiveSocket.open(there.url, ana.accessToken);
    const before = await outcome(getMe({ client: there.client(token) }));
    expect(before.status).toBe(200);

    expect((await outcome(logout({ client: here.client(token), body: {} }))).status).toBe(204);
    await until(() => ended.length > 0);
    const after = await outcome(getMe({ client: there.client(token) }));
    expect(after).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    await socket.hears('disconnect');
    expect(socket.names.slice(-2)).toEqual(['session_ended', 'disconnect']);
    const rows = await database.query<{ id: string }>('SELECT id FROM sessions WHERE id = ANY($1) AND user_id = $2', [
      ended,
      ana.id,
    ]);
    expect(rows).toEqual([{ id: ended[0] }]);
    expect((await outcome(getMe({ client: there.client(ana.accessToken) }))).status).toBe(200);
    expect(bystander.client.connected).toBe(true);
    bystander.close();
  });

  it('heals by itself after every cut, and says so to whoever listens', async () => {
    const [here, there] = servers;
    for (let round = 0; round < 2; round += 1) {
      const back = servers.map((server) => {
        const listener = vi.fn();
        signalsOf(server).onReconnect(listener);
        return listener;
      });
      await carried().cut();
      await carried().restore();
      await until(() => back.every((listener) => listener.mock.calls.length > 0));
      await expectHearing(here, there);
      await expectHearing(there, here);
      expect([await health(here), await health(there)]).toEqual(['up', 'up']);
      for (const listener of back) expect(listener).toHaveBeenCalledTimes(1);
    }
  });
}

describe('signals over PostgreSQL', () => {
  const carried: Carried = {
    settings: {},
    cut: async () => {
      const cut = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'convene signals' AND datname = current_database()`,
      );
      expect(cut).toHaveLength(2);
    },
    restore: () => Promise.resolve(),
    forge: (text) => database.query(`SELECT pg_notify('convene_signals', $1)`, [text]),
  };
  beforeAll(() => startServers(carried.settings));
  afterAll(stopServers);
  describeCarrier(() => carried);
});

describe.skipIf(!redisServerPath)(`signals over Redis${unlessMissing}`, () => {
  let redis: RedisServer;
  let settings: Partial<Settings>;
  beforeAll(async () => {
    redis = await RedisServer.create();
    settings = { redisUrl: redis.url };
    await redis.start();
    await startServers(settings);
  });
  afterAll(async () => {
    await stopServers();
    await redis.dispose();
  });

  const key = async (): Promise<string> => ((await redis.command('KEYS', '*')) as string[])[0]!;

  describeCarrier(() => ({
    settings,
    cut: async () => {
      await redis.kill();
      await until(() => servers.every((server) => !signalsOf(server).isUp));
      expect([await health(servers[0]), await health(servers[1])]).toEqual(['down', 'down']);
    },
    restore: () => redis.start(),
    forge: async (text) => redis.command('XADD', await key(), '*', text.length % 2 ? 'text' : 'other', text),
  }));

  it('loses nothing over a connection that is opened again, since it reads on from where it was', async () => {
    const [here] = servers;
    const clients = async () => String(await redis.command('CLIENT', 'LIST')).match(/^id=\d+(?=.* name=convene )/gm)!;
    const others = await clients();
    const reader = await startApp(settings, database);
    try {
      const heard = listen(reader);
      const sent: string[] = [];
      for (let round = 0; round < 5; round += 1) {
        const back = vi.fn();
        signalsOf(reader).onReconnect(back);
        const own = (await clients()).filter((client) => !others.includes(client));
        expect(own).toHaveLength(2);
        for (const client of own) await redis.command('CLIENT', 'KILL', 'ID', client.slice('id='.length));
        await until(() => !signalsOf(reader).isUp);
        const ids = uuids(300);
        sent.push(...ids);
        signalsOf(here).send('news', ids);
        await until(() => back.mock.calls.length > 0);
      }
      await until(() => heard.flat().length >= sent.length);
      expect(heard.flat()).toEqual(sent);
    } finally {
      await reader.close();
    }
  });

  it('keeps about a thousand texts and forgets older ones', async () => {
    const [here, there] = servers;
    const heard = listen(there);
    for (let batch = 0; batch < 20; batch += 1) {
      signalsOf(here).send('news', uuids(150 * 100));
      await until(() => heard.length >= (batch + 1) * 100);
    }
    const length = Number(await redis.command('XLEN', await key()));
    expect(length).toBeGreaterThanOrEqual(1_000);
    expect(length).toBeLessThan(1_500);
  });
});

describe.skipIf(!redisServerPath)(`a Redis that fails${unlessMissing}`, () => {
  it('that is not there at the start keeps no server from starting, and is used when it comes', async () => {
    const redis = await RedisServer.create();
    const logged: string[] = [];
    const log = vi.spyOn(process.stdout, 'write').mockImplementation((text) => logged.push(String(text)) > 0);
    try {
      const settings = { redisUrl: redis.url, logLevel: 'info' as const };
      const pair = [await startApp(settings, database), await startApp(settings, database)] as const;
      try {
        const [here, there] = pair;
        expect(await health(here)).toBe('down');
        const ana = await here.signUp('ana');
        expect((await outcome(getMe({ client: there.client(ana.accessToken) }))).status).toBe(200);
        expect((await outcome(logout({ client: ana.client, body: {} }))).status).toBe(204);
        // Without a signal the other server obeys when it looks again by itself.
        await until(async () => (await outcome(getMe({ client: there.client(ana.accessToken) }))).status === 401);
        const back = vi.fn();
        signalsOf(there).onReconnect(back);
        for (let batch = 0; batch < 12; batch += 1) signalsOf(here).send('news', uuids(5_000));

        await redis.start();
        await until(() => back.mock.calls.length > 0 && signalsOf(here).isUp);
        await expectHearing(there, here);
        await expectHearing(here, there);
        // What waits while nobody is there is bounded, by 50,000 ids of a name; two were said just now.
        const [key] = (await redis.command('KEYS', '*')) as [string];
        const entries = (await redis.command('XRANGE', key, '-', '+')) as [id: string, fields: [string, string]][];
        const signals = entries.map(([, [, text]]) => readSignal(text)!);
        const news = signals.filter(({ name }) => name === 'news').flatMap(({ ids }) => ids);
        expect(news).toHaveLength(50_002);
      } finally {
        await Promise.all(pair.map((server) => server.close()));
      }
    } finally {
      log.mockRestore();
      await redis.dispose();
    }
    // Once each, however many attempts there were.
    expect(logged.filter((line) => line.includes('No connection to the other servers'))).toHaveLength(2);
    expect(logged.filter((line) => line.includes('connection to the other servers is back'))).toHaveLength(2);
    expect(logged.join('')).not.toContain(REDIS_PASSWORD);
  });

  it('that hangs holds up neither requests nor starts nor stops, and heals', async () => {
    const redis = await RedisServer.create();
    await redis.start();
    const settings = { redisUrl: redis.url };
    const pair = [await startApp(settings, database), await startApp(settings, database)] as const;
    try {
      const [here, there] = pair;
      redis.hang();
      const ana = await here.signUp('ana');
      const heard = listen(there);
      for (let round = 0; round < 100; round += 1) signalsOf(here).send('news', uuids(2_000));
      expect((await outcome(logout({ client: ana.client, body: {} }))).status).toBe(204);
      const late = await startApp(settings, database);
      expect(await health(late)).toBe('down');
      await late.close();
      await until(() => !signalsOf(here).isUp);
      expect(heard).toEqual([]);
      redis.resume();
      await until(() => signalsOf(here).isUp && signalsOf(there).isUp);
      await expectHearing(here, there);
      redis.hang();
      signalsOf(here).send('news', uuids(1));
    } finally {
      await Promise.all(pair.map((server) => server.close()));
      await redis.dispose();
    }
  });
});
