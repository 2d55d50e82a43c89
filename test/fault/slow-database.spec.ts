import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, getEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { HeldAnswers } from '../support/held-answers.js';
import { LockHolder } from '../support/held-locks.js';
import { stopJobs } from '../support/stop-jobs.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let database: TestDatabase;
let proxy: HeldAnswers;
let app: TestApp;
let ana: Person;
let id: string;
beforeEach(async () => {
  database = await createDatabase();
  proxy = await HeldAnswers.before(database.url);
  app = await startApp({ databaseUrl: proxy.url, databaseSilenceSeconds: 5 }, database);
  await stopJobs(app);
  ana = await app.signUp('ana');
  id = (await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }))).id;
  // Several connections are open from now on, so that a request does not need a new one.
  await Promise.all(Array.from({ length: 4 }, () => ok(getEvent({ client: ana.client, path: { id } }))));
});
afterEach(async () => {
  await app.close();
  proxy.close();
  await database.drop();
});

/** Changes the event, which waits for its row until `meanwhile` has ended. @returns the status of the answer */
async function changeLocked(meanwhile: () => Promise<void>): Promise<number | undefined> {
  const holder = await LockHolder.begin(database);
  await holder.lockEvent(id);
  const change = updateEvent({ client: ana.client, path: { id }, body: { title: 'Changed' } });
  await meanwhile();
  await holder.release();
  return (await change).response?.status;
}

/** A machine with too much to do: what runs goes on, and a new connection takes longer than a silent database may. */
describe('a database that is slow is not taken for a silent one', () => {
  it('while it answers a new connection step by step', async () => {
    // Some five steps: much longer than five seconds, but none of them takes so long.
    proxy.delay = 2_000;
    expect(await changeLocked(() => until(() => proxy.delayedEnds > 0))).toBe(200);
    expect((await getEvent({ client: ana.client, path: { id } })).response?.status).toBe(200);
  });

  it.each([
    ['and on a new one never', () => (proxy.delay = Infinity), 1],
    ['and refuses new ones', () => (proxy.isFull = true), 3],
  ])('while it answers on other connections, %s', async (_name, trouble, asked) => {
    trouble();
    const read = async (): Promise<void> => {
      while (proxy.delayedEnds < asked) {
        expect((await getEvent({ client: ana.client, path: { id } })).response?.status).toBe(200);
        await sleep(50);
      }
    };
    expect(await changeLocked(read)).toBe(200);
    expect((await getEvent({ client: ana.client, path: { id } })).response?.status).toBe(200);
  });

  it('by readiness, while requests are served', async () => {
    const isReady = async (): Promise<boolean> => (await fetch(`${app.url}/health/ready`)).status === 200;
    await until(isReady);
    proxy.delay = Infinity;
    const askWhileSilent = async (): Promise<void> => {
      // What it said last is remembered for a second.
      while (proxy.delayedEnds === 0) {
        expect(await isReady()).toBe(true);
        await sleep(50);
      }
    };
    let isOver = false;
    const serve = async (): Promise<void> => {
      while (!isOver) await ok(getEvent({ client: ana.client, path: { id } }));
    };
    await Promise.all([askWhileSilent().finally(() => (isOver = true)), serve()]);
  });
});
