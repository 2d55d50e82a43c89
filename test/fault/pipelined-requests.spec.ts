import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEvent, listEvents } from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { LockHolder } from '../support/held-locks.js';
import { RawConnection } from '../support/raw-connection.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let connection: RawConnection;
let lock: LockHolder;
/** The end of the connection at the server. */
let socket: Socket;
const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);

beforeAll(() => void process.on('warning', onWarning));
beforeEach(async () => {
  warnings.length = 0;
  app = await startApp({ databasePoolSize: 10, requestsAtOnce: 8, writesAtOnce: 4 });
  ana = await app.signUp('ana');
  await ok(createEvent({ client: ana.client, body: { title: 'First', ...slot(99) } }));
  lock = await LockHolder.begin(app.database);
  await lock.lockAvailability(ana.id);
  const accepted = once(app.app.getHttpServer(), 'connection');
  connection = await RawConnection.open(app.url);
  [socket] = (await accepted) as [Socket];
});
afterEach(async () => {
  connection.close();
  // Returns once every request of every connection is over.
  await app.close();
});
afterAll(() => void process.off('warning', onWarning));

const request = (method: string, path: string, body = ''): string =>
  [
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ana.accessToken}\r\n`,
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  ].join('');
const create = (n: number): string =>
  request('POST', '/api/events', JSON.stringify({ title: `Plan ${n}`, ...slot(n) }));
const list = (): string => request('GET', '/api/events?page=1&page_size=1');

async function queued(queue: 'caller' | 'calendar'): Promise<number> {
  const text = await (await fetch(new URL('/metrics', app.url))).text();
  return Number(new RegExp(`^convene_queued_requests\\{queue="${queue}"\\} (\\d+)`, 'm').exec(text)?.[1]);
}

const isWriting = async (): Promise<boolean> => {
  const rows = await app.database.query(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'convene'`,
  );
  return rows.length === 1;
};
/** The plans of ana, as another connection reads them. */
const plans = async (): Promise<string[]> =>
  (await ok(listEvents({ client: ana.client, query: { q: 'Plan', limit: 200 } }))).items.map(({ title }) => title);

it('many requests that a person sends on one connection are carried out in their order', async () => {
  const count = async (): Promise<number> => JSON.parse((await connection.read()).body).total;
  const both = (n: number): string => create(n) + list();
  await connection.write(Array.from({ length: 30 }, (_, n) => both(n)).join(''));
  await expect.poll(isWriting).toBe(true);
  // They take one place, and wait in no queue.
  expect(await queued('caller')).toBe(0);
  await lock.release();
  for (let n = 0; n < 30; n++) {
    expect(JSON.parse((await connection.read()).body).title).toBe(`Plan ${n}`);
    expect(await count()).toBe(n + 2);
  }
  expect(warnings).toEqual([]);
});

it('requests of one connection wait in the queue of a person one by one', async () => {
  const others = Array.from({ length: 8 }, (_, n) =>
    ok(createEvent({ client: ana.client, body: { title: `Other ${n}`, ...slot(n) } })),
  );
  await expect.poll(() => queued('calendar')).toBe(4);
  await connection.write(list().repeat(30));
  await expect.poll(() => queued('caller')).toBe(1);
  await lock.release();
  for (let n = 0; n < 30; n++) expect((await connection.read()).status).toBe(200);
  await Promise.all(others);
  expect(warnings).toEqual([]);
});

it('requests that wait behind another when their connection is closed are forgotten', async () => {
  await connection.write(Array.from({ length: 30 }, (_, n) => create(n)).join('') + list());
  await expect.poll(isWriting).toBe(true);
  connection.close();
  await once(socket, 'close');
  await lock.release();
  // The first had begun, and a write that has begun is finished.
  await expect.poll(plans).toEqual(['Plan 0']);
  // As many as may run at once.
  await Promise.all(Array.from({ length: 8 }, () => ok(listEvents({ client: ana.client }))));
  expect(await plans()).toEqual(['Plan 0']);
  expect(warnings).toEqual([]);
});
