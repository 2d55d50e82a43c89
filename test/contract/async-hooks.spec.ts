import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { PlainClient } from '../support/plain-client.js';
import { INSPECTED, ServerMemory } from '../support/server-memory.js';
import { ServerHome, type ServerProcess } from '../support/server-process.js';

let home: ServerHome;
let server: ServerProcess;
beforeAll(async () => {
  await buildServer();
  home = await ServerHome.create();
  server = home.start(INSPECTED);
});
afterAll(async () => {
  await server.signal('SIGTERM');
  await home.dispose();
});

/** How many hooks want to know of every promise and every other asynchronous resource, in the order of Node's fields. */
const HOOKS = `Array.from(process.binding('async_wrap').async_hook_fields).slice(0, 4)`;

/** Of an `AsyncLocalStorage` in the server or in a library, too: Node 20 needs half as much time again for a read then. */
it('a server that has read and written has no hook that Node calls for every promise', async () => {
  const client = new PlainClient(await server.url());
  const { token } = await client.signUp('ana');
  const times = { start_time: '2031-06-02T10:00:00Z', end_time: '2031-06-02T11:00:00Z' };
  const body = { title: 'Standup', ...times };
  const { status, body: event } = await client.call<{ id: string }>('POST', '/api/events', { token, body });
  expect([status, (await client.call('GET', `/api/events/${event.id}`, { token })).status]).toEqual([201, 200]);
  const inside = await ServerMemory.of(server);
  try {
    expect(await inside.evaluate('process.version')).toBe(process.version);
    expect(await inside.evaluate<number[]>(HOOKS)).toEqual([0, 0, 0, 0]);
  } finally {
    inside.close();
  }
});
