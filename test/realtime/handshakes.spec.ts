import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { slot } from '../support/calls.js';
import { type LiveClient, openLive, plainWebSocket } from '../support/live-client.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

let ana: Person;
let eventId: string;
beforeEach(async () => {
  ana = await app.signUp('ana');
  ({ id: eventId } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } })));
});

/** Changes the event that many times. */
async function edit(count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await ok(updateEvent({ client: ana.client, path: { id: eventId }, body: { title: `Plan ${n}` } }));
  }
}

const closeAll = (clients: LiveClient[]): void => clients.forEach((client) => client.cut());

describe('GET /api/changes/stream', () => {
  it('takes the token in the query, for EventSource, and no other route does', async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const response = await fetch(`${app.url}/api/changes/stream?after=0&token=${ana.accessToken}`, { signal });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    for await (const chunk of response.body!) if (Buffer.from(chunk as Uint8Array).includes('id: 1\n')) break;
    stop.abort();
    for (const path of [
      '/api/changes/stream?token=nonsense',
      `/api/changes/stream?token=${ana.accessToken}&token=${ana.accessToken}`,
      `/api/changes?token=${ana.accessToken}`,
      `/api/auth/me?token=${ana.accessToken}`,
    ]) {
      expect((await fetch(`${app.url}${path}`)).status, path).toBe(401);
    }
  });

  it('responds to HEAD with its headers, and ends', async () => {
    const headers = { authorization: `Bearer ${ana.accessToken}` };
    const response = await fetch(`${app.url}/api/changes/stream`, { method: 'HEAD', headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await response.text()).toBe('');
    expect(app.app.get(OpenConnections).of(ana.id)).toEqual([]);
    expect((await fetch(`${app.url}/api/changes/stream`, { method: 'HEAD' })).status).toBe(401);
  });
});

describe('GET /ws/notifications', () => {
  it('accepts the token as a subprotocol, in a first message, in the query or in a header', async () => {
    const path = '/ws/notifications';
    const token = ana.accessToken;
    const asProtocol = plainWebSocket(app.url, `${path}/?after=0`, ['bearer', token]);
    const inQuery = plainWebSocket(app.url, `${path}?after=0&token=${token}`);
    const inHeader = plainWebSocket(app.url, `${path}?after=0`, [], { authorization: `Bearer ${token}` });
    const inMessage = plainWebSocket(app.url, `${path}?after=0`);
    await inMessage.waitFor('open');
    void inMessage.send('authenticate', { token });
    for (const client of [asProtocol, inQuery, inHeader, inMessage]) {
      expect((await client.waitForItems(1)).map(({ seq }) => seq)).toEqual([1]);
    }
    expect(asProtocol.frames[0]).toEqual({ name: 'open', data: { protocol: 'bearer' } });
    closeAll([asProtocol, inQuery, inHeader, inMessage]);
  });

  it('continues after the number in the first message, which takes precedence over that in the query', async () => {
    await edit(3);
    const inMessage = plainWebSocket(app.url, '/ws/notifications');
    const inBoth = plainWebSocket(app.url, '/ws/notifications?after=0');
    const wrong = plainWebSocket(app.url, '/ws/notifications');
    for (const client of [inMessage, inBoth, wrong]) await client.waitFor('open');
    for (const client of [inMessage, inBoth]) void client.send('authenticate', { token: ana.accessToken, after: 2 });
    for (const client of [inMessage, inBoth]) {
      expect((await client.waitForItems(2)).map(({ seq }) => seq)).toEqual([3, 4]);
    }
    void wrong.send('authenticate', { token: ana.accessToken, after: 'two' });
    expect(await wrong.waitFor('session_ended')).toEqual({ reason: 'invalid_message' });
    closeAll([inMessage, inBoth, wrong]);
  });

  it('closes for an unauthenticated or invalid message, one that is too large, or ten seconds of silence', async () => {
    const silent = plainWebSocket(app.url, '/ws/notifications');
    const other = plainWebSocket(app.url, '/ws/notifications');
    await other.waitFor('open');
    void other.send('resume', { after: 0 });
    expect([await other.waitFor('session_ended'), await other.waitForEnd()]).toEqual([
      { reason: 'unauthenticated' },
      '4401',
    ]);
    const odd = await openLive('web_socket', app.url, ana.accessToken);
    void odd.send('sing', {});
    expect([await odd.waitFor('session_ended'), await odd.waitForEnd()]).toEqual([
      { reason: 'invalid_message' },
      '4400',
    ]);
    const large = await openLive('web_socket', app.url, ana.accessToken);
    void large.send('resume', { after: 'x'.repeat(70_000) });
    expect(await large.waitForEnd()).toBe('1009');
    expect([await silent.waitFor('session_ended'), await silent.waitForEnd()]).toEqual([
      { reason: 'sign_in_timeout' },
      '4401',
    ]);
  });

  it('ends the connection of a client that sends a text that is not JSON', async () => {
    const socket = new WebSocket(`${app.url.replace(/^http/, 'ws')}/ws/notifications`, ['bearer', ana.accessToken]);
    await once(socket, 'message');
    const [connection] = app.app.get(OpenConnections).of(ana.id);
    socket.send('nonsense');
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toEqual({ type: 'session_ended', reason: 'invalid_message' });
    expect(connection!.closed).toBe(true);
    expect((await once(socket, 'close'))[0]).toBe(4400);
  });

  it('responds to a plain request with 426, and to an unknown address with 404', async () => {
    const plain = await fetch(`${app.url}/ws/notifications?token=secret`);
    expect(plain.status).toBe(426);
    expect(JSON.stringify(await plain.json())).not.toContain('secret');
    const unknown = plainWebSocket(app.url, '/ws/elsewhere');
    await unknown.waitForEnd();
    expect(unknown.frames[0]!.data['message']).toContain('404');
  });
});

describe('the Origin header', () => {
  it.each(['socket_io', 'web_socket'] as const)('must be this server or a listed origin, over %s', async (kind) => {
    const listed = await startApp({ corsOrigins: ['https://calendar.example'] }, app.database);
    try {
      for (const [origin, allowed] of [
        ['https://calendar.example', true],
        [listed.url, true],
        ['https://evil.example', false],
        ['null', false],
      ] as const) {
        const client = await openLive(kind, listed.url, ana.accessToken, { skipReady: true, headers: { origin } });
        if (allowed) await client.waitFor('ready');
        else await client.waitForEnd();
        expect(client.names.includes('ready')).toBe(allowed);
        client.cut();
      }
    } finally {
      await listed.close();
    }
  });
});
