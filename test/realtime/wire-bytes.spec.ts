import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listChanges, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LiveSocket } from '../support/live-socket.js';
import { RawFrames } from '../support/raw-frames.js';
import { done } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

/** Titles whose text is longer in UTF-8, needs escapes, or looks like a packet. */
const TITLES = [
  'Lunch',
  'Café – 会議 🎉',
  '"quoted" \\ [1,2] {"a":1}',
  '42["change",{}]',
  'a\u2028b\u2029c',
  '会'.repeat(255),
];

let app: TestApp;
let ana: Person;
let ben: Person;
/** The items as `JSON.parse` reads them, so that writing them again gives the same text. */
let items: object[];
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const path = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'editor' } }));
  for (const [index, title] of TITLES.entries()) {
    const { client } = index % 2 === 0 ? ana : ben;
    await ok(updateEvent({ client, path, body: { title } }));
  }
  ({ items } = await ok(listChanges({ client: ben.client, query: { after: 0 } })));
});
afterAll(() => app.close());

const webSocketAddress = (url: string, path: string): string => `${url.replace('http', 'ws')}${path}`;
const SOCKET_IO = '/socket.io/?EIO=4&transport=websocket';

/** Opens a socket.io connection by hand, and returns the frames of `count` changes as they were written. */
async function changesOverSocketIo(url: string, auth: object, count: number): Promise<Buffer[]> {
  const raw = new RawFrames(webSocketAddress(url, SOCKET_IO));
  raw.client.once('message', () => raw.client.send(`40${JSON.stringify(auth)}`));
  await until(() => raw.startingWith('42["change"').length >= count);
  raw.client.close();
  return raw.startingWith('42["change"');
}

async function listening(http: HttpServer): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

describe('what is written for a change', () => {
  it('over socket.io is what its own emit writes, byte by byte', async () => {
    const http = createServer();
    const io = new Server(http, { serveClient: false, perMessageDeflate: false });
    io.on('connection', (socket) => items.forEach((item) => socket.emit('change', item)));
    const expected = await changesOverSocketIo(await listening(http), {}, items.length);
    await io.close();
    // Everything that was missed arrives in one write, and what happens later alone.
    const auth = { token: ben.accessToken, after: 0 };
    expect(await changesOverSocketIo(app.url, auth, items.length)).toEqual(expected);
    expect(await changesOverSocketIo(app.url, { ...auth, after: items.length - 1 }, 1)).toEqual(expected.slice(-1));
  });

  it('over long polling is what socket.io reads', async () => {
    const options = { transports: ['polling'], auth: { token: ben.accessToken, after: 0 } };
    const socket = await LiveSocket.open(app.url, ben.accessToken, options);
    expect(await socket.waitForItems(items.length)).toEqual(items);
    socket.close();
  });

  it('reaches a client in order while it moves from long polling to a WebSocket', async () => {
    const options = { transports: ['polling', 'websocket'], auth: { token: ben.accessToken, after: 0 } };
    const socket = await LiveSocket.open(app.url, ben.accessToken, options);
    expect(await socket.waitForItems(items.length)).toEqual(items);
    socket.close();
  });

  it('over a plain WebSocket is the text of the item, as the library writes it', async () => {
    const http = createServer();
    const server = new WebSocketServer({ server: http, perMessageDeflate: false });
    server.on('connection', (client) => items.forEach((item) => client.send(JSON.stringify(item))));
    const bare = new RawFrames(webSocketAddress(await listening(http), '/'));
    const raw = new RawFrames(webSocketAddress(app.url, '/ws/notifications?after=0'), ['bearer', ben.accessToken]);
    for (const one of [bare, raw]) await until(() => one.startingWith('{"id"').length >= items.length);
    expect(raw.startingWith('{"id"')).toEqual(bare.startingWith('{"id"'));
    for (const one of [bare, raw]) one.client.close();
    server.close();
    http.close();
  });

  it('over Server-Sent Events is a block with the number and the text of the item', async () => {
    const expected = items.map((item) => {
      return `id: ${(item as { seq: number }).seq}\nevent: change\ndata: ${JSON.stringify(item)}\n\n`;
    });
    const response = await fetch(`${app.url}/api/changes/stream?after=0`, {
      headers: { authorization: `Bearer ${ben.accessToken}`, accept: 'text/event-stream' },
    });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes(expected.at(-1)!)) break;
    }
    expect(text).toContain(expected.join(''));
  });

  it('keeps its place among other frames that are written at the same time', async () => {
    const carl = await app.signUp('carl');
    const { client } = ana;
    const make = async (title: string, hour: number): Promise<{ id: string }> => {
      const path = await ok(createEvent({ client, body: { title, ...slot(hour) } }));
      await ok(shareEvent({ client, path, body: { user_id: carl.id, role: 'viewer' } }));
      return path;
    };
    const [hidden, shown] = [await make('Hidden', 4), await make('Shown', 6)];
    let room = 0;
    for (const path of [hidden, shown, hidden]) {
      await ok(updateEvent({ client, path, body: { location: `Room ${(room += 1)}` } }));
    }
    await done(revokePermission({ client, path: { ...hidden, userId: carl.id } }));
    const socket = await LiveSocket.open(app.url, carl.accessToken, { auth: { token: carl.accessToken, after: 0 } });
    await socket.waitForItems(3);
    const frames = socket.received.filter(({ name }) => name === 'change' || name === 'withheld');
    expect(frames.map(({ name, data }) => `${name} ${(data as { seq: number }).seq}`)).toEqual([
      'withheld 1',
      'change 2',
      'withheld 3',
      'change 4',
      'withheld 5',
      'change 6',
    ]);
    socket.close();
  });
});
