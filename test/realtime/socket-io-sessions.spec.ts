import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  endSession,
  listSessions,
  login,
  logout,
  updateEvent,
  updateMe,
} from '../../sdk/generated/sdk.gen.js';
import { outcome, slot } from '../support/calls.js';
import { LiveSocket } from '../support/live-socket.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const signIn = (person: Person) =>
  ok(login({ client: app.client(), body: { username: person.username, password: PASSWORD } }));

describe('the handshake', () => {
  it('accepts a valid token and sends the user id and the last number', async () => {
    const ana = await app.signUp('ana');
    await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const socket = await LiveSocket.open(app.url, ana.accessToken);
    expect(await socket.waitFor('ready')).toEqual({ user_id: ana.id, seq: 1 });
    socket.close();
  });

  it('refuses anything else with a code and no further frame', async () => {
    const ana = await app.signUp('ana');
    const ended = await signIn(ana);
    await outcome(logout({ client: app.client(ended.access_token), body: {} }));
    const forged = `${ana.accessToken.slice(0, -3)}abc`;
    for (const token of [undefined, '', 7, { $ne: 1 }, 'nonsense', forged, ana.refreshToken, ended.access_token]) {
      const socket = new LiveSocket(app.url, token);
      expect(await socket.waitFor('connect_error')).toEqual({ message: 'unauthenticated', code: 'unauthenticated' });
      expect(socket.names).toEqual(['connect_error']);
      socket.close();
    }
  });

  it('refuses an expired token', async () => {
    const brief = await startApp({ accessTokenSeconds: 1 }, app.database);
    try {
      const ana = await brief.signUp('ana');
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const socket = new LiveSocket(brief.url, ana.accessToken);
      expect(await socket.waitFor('connect_error')).toMatchObject({ code: 'unauthenticated' });
    } finally {
      await brief.close();
    }
  });
});

describe.each(['websocket', 'polling'])('session_ended over %s', (transport) => {
  const options = { transports: [transport] };
  let ana: Person;
  let bystander: LiveSocket;
  let socket: LiveSocket;
  let token: string;
  async function openTwoSessions(): Promise<void> {
    ana = await app.signUp('ana');
    token = (await signIn(ana)).access_token;
    bystander = await LiveSocket.open(app.url, ana.accessToken, options);
    socket = await LiveSocket.open(app.url, token, options);
  }
  async function expectEnded(reason: string): Promise<void> {
    await socket.waitFor('disconnect');
    expect(socket.names).toEqual(['ready', 'session_ended', 'disconnect']);
    expect(await socket.waitFor('session_ended')).toEqual({ reason });
  }

  it('closes the socket of a session that logs out at once, and no other', async () => {
    await openTwoSessions();
    await outcome(logout({ client: app.client(token), body: {} }));
    await ok(createEvent({ client: ana.client, body: { title: 'After', ...slot(1) } }));
    await bystander.waitForItems(1);
    await expectEnded('session_ended');
    expect(bystander.client.connected).toBe(true);
    bystander.close();
  });

  it('closes the socket of a session that is ended from another device', async () => {
    await openTwoSessions();
    const { items } = await ok(listSessions({ client: ana.client }));
    const elsewhere = items.find(({ current }) => !current)!;
    expect((await outcome(endSession({ client: ana.client, path: { id: elsewhere.id } }))).status).toBe(204);
    await expectEnded('session_ended');
    bystander.close();
  });

  it('closes every other socket when the password changes', async () => {
    await openTwoSessions();
    const body = { password: 'another horse 8', current_password: PASSWORD };
    await ok(updateMe({ client: ana.client, body }));
    await expectEnded('session_ended');
    expect(await bystander.staysQuiet()).toBe(true);
    bystander.close();
  });

  it('closes the socket when its token expires', async () => {
    const brief = await startApp({ accessTokenSeconds: 2 }, app.database);
    try {
      socket = await LiveSocket.open(brief.url, (await brief.signUp('ben')).accessToken, options);
      await expectEnded('token_expired');
    } finally {
      await brief.close();
    }
  });
});

describe('a socket', () => {
  it('does not outlive a logout during its handshake', async () => {
    for (let round = 0; round < 15; round += 1) {
      const ana = await app.signUp('ana');
      const { access_token: token } = await signIn(ana);
      const socket = new LiveSocket(app.url, token, { transports: ['websocket'] });
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      expect((await outcome(logout({ client: app.client(token), body: {} }))).status).toBe(204);
      await ok(createEvent({ client: ana.client, body: { title: 'Secret', ...slot(1) } }));
      for (let wait = 0; wait < 200 && socket.received.at(-1)?.name !== 'disconnect'; wait += 1) {
        if (socket.names.includes('connect_error')) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(['disconnect', 'connect_error']).toContain(socket.names.at(-1));
      expect(socket.items).toEqual([]);
    }
  });

  it.each(['websocket', 'polling'])(
    'that sends more than 64 KB over %s is closed, without affecting others',
    async (transport) => {
      const ana = await app.signUp('ana');
      const [good, greedy] = [
        await LiveSocket.open(app.url, ana.accessToken),
        await LiveSocket.open(app.url, ana.accessToken, { transports: [transport] }),
      ];
      greedy.client.emit('whatever', 'x'.repeat(70_000));
      await greedy.waitFor('disconnect');
      const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
      await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Plan B' } }));
      expect(await good.waitForItems(2)).toHaveLength(2);
      good.close();
    },
  );

  it('that sends unknown events stays open', async () => {
    const ana = await app.signUp('ana');
    const socket = await LiveSocket.open(app.url, ana.accessToken);
    for (const message of ['change', 'ready', '__proto__', 'disconnecting-not']) {
      socket.client.emit(message, { constructor: null }, () => undefined);
    }
    expect(await socket.staysQuiet()).toBe(true);
    socket.close();
  });
});

describe('closing the application', () => {
  it('closes every socket without waiting for any', async () => {
    const brief = await startApp({}, app.database);
    const ana = await brief.signUp('ana');
    const sockets = await Promise.all(
      ['websocket', 'polling', 'websocket'].map((transport) =>
        LiveSocket.open(brief.url, ana.accessToken, { transports: [transport] }),
      ),
    );
    const began = Date.now();
    await brief.close();
    // Waiting for clients that do not answer would take until their ping fails, some 45 s.
    expect(Date.now() - began).toBeLessThan(20_000);
    for (const socket of sockets) await socket.waitFor('disconnect');
    expect(await app.database.query(`SELECT 1 FROM users WHERE id = $1`, [ana.id])).toHaveLength(1);
  });
});
