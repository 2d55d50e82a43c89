import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Server, maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listEvents } from '../../sdk/generated/sdk.gen.js';
import { hourOn } from '../support/meetings.js';
import { RawConnection } from '../support/raw-connection.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

// As Java's HttpClient and `curl --http2` send it with each request.
const H2C =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n';

let app: TestApp;
let ana: Person;
let server: Server;
let connection: RawConnection;
const open: RawConnection[] = [];
/** The ends of the connections at the server. */
const sockets = new Set<Socket>();
const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);

beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
  server = app.app.getHttpServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  process.on('warning', onWarning);
});
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  sockets.clear();
});
afterAll(async () => {
  process.off('warning', onWarning);
  await app.close();
});

async function connect(): Promise<void> {
  connection = await RawConnection.open(app.url);
  open.push(connection);
}

const request = (method: string, path: string, headers = '', body = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ana.accessToken}\r\n${headers}\r\n${body}`;
const event = (title: string, day: number): string => JSON.stringify({ title, ...hourOn(day) });
const jsonOf = (body: string): string =>
  `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
const titles = async (): Promise<string[]> =>
  (await ok(listEvents({ client: ana.client, query: { limit: 200 } }))).items.map(({ title }) => title).toSorted();

describe('an offer to upgrade is ignored', () => {
  it.each(['h2c', 'TLS/1.0', 'foo', 'h2c, foo', 'websocket, foo', 'HTTP/2.0', ''])('for Upgrade: %s', async (offer) => {
    await connect();
    const upgrade = `Connection: upgrade\r\nUpgrade: ${offer}\r\n`;
    for (let round = 0; round < 3; round++) {
      await connection.write(request('GET', '/api/auth/me', upgrade));
      const { status, headers, body } = await connection.read();
      expect([status, JSON.parse(body).username]).toEqual([200, ana.username]);
      expect(headers).toMatchObject({ connection: 'keep-alive', 'x-request-id': expect.any(String) });
    }
  });

  it('for HEAD, for what does not exist, for another method, and without a token', async () => {
    await connect();
    await connection.write(request('HEAD', '/api/auth/me', H2C));
    expect((await connection.read({ bodiless: true })).status).toBe(200);
    await connection.write(request('GET', '/api/none', `X-Request-Id: mine\r\n${H2C}`));
    const missing = await connection.read();
    expect([missing.status, JSON.parse(missing.body)]).toEqual([
      404,
      expect.objectContaining({ code: 'not_found', instance: '/api/none', request_id: 'mine' }),
    ]);
    await connection.write(request('DELETE', '/api/events', H2C));
    expect((await connection.read()).status).toBe(405);
    await connection.write(`GET /api/auth/me HTTP/1.1\r\nHost: x\r\n${H2C}\r\n`);
    expect((await connection.read()).status).toBe(401);
  });

  it('at the addresses of live connections as well', async () => {
    await connect();
    await connection.write(request('GET', '/ws/notifications', H2C));
    expect((await connection.read()).status).toBe(426);
    await connection.write(request('GET', '/socket.io/?EIO=4&transport=polling', H2C));
    const { status, body } = await connection.read();
    expect([status, body[0]]).toEqual([200, '0']);
  });

  it('in HTTP/1.0, whose connections end with the response', async () => {
    await connect();
    await connection.write(`GET /health/live HTTP/1.0\r\n${H2C}\r\n`);
    const { status, headers } = await connection.read();
    expect([status, headers.connection]).toEqual([200, 'close']);
  });

  it('with a body in the same packet, in later ones, and in chunks', async () => {
    await connect();
    const together = event('together', 1);
    await connection.write(request('POST', '/api/events', jsonOf(together) + H2C, together));
    expect((await connection.read()).status).toBe(201);

    const later = event('later', 2);
    await connection.write(request('POST', '/api/events', jsonOf(later) + H2C, later.slice(0, 7)));
    for (const character of later.slice(7)) await connection.write(character);
    expect((await connection.read()).status).toBe(201);

    const chunked = event('chunked', 3);
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    const headers = `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n${H2C}`;
    await connection.write(request('POST', '/api/events', headers, chunk(chunked.slice(0, 9))));
    await connection.write(`${chunk(chunked.slice(9))}0\r\n\r\n`);
    expect((await connection.read()).status).toBe(201);

    const expected = event('expected', 4);
    await connection.write(request('POST', '/api/events', `Expect: 100-continue\r\n${jsonOf(expected)}${H2C}`));
    expect((await connection.read()).status).toBe(100);
    await connection.write(expected);
    expect((await connection.read()).status).toBe(201);

    // A smuggled request would be one of these, or answered.
    await connection.write(request('GET', '/api/auth/me'));
    expect(JSON.parse((await connection.read()).body).username).toBe(ana.username);
    expect(await titles()).toEqual(['chunked', 'expected', 'later', 'together']);
  });

  it('byte by byte', async () => {
    await connect();
    for (const character of request('GET', '/health/live', H2C)) await connection.write(character);
    expect((await connection.read()).status).toBe(200);
  });

  it('among requests of one packet, whose responses keep their order', async () => {
    await connect();
    const body = event('in a row', 5);
    const sent = [
      request('GET', '/api/auth/me'),
      request('GET', '/api/auth/me', H2C),
      request('POST', '/api/events', jsonOf(body) + H2C, body),
      request('GET', '/api/none', H2C),
      request('GET', '/health/live'),
      request('GET', '/api/none'),
      request('HEAD', '/health/live', H2C),
      request('GET', '/api/events', `${H2C}Connection: close\r\n`),
    ];
    await connection.write(sent.join(''));
    const statuses: number[] = [];
    for (const each of sent) statuses.push((await connection.read({ bodiless: each.startsWith('HEAD') })).status);
    expect(statuses).toEqual([200, 200, 201, 404, 200, 404, 200, 200]);
    await expect(connection.read()).rejects.toThrow('close');
  });

  it('in a head that is as long as any may be, and no longer', async () => {
    const headOf = (spare: number): string => request('GET', '/health/live', `${H2C}X-Long: ${'a'.repeat(spare)}\r\n`);
    const longest = maxHeaderSize - headOf(0).length;
    await connect();
    await connection.write(headOf(longest));
    expect((await connection.read()).status).toBe(200);
    await connection.write(headOf(maxHeaderSize));
    expect((await connection.read()).status).toBe(431);
  });

  it('with bytes in the head that are not ASCII', async () => {
    await connect();
    await connection.write(request('GET', '/health/live', `X-Name: \u00e9\u00ff\r\n${H2C}`));
    expect((await connection.read()).status).toBe(200);
  });

  it('but what cannot be read is refused as ever', async () => {
    const both = 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n';
    for (const wrong of [
      both,
      'Content-Length: 4\r\nContent-Length: 5\r\n',
      ' X: folded\r\n',
      'Content-Length: x\r\n',
    ]) {
      await connect();
      await connection.write(request('POST', '/api/events', H2C + wrong, '0\r\n\r\n'));
      const { status, body } = await connection.read();
      expect([wrong, status, JSON.parse(body).code]).toEqual([wrong, 400, 'bad_request']);
    }
  });
});

describe('a connection on which upgrades are offered', () => {
  const listeners = (socket: Socket): Record<string, number> =>
    Object.fromEntries(socket.eventNames().map((name) => [String(name), socket.listenerCount(name)]));

  it('gathers nothing, however many there are', async () => {
    await connect();
    const ask = async (headers: string): Promise<void> => {
      await connection.write(request('GET', '/health/live', headers));
      expect((await connection.read()).status).toBe(200);
    };
    await ask(H2C);
    await ask('');
    const [socket] = sockets;
    const before = listeners(socket!);
    for (let round = 0; round < 30; round++) await ask(H2C);
    await ask('');
    expect(listeners(socket!)).toEqual(before);
    expect(sockets.size).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('waits as long for the rest of a request as others do, and as long for the next one', async () => {
    await connect();
    await connection.write(request('GET', '/health/live'));
    await connection.read();
    const [socket] = sockets;
    await expect.poll(() => socket!.timeout).toBeGreaterThan(0);
    const idle = socket!.timeout;
    for (let round = 0; round < 2; round++) {
      const body = event('slow', 7 + round);
      await connection.write(request('GET', '/health/live') + request('POST', '/api/events', jsonOf(body) + H2C));
      expect((await connection.read()).status).toBe(200);
      // The server has other limits for requests that it is reading.
      await expect.poll(() => socket!.timeout).toBe(0);
      await connection.write(body);
      expect((await connection.read()).status).toBe(201);
      await expect.poll(() => socket!.timeout).toBe(idle);
    }
  });

  it('may be left in the middle', async () => {
    await connect();
    await connection.write(request('POST', '/api/events', `Content-Length: 100\r\n${H2C}`, '{'));
    connection.close();
    await connect();
    await connection.write(request('GET', '/openapi.json').repeat(3) + request('GET', '/health/live', H2C));
    connection.close();
    const count = promisify(server.getConnections.bind(server));
    await connect();
    await connection.write(request('GET', '/health/live', H2C));
    expect((await connection.read()).status).toBe(200);
    connection.close();
    // `fetch` keeps those of the tests before.
    await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed)).toBe(true);
    expect(await count()).toBeLessThan(20);
  });

  it('is closed with the server', async () => {
    const other = await startApp({}, app.database);
    const asked = await RawConnection.open(other.url);
    open.push(asked);
    await asked.write(request('GET', '/health/live', H2C));
    expect((await asked.read()).status).toBe(200);
    await other.close();
    await expect(asked.read()).rejects.toThrow('close');
  });
});

describe('an upgrade to WebSocket', () => {
  const WEB_SOCKET =
    'Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

  it('is made at /ws/notifications, and refused elsewhere', async () => {
    await connect();
    await connection.write(request('GET', '/ws/notifications', WEB_SOCKET));
    expect((await connection.read()).status).toBe(101);
    await connect();
    await connection.write(request('GET', '/api/auth/me', WEB_SOCKET));
    expect(await connection.read()).toMatchObject({ status: 404, body: '', headers: { connection: 'close' } });
  });

  it('may follow an offer that was ignored', async () => {
    await connect();
    await connection.write(request('GET', '/health/live', H2C));
    expect((await connection.read()).status).toBe(200);
    await connection.write(request('GET', '/ws/notifications', WEB_SOCKET));
    expect((await connection.read()).status).toBe(101);
    expect(warnings).toEqual([]);
  });
});

const CURL = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'curl'))
  .find((path) => existsSync(path));

describe.runIf(CURL)('curl --http2', () => {
  it('reads, writes and goes on with HTTP/1.1', async () => {
    const body = event('by curl', 6);
    const url = `${app.url}/api/events`;
    const { stdout } = await promisify(execFile)(CURL!, [
      ...['--http2', '-sS', '-H', `Authorization: Bearer ${ana.accessToken}`, '-H', 'Content-Type: application/json'],
      ...['-w', '%{http_code} %{http_version} %{num_connects}\n', '-o', '/dev/null', '-d', body, url],
      ...['--next', '--http2', '-sS', '-H', `Authorization: Bearer ${ana.accessToken}`],
      ...['-w', '%{http_code} %{http_version} %{num_connects}\n', '-o', '/dev/null', '-o', '/dev/null', url, url],
    ]);
    expect(stdout).toBe('201 1.1 1\n200 1.1 0\n200 1.1 0\n');
  });
});
