import { createServer, type Server, type Socket } from 'node:net';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { dataSourceOptions } from './data-source.js';
import { NoFreeConnection, whyUnavailable } from './database-errors.js';

/** Accepts connections, and says nothing. */
let silent: Server;
const sockets: Socket[] = [];
const opened: DataSource[] = [];
beforeAll(async () => {
  silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const source of opened.splice(0)) await source.destroy();
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

const open = async (waitSeconds: number): Promise<DataSource> => {
  const url = inject('templateUrl');
  const source = new DataSource(dataSourceOptions({ url, poolSize: 2, connectSeconds: 1, waitSeconds }));
  opened.push(source);
  return source.initialize();
};

it('a wait for a free connection lasts as long as it may, however short opening one must be', async () => {
  const source = await open(60);
  const slow = [1, 2].map(() => source.query('SELECT pg_sleep(2.5)'));
  // The second of two that ask in one turn waits as well.
  expect(await Promise.all([source.query('SELECT 1 AS one'), source.query('SELECT 1 AS one')])).toHaveLength(2);
  await Promise.all(slow);
});

it('and ends when it took too long, also for those who ask in one turn', async () => {
  const source = await open(0.2);
  // Opening both may itself take longer on a busy machine.
  const openBoth = (): Promise<unknown> => Promise.all([1, 2].map(() => source.query('SELECT 1')));
  await expect.poll(() => openBoth().then(Boolean, () => false)).toBe(true);
  const release: (() => void)[] = [];
  const asked = await Promise.allSettled(
    [1, 2, 3, 4].map(async () => {
      const runner = source.createQueryRunner();
      release.push(() => void runner.release());
      await runner.connect();
    }),
  );
  for (const done of release) done();
  const reasons = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  expect(reasons).toEqual([expect.any(NoFreeConnection), expect.any(NoFreeConnection)]);
});

it('a connection that does not open in its time fails as one to a database that cannot be reached', async () => {
  const { port } = silent.address() as { port: number };
  const source = new DataSource(
    dataSourceOptions({ url: `postgres://a:b@127.0.0.1:${port}/c`, connectSeconds: 0.2, waitSeconds: 60 }),
  );
  const failure: unknown = await source.initialize().catch((error: unknown) => error);
  expect(whyUnavailable(failure)).toBe('The database cannot be reached.');
});
