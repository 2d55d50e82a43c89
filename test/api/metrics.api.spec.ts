import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, getMetrics, logout, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { LiveMetrics } from '../../src/live/live-metrics.js';
import { outcome, slot } from '../support/calls.js';
import { parseExposition, type Sample, valueOf } from '../support/exposition.js';
import { LIVE_KINDS, type LiveClient, openLive } from '../support/live-client.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

const FRAMES = 'convene_live_frames_total';
const CLOSED = 'convene_live_sockets_closed_total';
const REQUESTS = 'convene_http_request_duration_seconds_count';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const scrape = async (of = app): Promise<Sample[]> => parseExposition(await ok(getMetrics({ client: of.client() })));

/** How much each named sample has grown through the work. */
async function growth(
  work: () => unknown,
  ...samples: [name: string, labels?: Record<string, string>][]
): Promise<number[]> {
  const before = await scrape();
  await work();
  const after = await scrape();
  return samples.map(([name, labels]) => valueOf(after, name, labels) - valueOf(before, name, labels));
}

describe('GET /metrics', () => {
  it('answers anybody in the text format of Prometheus, whatever he accepts', async () => {
    for (const accept of ['*/*', 'text/plain', 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5']) {
      const response = await app.fetch('/metrics', { headers: { accept } });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(parseExposition(await response.text()).length).toBeGreaterThan(50);
    }
  });

  it('tells of the process: memory, CPU, event loop', async () => {
    const samples = await scrape();
    for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'process_start_time_seconds']) {
      expect(valueOf(samples, name)).toBeGreaterThan(0);
    }
    expect(samples.map(({ name }) => name)).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('counts requests by method, route and kind of status', async () => {
    const ana = await app.signUp('ana');
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const route = '/api/events/:id';
    const grown = await growth(
      async () => {
        for (const client of [ana.client, ana.client, app.client()]) await outcome(getEvent({ client, path: event }));
        await ok(updateEvent({ client: ana.client, path: event, body: { title: 'Plan B' } }));
      },
      [REQUESTS, { method: 'GET', route, status: '2xx' }],
      [REQUESTS, { method: 'GET', route, status: '4xx' }],
      [REQUESTS, { route, status: '2xx' }],
    );
    expect(grown).toEqual([2, 1, 3]);
  });

  it('keeps how long requests took', async () => {
    const labels = { method: 'GET', route: '/health/live', status: '2xx' };
    const [inBuckets, seconds] = await growth(
      async () => void (await app.fetch('/health/live')),
      ['convene_http_request_duration_seconds_bucket', { ...labels, le: '+Inf' }],
      ['convene_http_request_duration_seconds_sum', labels],
    );
    expect(inBuckets).toBe(1);
    expect(seconds).toBeGreaterThan(0);
  });

  it('takes addresses that nobody answers as one', async () => {
    const before = (await scrape()).length;
    const grown = await growth(
      async () => {
        for (let n = 0; n < 20; n += 1) await app.fetch(`/nowhere/${n}?q=${n}`);
        await app.fetch('/api/events/batch/too/deep', { method: 'DELETE' });
      },
      [REQUESTS, { method: 'GET', route: 'none', status: '4xx' }],
      [REQUESTS, { method: 'DELETE', route: 'none', status: '4xx' }],
    );
    expect(grown).toEqual([20, 1]);
    // One series for each method, of 13 buckets, the rest, a sum and a count.
    expect((await scrape()).length - before).toBeLessThanOrEqual(2 * 16);
  });

  it('names nobody and nothing: labels hold no ids, names, titles or addresses', async () => {
    const ana = await app.signUp('ana');
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Secretplan', ...slot(2) } }));
    await ok(getEvent({ client: ana.client, path: event }));
    await app.fetch(`/api/users?username=${ana.username}`, { headers: { authorization: `Bearer ${ana.accessToken}` } });
    await app.fetch('/leaked/Secretplan?token=Secretplan');
    const text = await ok(getMetrics({ client: app.client() }));
    for (const secret of [ana.id, ana.username, ana.email, event.id, 'Secretplan', 'leaked']) {
      expect(text).not.toContain(secret);
    }
    for (const { labels } of parseExposition(text)) {
      for (const value of Object.values(labels)) expect(value).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|[?@]/);
    }
  });

  it('tells how many connections to the database are at work, and who waits for one', async () => {
    const small = await startApp({ databasePoolSize: 2 }, app.database);
    try {
      const dataSource = small.app.get(DataSource);
      const held = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
      for (const runner of held) await runner.connect();
      const waiting = dataSource.query('SELECT 1');
      const busy = await scrape(small);
      for (const runner of held) await runner.release();
      await waiting;
      const idle = await scrape(small);
      const figures = (samples: Sample[]): number[] => [
        valueOf(samples, 'convene_database_connections', { state: 'in_use' }),
        valueOf(samples, 'convene_database_connections', { state: 'idle' }),
        valueOf(samples, 'convene_database_waiting'),
      ];
      expect(figures(busy)).toEqual([2, 0, 1]);
      expect(figures(idle)).toEqual([0, 2, 0]);
    } finally {
      await small.close();
    }
  });

  it('counts for each application by itself', async () => {
    const other = await startApp({}, app.database);
    other.app.get(LiveMetrics).countOpened('sse');
    expect(valueOf(await scrape(other), 'convene_live_sockets', { transport: 'sse' })).toBe(1);
    expect(valueOf(await scrape(), 'convene_live_sockets', { transport: 'sse' })).toBe(0);
    await other.close();
  });
});

describe.each(LIVE_KINDS)('the figures of %s', (kind) => {
  const transport = { transport: kind };
  const OPEN: [string, Record<string, string>] = ['convene_live_sockets', transport];

  it('follow a real connection: opened, brought up to date, told what happens, gone', async () => {
    const ana = await app.signUp('ana');
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    let client: LiveClient;
    const told = await growth(
      async () => {
        client = await openLive(kind, app.url, ana.accessToken, { after: 0 });
        await client.waitForItems(1);
        await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Plan B' } }));
        await client.waitForItems(2);
      },
      OPEN,
      [FRAMES, { ...transport, frame: 'ready' }],
      [FRAMES, { ...transport, frame: 'change' }],
      ['convene_live_catch_up_reads_total'],
      ['convene_live_catch_up_items_total'],
      ['convene_live_lag_seconds_count'],
    );
    expect(told).toEqual([1, 1, 2, 1, 1, 1]);
    const left = { ...transport, reason: 'left' };
    const before = valueOf(await scrape(), CLOSED, left);
    client!.cut();
    await client!.waitForEnd();
    // The server hears of it a moment later.
    for (let tries = 0; tries < 200 && valueOf(await scrape(), CLOSED, left) === before; tries += 1);
    const after = await scrape();
    expect([valueOf(after, CLOSED, left) - before, valueOf(after, ...OPEN)]).toEqual([1, 0]);
  });

  it('tell why the server closed one', async () => {
    const ana = await app.signUp('ana');
    const grown = await growth(
      async () => {
        const client = await openLive(kind, app.url, ana.accessToken);
        await outcome(logout({ client: ana.client, body: {} }));
        await client.waitForEnd();
      },
      OPEN,
      [FRAMES, { ...transport, frame: 'session_ended' }],
      [CLOSED, { ...transport, reason: 'session_ended' }],
      [CLOSED, { ...transport, reason: 'left' }],
    );
    expect(grown).toEqual([0, 1, 1, 0]);
  });
});

describe('an event stream', () => {
  it('does not count as a request that took as long as its reader stayed; a refused one counts', async () => {
    const route = '/api/changes/stream';
    const ana = await app.signUp('ana');
    const grown = await growth(
      async () => {
        const client = await openLive('sse', app.url, ana.accessToken);
        await outcome(logout({ client: ana.client, body: {} }));
        await client.waitForEnd();
        expect((await app.fetch(route)).status).toBe(401);
      },
      [REQUESTS, { route, status: '2xx' }],
      [REQUESTS, { route, status: '4xx' }],
    );
    expect(grown).toEqual([0, 1]);
  });
});

describe('the figures of live pipes', () => {
  it('tell connections, frames, reads, lag, slow readers and people who wait', async () => {
    const own = await startApp({}, app.database);
    try {
      const metrics = own.app.get(LiveMetrics);
      metrics.countOpened('web_socket');
      metrics.countOpened('web_socket');
      metrics.countClosed('web_socket', 'too_slow');
      metrics.countSlowDisconnect('web_socket');
      metrics.countFrame('sse', 'change');
      metrics.countCatchUp(7);
      metrics.observeLag(0.02);
      metrics.observeLag(-1);
      metrics.watchWaiting(() => 3);
      const samples = await scrape(own);
      const web = { transport: 'web_socket' };
      expect({
        open: valueOf(samples, 'convene_live_sockets', web),
        closed: valueOf(samples, 'convene_live_sockets_closed_total', { ...web, reason: 'too_slow' }),
        slow: valueOf(samples, 'convene_live_slow_disconnects_total', web),
        frames: valueOf(samples, 'convene_live_frames_total', { transport: 'sse', frame: 'change' }),
        reads: valueOf(samples, 'convene_live_catch_up_reads_total'),
        items: valueOf(samples, 'convene_live_catch_up_items_total'),
        within1: valueOf(samples, 'convene_live_lag_seconds_bucket', { le: '0.001' }),
        within25: valueOf(samples, 'convene_live_lag_seconds_bucket', { le: '0.025' }),
        waiting: valueOf(samples, 'convene_live_waiting_users'),
      }).toEqual({ open: 1, closed: 1, slow: 1, frames: 1, reads: 1, items: 7, within1: 1, within25: 2, waiting: 3 });
    } finally {
      await own.close();
    }
  });
});
