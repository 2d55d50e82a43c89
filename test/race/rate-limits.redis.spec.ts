import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { login } from '../../sdk/generated/sdk.gen.js';
import { COUNTER_STORE } from '../../src/platform/limits/limits.service.js';
import type { RedisCounters } from '../../src/platform/limits/redis-counters.js';
import { atOnce, outcome, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { type LimitedApp, per, startLimitedApp } from '../support/limited-app.js';
import { RedisServer, redisServerPath, unlessMissing } from '../support/redis-server.js';
import type { Person } from '../support/test-app.js';

const READS = 20;

const countersOf = (server: LimitedApp): RedisCounters => server.app.get<RedisCounters>(COUNTER_STORE);
const isShared = (server: LimitedApp): boolean => countersOf(server).isShared;

describe.skipIf(!redisServerPath)(`rate limits of two servers with Redis${unlessMissing}`, () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let servers: [LimitedApp, LimitedApp];
  let ana: Person;

  beforeAll(async () => {
    database = await createDatabase();
    redis = await RedisServer.create();
  });
  afterAll(async () => {
    await redis.dispose();
    await database.drop();
  });
  // Windows do not end during a test, however slow the machine is.
  const settings = () => ({
    redisUrl: redis.url,
    rateLimitWaitMilliseconds: 10_000,
    limitReads: per(READS, 3_600),
    limitPasswordAddress: per(4, 3_600),
    limitConnectAddress: per(1_000, 3_600),
  });
  beforeEach(async () => {
    await redis.start();
    servers = [await startLimitedApp(settings(), database), await startLimitedApp(settings(), database)];
    await until(() => servers.every(isShared));
    ana = await servers[0].signUp('ana');
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await redis.kill();
  });

  const read = async (server: LimitedApp, person = ana): Promise<{ status: number; left: string | undefined }> => {
    const headers = { authorization: `Bearer ${person.accessToken}` };
    const response = await server.fetch('/api/auth/me', { headers });
    await response.arrayBuffer();
    return { status: response.status, left: /r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1] };
  };

  it('count together, and no more than the limit passes at once', async () => {
    const [here, there] = servers;
    expect([await read(here), await read(there), await read(here)]).toEqual([
      { status: 200, left: '19' },
      { status: 200, left: '18' },
      { status: 200, left: '17' },
    ]);
    const rest = await atOnce(60, (n) => read(servers[n % 2]!));
    expect(tally(rest)).toEqual({ 200: READS - 3, 429: 60 - (READS - 3) });
    expect((await read(there)).status).toBe(429);
  });

  it('store a count with an end for each key, in one place for each database', async () => {
    await read(servers[0]);
    const keys = (await redis.command('KEYS', 'convene:limits:*')) as string[];
    const key = keys.find((one) => one.endsWith(`:reads:${ana.id}`))!;
    expect(key).toMatch(/^convene:limits:\d+:test_\w+:reads:/);
    // The probe of a new connection may have ended meanwhile.
    for (const one of keys.filter((name) => !name.includes(':probe:'))) {
      expect([one, Number(await redis.command('PTTL', one)) > 0]).toEqual([one, true]);
    }
    expect(await redis.command('PTTL', key)).toBeGreaterThan(3_500_000);
    expect(await redis.command('GET', key)).toBe('1');

    const elsewhere = await startLimitedApp(settings());
    try {
      await until(() => isShared(elsewhere));
      const other = await elsewhere.signUp('ana');
      expect(await read(elsewhere, other)).toEqual({ status: 200, left: '19' });
      expect(((await redis.command('KEYS', 'convene:limits:*:reads:*')) as string[]).length).toBe(2);
    } finally {
      await elsewhere.close();
    }
  });

  it('count wrong passwords together, and take back right ones', async () => {
    const logIn = (server: LimitedApp, password: string) =>
      outcome(login({ client: server.client(), body: { username: ana.username, password } }));
    const right = await atOnce(12, (n) => logIn(servers[n % 2]!, ana.password));
    expect(tally(right)).toEqual({ 200: 12 });
    const wrong = await atOnce(20, (n) => logIn(servers[n % 2]!, 'wrong horse 7'));
    expect(tally(wrong)).toEqual({ 401: 4, 429: 16 });
    expect(wrong.find(({ status }) => status === 429)!.body).toMatchObject({ budget: 'password_address', limit: 4 });
  });

  it('let requests pass while Redis is gone, with what was counted, and count together again when it is back', async () => {
    const [here, there] = servers;
    const ben = await there.signUp('ben');
    for (let n = 0; n < READS - 1; n += 1) await read(here);
    // Requests are running when it dies.
    const running = atOnce(30, () => read(there, ben));
    await redis.kill();
    expect((await running).every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect((await read(here)).status).toBe(200);
    // What this server saw still counts, and the other one has not seen it.
    expect((await read(here)).status).toBe(429);
    expect(await read(there)).toEqual({ status: 200, left: '19' });
    await until(() => !isShared(here) && !isShared(there));
    expect((await read(there, await there.signUp('cyd'))).left).toBe('19');

    await redis.start();
    await until(() => isShared(here) && isShared(there));
    const dan = await here.signUp('dan');
    expect([(await read(here, dan)).left, (await read(there, dan)).left, (await read(here, dan)).left]).toEqual([
      ...['19', '18', '17'],
    ]);
  });

  it('let requests pass when Redis hangs, and wait for it once', async () => {
    const impatient = await startLimitedApp({ ...settings(), rateLimitWaitMilliseconds: 100 }, database);
    try {
      await until(() => isShared(impatient));
      redis.hang();
      const passed = await atOnce(10, () => read(impatient));
      expect(tally(passed)).toEqual({ 200: 10 });
      // The connection that did not answer is closed: nobody waits for it again.
      expect(isShared(impatient)).toBe(false);
      redis.resume();
      await until(() => isShared(impatient));
      expect((await read(impatient)).status).toBe(200);
    } finally {
      redis.resume();
      await impatient.close();
    }
  });

  it('start without Redis, and use it when it comes', async () => {
    await redis.kill();
    const early = await startLimitedApp(settings(), database);
    try {
      expect(isShared(early)).toBe(false);
      expect((await read(early)).status).toBe(200);
      await redis.start();
      await until(() => isShared(early));
      expect((await read(early)).status).toBe(200);
    } finally {
      await early.close();
    }
  });

  it('count in memory while Redis refuses to write', async () => {
    const [here] = servers;
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await read(here)).toEqual({ status: 200, left: '19' });
    expect(isShared(here)).toBe(false);
    expect(await read(here)).toEqual({ status: 200, left: '18' });
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await until(() => isShared(here));
    expect((await read(here)).status).toBe(200);
  });
});
