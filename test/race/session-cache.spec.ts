import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, endSession, getEvent, getMe, login, updateMe } from '../../sdk/generated/sdk.gen.js';
import { Exchanges } from '../../src/platform/database/exchanges.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { HeldAnswers } from '../support/held-answers.js';
import { stopJobs } from '../support/stop-jobs.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const LOOK_UP = 'FROM sessions s JOIN users u';

let database: TestDatabase;
let proxy: HeldAnswers;
let app: TestApp;
let ana: Person;
beforeEach(async () => {
  database = await createDatabase();
  proxy = await HeldAnswers.before(database.url);
  // Without names, every statement says its text.
  const settings = { sessionCacheSeconds: 60, databaseUrl: proxy.url, databasePrepares: false };
  app = await startApp(settings, database);
  await stopJobs(app);
  ana = await app.signUp('ana');
});
afterEach(async () => {
  proxy.release();
  await app.close();
  proxy.close();
  await database.drop();
});

const countLookUps = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const counts = [...text.matchAll(/^convene_session_cache_total\{result="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(counts.map(([, result, count]) => [result, Number(count)]));
};

describe('the cache of sessions', () => {
  it('saves the look-up of every request but the first', async () => {
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const exchanges = app.app.get(Exchanges);
    const before = exchanges.total;
    for (let n = 0; n < 100; n += 1) await ok(getEvent({ client: ana.client, path: { id } }));
    // A request with a body is checked before the body is read, and again after it.
    expect(await countLookUps()).toEqual({ miss: 1, hit: 101 });
    expect(exchanges.total - before).toBe(100);
  });

  it('is not filled by a look-up that began before the session ended', async () => {
    const other = await ok(login({ client: app.client(), body: { username: ana.username, password: PASSWORD } }));
    const sessionId = JSON.parse(atob(ana.accessToken.split('.')[1]!)).sid as string;
    const held = proxy.hold(LOOK_UP);
    const slow = getMe({ client: ana.client });
    await held;
    const ended = await endSession({ client: app.client(other.access_token), path: { id: sessionId } });
    expect(ended.response?.status).toBe(204);
    proxy.release();
    expect((await slow).response?.status).toBe(401);
    expect((await getMe({ client: ana.client })).response?.status).toBe(401);
  });

  it('is not filled by a look-up that began before the profile changed', async () => {
    const event = { title: 'Plan', start_time: '2031-06-02T10:00:00', end_time: '2031-06-02T11:00:00' };
    const held = proxy.hold(LOOK_UP);
    const slow = getMe({ client: ana.client });
    await held;
    await ok(updateMe({ client: ana.client, body: { time_zone: 'Asia/Tokyo' } }));
    proxy.release();
    await ok(slow);
    expect((await ok(createEvent({ client: ana.client, body: event }))).time_zone).toBe('Asia/Tokyo');
  });
});
