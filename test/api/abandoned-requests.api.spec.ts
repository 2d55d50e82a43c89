import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEvent, createEvents, getMetrics, listAudit, listEvents } from '../../sdk/generated/sdk.gen.js';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { LiveService } from '../../src/live/live.service.js';
import { RequestQueues } from '../../src/platform/queues/request-queues.js';
import { atOnce, slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { parseExposition } from '../support/exposition.js';
import { RawConnection } from '../support/raw-connection.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

interface Line {
  request_id: string;
  status: number;
  client_left?: true;
}

let app: TestApp;
let ana: Person;
let bob: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, bob] = [await app.signUp('ana'), await app.signUp('bob')];
});
afterAll(() => app.close());
afterEach(() => void vi.restoreAllMocks());

/** Records the lines that the log has about requests with ids that begin so. */
function recordLines(prefix: string): Line[] {
  const lines: Line[] = [];
  vi.spyOn(Logger.prototype, 'log').mockImplementation((message: unknown, line: unknown) => {
    if (message === 'request' && (line as Line).request_id.startsWith(prefix)) lines.push(line as Line);
  });
  return lines;
}

/** Sends a request. The connection stays open. */
async function send(
  person: Person,
  id: string,
  start: string,
  headers: string[] = [],
  to = app,
): Promise<RawConnection> {
  const connection = await RawConnection.open(to.url);
  const lines = [
    `${start} HTTP/1.1`,
    'Host: convene',
    `Authorization: Bearer ${person.accessToken}`,
    `X-Request-Id: ${id}`,
    ...headers,
  ];
  await connection.write(`${lines.join('\r\n')}\r\n\r\n`);
  return connection;
}

async function countRequests(route: string, status: string): Promise<number> {
  const samples = parseExposition(await ok(getMetrics({ client: app.client() })));
  return samples
    .filter(({ name }) => name === 'convene_http_request_duration_seconds_count')
    .filter(({ labels }) => labels['route'] === route && labels['status'] === status)
    .reduce((sum, { value }) => sum + value, 0);
}

describe('a request whose client leaves before it has the response', () => {
  it('is in the log, in the metrics and, when it was refused, in the audit trail', async () => {
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const before = await countRequests('/api/events/:id', '4xx');
    const lines = recordLines('refused-');
    for (let n = 0; n < 20; n += 1) {
      const connection = await send(bob, `refused-${n}`, `DELETE /api/events/${event.id}`);
      // At once, or while the server is busy with it.
      if (n % 2 === 1) await sleep(n / 4);
      connection.close();
    }
    await until(() => lines.length === 20);
    expect(lines.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 404));
    expect(lines.filter(({ client_left }) => client_left).length).toBeGreaterThan(5);
    expect(await countRequests('/api/events/:id', '4xx')).toBe(before + 20);
    await app.app.get(AuditTrail).flush();
    const { items } = await ok(listAudit({ client: bob.client, query: { limit: 200 } }));
    const refusals = items.filter(({ kind, event_id }) => kind === 'refused' && event_id === event.id);
    expect(refusals.map(({ address }) => address)).toEqual(Array.from({ length: 20 }, () => '127.0.0.1'));
  });

  it.each([
    {
      kind: 'event_created',
      path: '/api/events',
      status: 201,
      body: () => ({ title: 'Plan', show_as: 'free', ...slot(1) }),
    },
    {
      kind: 'sign_in_failed',
      path: '/api/auth/login',
      status: 401,
      body: ({ username }: Person) => ({ username, password: 'not the password' }),
    },
  ])('is in the audit trail as $kind, with its address', async ({ kind, path, status, body }) => {
    const lines = recordLines(kind);
    const cara = await app.signUp('cara');
    const text = JSON.stringify(body(cara));
    const headers = ['Content-Type: application/json', `Content-Length: ${text.length}`];
    for (let n = 0; n < 10; n += 1) {
      const connection = await send(cara, `${kind}-${n}`, `POST ${path}`, headers);
      await connection.write(text);
      connection.close();
    }
    await until(() => lines.length === 10);
    // Or the client had left before its body could be read.
    const carriedOut = lines.filter((line) => line.status !== 400);
    expect(carriedOut.length).toBeGreaterThan(0);
    expect(carriedOut.map((line) => line.status)).toEqual(carriedOut.map(() => status));
    await app.app.get(AuditTrail).flush();
    // People do not see from where others tried to sign in as them.
    const entries = await app.database.query<{ address: string | null }>(
      'SELECT address FROM audit_entries WHERE kind = $1 AND request_id LIKE $2',
      [kind, `${kind}-%`],
    );
    expect(entries).toEqual(carriedOut.map(() => ({ address: '127.0.0.1' })));
  });

  it('is not carried out, or has an address in the audit trail, when the client resets the connection', async () => {
    const lines = recordLines('reset-');
    const dora = await app.signUp('dora');
    const text = JSON.stringify({ title: 'Plan', show_as: 'free', ...slot(1) });
    const headers = ['Content-Type: application/json', `Content-Length: ${text.length}`];
    for (let n = 0; n < 30; n += 1) {
      const connection = await send(dora, `reset-${n}`, 'POST /api/events', headers);
      await connection.write(text);
      // Before the server has accepted the connection, or when it knows the address.
      if (n % 3 === 0) await sleep(n / 3);
      connection.socket.resetAndDestroy();
    }
    await until(() => lines.length === 30);
    const created = lines.filter(({ status }) => status === 201).length;
    expect(lines.filter(({ status }) => status === 400)).toHaveLength(30 - created);
    await app.app.get(AuditTrail).flush();
    const { items } = await ok(listAudit({ client: dora.client, query: { limit: 200 } }));
    const addresses = items.filter(({ kind }) => kind === 'event_created').map(({ address }) => address);
    expect(addresses).toEqual(Array.from({ length: created }, () => '127.0.0.1'));
    expect((await ok(listEvents({ client: dora.client, query: { limit: 200 } }))).items).toHaveLength(created);
  });

  it('has the status that it would have had', async () => {
    const headers = { authorization: `Bearer ${ana.accessToken}` };
    const etag = (await app.fetch('/api/events', { headers })).headers.get('etag')!;
    const lines = recordLines('known-');
    for (let n = 0; n < 20; n += 1) {
      (await send(ana, `known-${n}`, 'GET /api/events', [`If-None-Match: ${etag}`])).close();
    }
    await until(() => lines.length === 20);
    expect(lines.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 304));
    expect(lines.some(({ client_left }) => client_left)).toBe(true);
  });

  it('is no sign of a busy server when it waited for others of its caller', async () => {
    const narrow = await startApp({ requestsAtOnce: 1 }, app.database);
    try {
      const lines = recordLines('waiting-');
      const { ofCaller } = narrow.app.get(RequestQueues);
      const text = JSON.stringify({ title: 'Plan', show_as: 'free', ...slot(1) });
      const headers = ['Content-Type: application/json', `Content-Length: ${text.length}`];
      const connections = await atOnce(40, async (n) => {
        const connection = await send(ana, `waiting-${n}`, 'POST /api/events', headers, narrow);
        await connection.write(text);
        return connection;
      });
      await until(() => ofCaller.waiting > 0);
      for (const connection of connections.reverse()) connection.socket.resetAndDestroy();
      await until(() => lines.length === 40);
      const statuses = lines.map(({ status }) => status);
      expect([...new Set(statuses)].sort()).toEqual([201, 400]);
    } finally {
      await narrow.close();
    }
  });

  it('is in the log when the response was half sent', async () => {
    const description = (n: number): string => Array.from({ length: 3_000 }, (_, word) => `${n * word} `).join('');
    for (let batch = 0; batch < 4; batch += 1) {
      const events = Array.from({ length: 50 }, (_, n) => {
        return {
          title: 'Plan',
          description: description(batch * 50 + n).slice(0, 15_000),
          show_as: 'free',
          ...slot(n),
        };
      });
      await ok(createEvents({ client: ana.client, body: { events: events as never } }));
    }
    const lines = recordLines('half-');
    const errors = vi.spyOn(Logger.prototype, 'error');
    for (let n = 0; n < 20; n += 1) {
      const headers = ['Accept-Encoding: gzip'];
      const connection = await send(ana, `half-${n}`, 'GET /api/events?limit=200', headers);
      // With the first bytes, or a moment before them.
      if (n % 2 === 0) await new Promise((resolve) => connection.socket.once('data', resolve));
      else await sleep(n * 2);
      connection.close();
    }
    await until(() => lines.length === 20);
    expect(lines.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(lines.filter(({ client_left }) => client_left).length).toBeGreaterThan(5);
    expect(errors.mock.calls).toEqual([]);
  });

  it.each(['identity', 'gzip', 'deflate', 'br'])(
    'is in the log when the request was half sent: %s',
    async (encoding) => {
      const lines = recordLines('');
      const errors = vi.spyOn(Logger.prototype, 'error');
      const compress = {
        identity: (text: string) => Buffer.from(text),
        gzip: gzipSync,
        deflate: deflateSync,
        br: brotliCompressSync,
      }[encoding]!;
      const body = compress(JSON.stringify({ title: 'Plan', description: 'text '.repeat(100) }));
      const headers = ['Content-Type: application/json', 'Content-Length: 1000', `Content-Encoding: ${encoding}`];
      const connection = await send(ana, 'cut-1', 'POST /api/events', headers);
      await connection.write(body.toString('latin1', 0, body.length / 2));
      await sleep(50);
      connection.close();
      await until(() => lines.length > 0);
      // What else might be said about it comes before the next one.
      await ok(listEvents({ client: ana.client }));
      await until(() => lines.some(({ status }) => status === 200));
      const cut = { request_id: 'cut-1', status: 400, client_left: true };
      expect(lines.filter(({ status }) => status !== 200)).toMatchObject([cut]);
      expect(errors.mock.calls).toEqual([]);
    },
  );

  it('is in the log when it was a stream', async () => {
    const lines = recordLines('stream-');
    const connection = await send(ana, 'stream-1', 'GET /api/changes/stream');
    await new Promise((resolve) => connection.socket.once('data', resolve));
    expect(lines).toEqual([]);
    connection.close();
    await until(() => lines.length === 1);
    expect(lines[0]).toMatchObject({ status: 200, client_left: true });
  });

  it('is in the log when it was to become a stream', async () => {
    const lines = recordLines('early-');
    const live = app.app.get(LiveService);
    const signIn = live.signIn.bind(live);
    let socket: Socket | undefined;
    app.app.getHttpServer().once('connection', (opened: Socket) => (socket = opened));
    const waiting = vi.spyOn(live, 'signIn').mockImplementation(async (token) => {
      await until(() => socket!.destroyed);
      return signIn(token);
    });
    const connection = await send(ana, 'early-1', 'GET /api/changes/stream');
    await until(() => waiting.mock.calls.length === 1);
    connection.close();
    await until(() => lines.length === 1);
    expect(lines[0]).toMatchObject({ status: 200, client_left: true });
  });

  it('is in the log once, without this, when the client stays', async () => {
    const lines = recordLines('whole-');
    const connection = await send(ana, 'whole-1', 'GET /api/auth/me', ['Connection: close']);
    expect((await connection.read()).status).toBe(200);
    await until(() => connection.socket.destroyed);
    connection.close();
    await until(() => lines.length > 0);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.client_left).toBeUndefined();
  });
});
