import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, login, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Tracing } from '../../src/platform/tracing/tracing.js';
import { outcome, slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { RawConnection } from '../support/raw-connection.js';
import { ok, PASSWORD, startApp, type TestApp } from '../support/test-app.js';
import { type ReceivedSpan, TraceCollector } from '../support/trace-collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

let database: TestDatabase;
let collector: TraceCollector;
beforeAll(async () => {
  database = await createDatabase();
  collector = await TraceCollector.start();
});
afterAll(async () => {
  await collector.stop();
  await database.drop();
});

const traced = (url: string, more: object = {}): Promise<TestApp> =>
  startApp({ traceEndpoint: url, ...more }, database);

/** The spans of one trace, once the application has sent all it has. */
const spansOf = (traceId: string): ReceivedSpan[] => collector.spans.filter((span) => span.traceId === traceId);

describe('tracing', () => {
  it('is off without a collector: nothing is loaded, and nothing is made', async () => {
    const app = await startApp({}, database);
    try {
      expect(app.app.get(Tracing).source).toBeNull();
    } finally {
      await app.close();
    }
  });

  it('continues the trace of the caller with the request, its transaction and each statement, and answers nothing new', async () => {
    const plain = await startApp({}, database);
    const app = await traced(collector.url, {
      traceHeaders: { 'api-key': 'for the collector' },
      traceServiceName: 'calendar',
    });
    try {
      const ana = await app.signUp('ana');
      const request = (path: string, init: RequestInit, at = app): Promise<Response> =>
        at.fetch(path, {
          ...init,
          headers: {
            authorization: `Bearer ${ana.accessToken}`,
            'content-type': 'application/json',
            traceparent: `00-${TRACE}-${PARENT}-01`,
            'x-request-id': 'request-1',
          },
        });
      const body = (n: number): string => JSON.stringify({ title: 'Secretplan', ...slot(n) });
      const response = await request('/api/events?dry_run=false', { method: 'POST', body: body(1) });
      const other = await request('/api/events', { method: 'POST', body: body(2) }, plain);
      expect([response.status, other.status]).toEqual([201, 201]);
      expect([...response.headers.keys()].sort()).toEqual([...other.headers.keys()].sort());
      await app.fetch('/health/live', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
      await app.close();

      const spans = spansOf(TRACE);
      const [server, ...more] = spans.filter(({ name }) => name === 'POST /api/events');
      expect(more).toEqual([]);
      expect(server).toMatchObject({
        parentSpanId: PARENT,
        isError: false,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/api/events',
          'http.response.status_code': 201,
          'convene.request_id': 'request-1',
        },
      });
      const transaction = spans.find(({ name }) => name === 'transaction');
      expect(transaction).toMatchObject({ parentSpanId: server!.spanId, attributes: { 'convene.attempt': 1 } });
      const inTransaction = spans.filter(({ parentSpanId }) => parentSpanId === transaction!.spanId);
      expect(inTransaction.map(({ name }) => name)).toEqual(expect.arrayContaining(['BEGIN', 'INSERT', 'COMMIT']));
      const ids = new Set(spans.map(({ spanId }) => spanId));
      for (const { parentSpanId } of spans) expect([PARENT, ...ids]).toContain(parentSpanId);
      expect(collector.resources[0]).toMatchObject({
        'service.name': 'calendar',
        'service.version': expect.any(String),
      });
      expect(collector.headers[0]).toMatchObject({
        path: '/v1/traces',
        'content-type': 'application/json',
        'api-key': 'for the collector',
      });
    } finally {
      await plain.close();
    }
  });

  it('has a request whose client hung up before the response', async () => {
    const app = await traced(collector.url);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const connection = await RawConnection.open(app.url);
    const text = '{"username":"nobody","password":"not the password"}';
    const headers = ['Host: convene', `traceparent: 00-${traceId}-${PARENT}-01`, 'Content-Type: application/json'];
    const lines = ['POST /api/auth/login HTTP/1.1', ...headers, `Content-Length: ${text.length}`, '', text];
    await connection.write(lines.join('\r\n'));
    connection.close();
    const isOver = async (): Promise<boolean> => /login.*4xx/.test(await (await app.fetch('/metrics')).text());
    await until(isOver);
    await app.close();
    const [server] = spansOf(traceId).filter(({ name }) => name === 'POST /api/auth/login');
    expect(server).toMatchObject({ parentSpanId: PARENT, attributes: { 'http.response.status_code': 401 } });
  });

  it('contains no secret, no text of a person and no value of a statement', async () => {
    const app = await traced(collector.url);
    const ana = await app.signUp('ana');
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Secretplan', ...slot(2) } }));
    await ok(updateEvent({ client: ana.client, path: event, body: { description: 'Secretplan' } }));
    await ok(getEvent({ client: ana.client, path: event }));
    await outcome(login({ client: app.client(), body: { username: ana.username, password: 'Secretplan 1' } }));
    await app.fetch('/api/events?q=Secretplan', { headers: { authorization: `Bearer ${ana.accessToken}` } });
    await app.fetch(`/feeds/${ana.refreshToken}.ics?token=${ana.accessToken}`);
    await app.close();
    expect(collector.spans.length).toBeGreaterThan(20);
    const secrets = [
      'Secretplan',
      PASSWORD,
      ana.accessToken,
      ana.refreshToken,
      ana.username,
      ana.email,
      event.id,
      ana.id,
    ];
    for (const secret of secrets) expect(collector.received).not.toContain(secret);
  });

  it('obeys a caller who does not want a trace, and the share of the settings for others', async () => {
    const quiet = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    const app = await traced(collector.url);
    await app.fetch('/api/events', { headers: { traceparent: `00-${quiet}-${PARENT}-00` } });
    await app.close();
    expect(spansOf(quiet)).toEqual([]);

    const before = collector.spans.length;
    const none = await traced(collector.url, { traceShare: 0 });
    await none.signUp('ana');
    await none.close();
    expect(collector.spans.length).toBe(before);
  });

  it.each(['', 'nonsense', `00-${'0'.repeat(32)}-${PARENT}-01`, `00-${TRACE}-${PARENT}`, 'x'.repeat(1_000)])(
    'begins a new trace for a traceparent that is none: %j',
    async (traceparent) => {
      const known = new Set(collector.spans);
      const app = await traced(collector.url);
      expect((await app.fetch('/api/events', { headers: { traceparent } })).status).toBe(401);
      await app.close();
      const [span, ...more] = collector.spans.filter((found) => !known.has(found));
      expect(more).toEqual([]);
      expect(span).toMatchObject({ name: 'GET /api/events', parentSpanId: undefined, isError: false });
      expect(span!.traceId).not.toBe('0'.repeat(32));
    },
  );

  it('loses no request while the collector hangs or is down, and ends all the same', async () => {
    const hanging = await TraceCollector.start('hangs');
    const gone = await TraceCollector.start();
    const goneUrl = gone.url;
    await gone.stop();
    try {
      for (const url of [hanging.url, goneUrl]) {
        const app = await traced(url);
        const ana = await app.signUp('ana');
        const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(3) } }));
        // More spans than wait in memory.
        for (let round = 0; round < 50; round += 1) {
          const requests = Array.from({ length: 50 }, async () => {
            const response = await fetch(`${app.url}/api/events`);
            await response.arrayBuffer();
            return response.status;
          });
          expect(new Set(await Promise.all(requests))).toEqual(new Set([401]));
        }
        expect((await ok(getEvent({ client: ana.client, path: { id } }))).title).toBe('Plan');
        await app.close();
      }
      expect(hanging.requests).toBeGreaterThan(0);
    } finally {
      await hanging.stop();
    }
  });
});
