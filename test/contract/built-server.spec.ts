import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PREPARED_FOLDER } from '../../src/platform/openapi/prepared.js';
import { buildServer } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { call, ServerHome } from '../support/server-process.js';
import { PASSWORD, startApp, type TestApp } from '../support/test-app.js';

const projectFolder = new URL('../../', import.meta.url);

/** The only packages that the built server does not contain. */
const EXTERNAL = ['@node-rs', 'msgpackr-extract'];

let database: TestDatabase;
let home: ServerHome;
beforeAll(async () => {
  await buildServer();
  database = await createDatabase();
  home = await ServerHome.create();
});
afterAll(async () => {
  await home.dispose();
  await database.drop();
});

describe('the documents of the built server', () => {
  let source: TestApp;
  let built: string;
  beforeAll(async () => {
    source = await startApp({ streamDays: 7, pulseSeconds: 11, maxSockets: 3, liveQueueFrames: 50 }, database);
    const settings = { STREAM_DAYS: '7', PULSE_SECONDS: '11', MAX_SOCKETS: '3', LIVE_QUEUE_FRAMES: '50' };
    built = await home.start({ DATABASE_URL: database.url, ...settings }).url();
  });
  afterAll(() => source.close());

  /** Everything but what differs between two requests, or between two servers on one machine. */
  const read = async (url: string, path: string): Promise<object> => {
    const response = await fetch(`${url}${path}`);
    const { 'x-request-id': _id, date: _date, ...headers } = Object.fromEntries(response.headers);
    const text = (await response.text()).replaceAll(new URL(url).host, '<host>');
    return { status: response.status, headers: { ...headers, 'content-length': '' }, text };
  };

  it.each(['/openapi.json', '/openapi.yaml', '/asyncapi.json', '/docs/realtime'])(
    'include %s as the code makes it, with the settings of the server',
    async (path) => {
      expect(await read(built, path)).toEqual(await read(source.url, path));
    },
  );

  it.each(['openapi.json', 'openapi.yaml'])('are made by the build: %s', async (name) => {
    const prepared = await readFile(new URL(`dist/src/platform/openapi/prepared/${name}`, projectFolder), 'utf8');
    const text = prepared.replaceAll('127.0.0.1:3000', new URL(source.url).host);
    expect(await (await fetch(`${source.url}/${name}`)).text()).toBe(text);
    // This one has no such file, so it made the document itself.
    await expect(readFile(new URL(name, PREPARED_FOLDER))).rejects.toThrow('ENOENT');
  });
});

describe('the bundle', () => {
  it('contains every package but those that load a binary, each of them once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convene-bundle-'));
    try {
      await cp(new URL('dist', projectFolder), join(folder, 'dist'), { recursive: true });
      await cp(new URL('package.json', projectFolder), join(folder, 'package.json'));
      await mkdir(join(folder, 'node_modules'));
      for (const name of EXTERNAL) {
        await symlink(new URL(`node_modules/${name}`, projectFolder), join(folder, 'node_modules', name));
      }
      // Nothing listens there. The client is loaded and fails to connect.
      const env = { DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:1' };
      const url = await home.start(env, join(folder, 'dist', 'server', 'start.js')).url();
      expect((await call(url, 'GET', '/health/ready')).body).toMatchObject({ status: 'ok', signals: 'down' });
      await changeTitle(url);
    } finally {
      await home.endServers();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Two copies of a validation package would not know each other's rules, and two of a database driver not its errors. */
async function changeTitle(url: string): Promise<void> {
  const account = { username: 'ana', email: 'ana@example.com', password: PASSWORD };
  const { body: session } = await call(url, 'POST', '/api/auth/register', { body: account });
  const again = await call(url, 'POST', '/api/auth/register', { body: account });
  expect([again.status, again.body.code]).toEqual([409, 'name_taken']);
  const token = String(session.access_token);
  const event = { title: 'Plan', start_time: '2030-01-01T10:00:00Z', end_time: '2030-01-01T11:00:00Z' };
  const { body: created } = await call(url, 'POST', '/api/events', { token, body: event });
  const path = `/api/events/${String(created.id)}`;
  const changed = await call(url, 'PUT', path, { token, body: { title: 'Plan B', status: 'TENTATIVE' } });
  expect(changed.body).toMatchObject({ title: 'Plan B', status: 'tentative', version: 2 });
  const refused = await call(url, 'PUT', path, { token, body: { title: '', colour: 'red' } });
  expect(refused.status).toBe(422);
  const pointers = (refused.body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
  expect(pointers.sort()).toEqual(['/colour', '/title']);
}
