import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getMe, getReadiness, login, logout } from '../../sdk/generated/sdk.gen.js';
import { SessionsService } from '../../src/auth/sessions.service.js';
import type { Settings } from '../../src/platform/config/settings.js';
import { flushLines } from '../../src/platform/logging/log-output.js';
import { readSignal } from '../../src/platform/signals/signal-text.js';
import { Signals } from '../../src/platform/signals/signals.js';
import { outcome } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LiveSocket } from '../support/live-socket.js';
import { REDIS_PASSWORD, RedisServer, redisServerPath, unlessMissing } from '../support/redis-server.js';
import { ok, PASSWORD, startApp, type TestApp } from '../support/test-app.js';

/** Names that no room uses. */
const NAME = 'test_rows_changed';
const OTHER_NAME = 'test_rows_deleted';

const uuids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
const signalsOf = (server: TestApp): Signals => server.app.get(Signals);
const health = async (server: TestApp) => (await ok(getReadiness({ client: server.client() }))).signals;

/** Returns the ids of each signal that the server receives from now on. */
function listen(server: TestApp, name = NAME): string[][] {
  const received: string[][] = [];
  signalsOf(server).on(name, (ids) => void received.push(ids));
  return received;
}

/** Waits until one server receives a signal of the other. */
async function expectDelivery(from: TestApp, to: TestApp): Promise<void> {
  const received = listen(to);
  const [id] = uuids(1);
  signalsOf(from).send(NAME, [id!]);
  await until(() => received.flat().includes(id!));
}

/** A bus under test. */
interface BusSetup {
  settings: Partial<Settings>;
  /** Closes all connections, or stops the bus until `restore`. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Sends a text as another client of the bus. */
  inject(text: string): Promise<unknown>;
}

let database: TestDatabase;
let servers: [TestApp, TestApp];
const startServers = async (settings: Partial<Settings>): Promise<void> => {
  // Cached for longer than any test waits, so that only a signal can end a session on the other server.
  const all = { ...settings, sessionCacheSeconds: 60 };
  servers = [await startApp(all, database), await startApp(all, database)];
};
const stopServers = () => Promise.all(servers.map((server) => server.close()));

beforeAll(async () => void (database = await createDatabase()));
afterAll(() => database.drop());

function describeBus(setup: () => BusSetup): void {
  it('sends a signal to the other server, and not back', async () => {
    const [here, there] = servers;
    const [receivedHere, received] = [listen(here), listen(there)];
    const ids = uuids(3);
    signalsOf(here).send(NAME, ids);
    signalsOf(there).send(NAME, ['00000000-0000-0000-0000-000000000001']);
    await until(() => received.length > 0 && receivedHere.length > 0);
    expect(received).toEqual([ids]);
    expect(receivedHere).toEqual([['00000000-0000-0000-0000-000000000001']]);
  });

  it('sends 5,000 ids once each, those of one turn in one batch', async () => {
    const [here, there] = servers;
    const received = listen(there);
    const ids = uuids(5_000);
    for (const id of [...ids, ...ids]) signalsOf(here).send(NAME, [id]);
    await until(() => received.flat().length >= ids.length);
    await expectDelivery(here, there);
    expect(received.flat().slice(0, ids.length)).toEqual(ids);
    expect(received.flat()).toHaveLength(ids.length + 1);
    expect(received.length).toBeLessThan(50);
  });

  it('separates names, and servers on different databases', async () => {
    const [here, there] = servers;
    const elsewhere = await startApp(setup().settings);
    try {
      const [received, receivedOther, receivedElsewhere] = [
        listen(there),
        listen(there, OTHER_NAME),
        listen(elsewhere),
      ];
      const [first, second] = uuids(2);
      signalsOf(here).send(OTHER_NAME, [first!]);
      signalsOf(here).send(NAME, [second!]);
      await until(() => received.length > 0 && receivedOther.length > 0);
      expect([received, receivedOther]).toEqual([[[second]], [[first]]]);
      signalsOf(elsewhere).send(NAME, uuids(1));
      await expectDelivery(here, there);
      expect(receivedElsewhere).toEqual([]);
      expect(received).toHaveLength(2);
    } finally {
      await elsewhere.close();
    }
  });

  it('sends the last signals before a server shuts down', async () => {
    const [here] = servers;
    const brief = await startApp(setup().settings, database);
    const received = listen(here);
    const ids = uuids(2_000);
    signalsOf(brief).send(NAME, ids);
    await brief.close();
    await until(() => received.flat().length >= ids.length);
    expect(received.flat()).toEqual(ids);
  });

  it('ignores texts that are not signals, and continues after a listener that fails', async () => {
    const [here, there] = servers;
    const failing = vi.fn<() => Promise<void>>(() => Promise.resolve());
    failing.mockRejectedValueOnce(new Error('Failure of a listener in a test'));
    signalsOf(there).on(NAME, failing);
    const received = listen(there);
    for (const text of ['', '{', `{"name":"${NAME}","ids":[7]}`, `{"from":"x","name":"__proto__","ids":[]}`]) {
      await setup().inject(text);
    }
    await expectDelivery(here, there);
    expect(received).toHaveLength(1);
    expect(failing).toHaveBeenCalledTimes(1);
  });

  it('ends a session on the other server, for requests, sockets and listeners', async () => {
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
    await socket.waitFor('disconnect');
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

  it('reconnects after every outage and notifies its listeners', async () => {
    const [here, there] = servers;
    for (let round = 0; round < 2; round += 1) {
      const listeners = servers.map((server) => {
        const listener = vi.fn();
        signalsOf(server).onReconnect(listener);
        return listener;
      });
      await setup().cut();
      await setup().restore();
      await until(() => listeners.every((listener) => listener.mock.calls.length > 0));
      await expectDelivery(here, there);
      await expectDelivery(there, here);
      expect([await health(here), await health(there)]).toEqual(['up', 'up']);
      for (const listener of listeners) expect(listener).toHaveBeenCalledTimes(1);
    }
  });
}

describe('signals over PostgreSQL', () => {
  const setup: BusSetup = {
    settings: {},
    cut: async () => {
      const closed = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'convene signals' AND datname = current_database()`,
      );
      expect(closed).toHaveLength(2);
    },
    restore: () => Promise.resolve(),
    inject: (text) => database.query(`SELECT pg_notify('convene_signals', $1)`, [text]),
  };
  beforeAll(() => startServers(setup.settings));
  afterAll(stopServers);
  describeBus(() => setup);
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

  describeBus(() => ({
    settings,
    cut: async () => {
      await redis.kill();
      await until(() => servers.every((server) => !signalsOf(server).isUp));
      expect([await health(servers[0]), await health(servers[1])]).toEqual(['down', 'down']);
    },
    restore: () => redis.start(),
    inject: async (text) => redis.command('XADD', await key(), '*', text.length % 2 ? 'text' : 'other', text),
  }));

  it('loses nothing while it reconnects, since it continues after the last id', async () => {
    const [here] = servers;
    const clients = async () => String(await redis.command('CLIENT', 'LIST')).match(/^id=\d+(?=.* name=convene )/gm)!;
    const others = await clients();
    const reader = await startApp(settings, database);
    try {
      const received = listen(reader);
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
        signalsOf(here).send(NAME, ids);
        await until(() => back.mock.calls.length > 0);
      }
      await until(() => received.flat().length >= sent.length);
      expect(received.flat()).toEqual(sent);
    } finally {
      await reader.close();
    }
  });

  it('stores about a thousand texts and deletes older ones', async () => {
    const [here, there] = servers;
    const received = listen(there);
    for (let batch = 0; batch < 20; batch += 1) {
      signalsOf(here).send(NAME, uuids(150 * 100));
      await until(() => received.length >= (batch + 1) * 100);
    }
    const length = Number(await redis.command('XLEN', await key()));
    expect(length).toBeGreaterThanOrEqual(1_000);
    expect(length).toBeLessThan(1_500);
  });
});

describe.skipIf(!redisServerPath)(`a failing Redis${unlessMissing}`, () => {
  it('that is missing at the start does not keep servers from starting, and is used once it runs', async () => {
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
        // Without a signal, the session ends on the other server when its cache expires.
        await until(async () => (await outcome(getMe({ client: there.client(ana.accessToken) }))).status === 401);
        const back = vi.fn();
        signalsOf(there).onReconnect(back);
        for (let batch = 0; batch < 12; batch += 1) signalsOf(here).send(NAME, uuids(5_000));

        await redis.start();
        await until(() => back.mock.calls.length > 0 && signalsOf(here).isUp);
        await expectDelivery(there, here);
        await expectDelivery(here, there);
        // At most 50,000 ids of a name wait during an outage; two more were sent just now.
        const [key] = (await redis.command('KEYS', '*')) as [string];
        const entries = (await redis.command('XRANGE', key, '-', '+')) as [id: string, fields: [string, string]][];
        const signals = entries.map(([, [, text]]) => readSignal(text)!);
        const ids = signals.filter(({ name }) => name === NAME).flatMap((signal) => signal.ids);
        expect(ids).toHaveLength(50_002);
      } finally {
        await Promise.all(pair.map((server) => server.close()));
      }
    } finally {
      flushLines();
      log.mockRestore();
      await redis.dispose();
    }
    // Once per server, however many attempts there were.
    const lines = logged.join('').split('\n');
    expect(lines.filter((line) => line.includes('No connection to the other servers'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('Reconnected to the other servers'))).toHaveLength(2);
    expect(logged.join('')).not.toContain(REDIS_PASSWORD);
  });

  it('that hangs delays neither requests, starts nor shutdowns, and recovers', async () => {
    const redis = await RedisServer.create();
    await redis.start();
    const settings = { redisUrl: redis.url };
    const pair = [await startApp(settings, database), await startApp(settings, database)] as const;
    try {
      const [here, there] = pair;
      redis.hang();
      const ana = await here.signUp('ana');
      const received = listen(there);
      for (let round = 0; round < 100; round += 1) signalsOf(here).send(NAME, uuids(2_000));
      expect((await outcome(logout({ client: ana.client, body: {} }))).status).toBe(204);
      const late = await startApp(settings, database);
      expect(await health(late)).toBe('down');
      await late.close();
      await until(() => !signalsOf(here).isUp);
      expect(received).toEqual([]);
      redis.resume();
      await until(() => signalsOf(here).isUp && signalsOf(there).isUp);
      await expectDelivery(here, there);
      redis.hang();
      signalsOf(here).send(NAME, uuids(1));
    } finally {
      await Promise.all(pair.map((server) => server.close()));
      await redis.dispose();
    }
  });
});
