import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeRole, createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { exampleOf } from '../support/live-examples.js';
import { share } from '../support/meetings.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

const MEETING = { title: 'Plan', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
/** So short that a connection ends while a test runs. */
const TOKEN_SECONDS = 8;

/** What a page could read of a response; null when the browser did not let it. */
interface Seen {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, string>;
}
interface PageRequest {
  path: string;
  method?: string;
  token?: string;
  body?: object;
  headers?: Record<string, string>;
}

describe.skipIf(!chromiumPath)(`a page of another origin in a real browser${unlessMissing}`, () => {
  let pages: Server[];
  let origins: string[];
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    pages = [1, 2].map(() =>
      createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>')),
    );
    for (const server of pages) await once(server.listen(0, '127.0.0.1'), 'listening');
    origins = pages.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    app = await startApp({ corsOrigins: [origins[0]!], accessTokenSeconds: 900 });
    browser = await chromium.launch({ executablePath: chromiumPath });
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    for (const server of pages) server.close();
  });

  /** Opens a page at an origin; it calls the API with `fetch`, as the browser lets it. */
  async function open(origin: string): Promise<{ page: Page; call(request: PageRequest): Promise<Seen | null> }> {
    const page = await browser.newPage();
    await page.goto(origin);
    const call = (request: PageRequest): Promise<Seen | null> =>
      page.evaluate(
        async ({ url, path, method = 'GET', token, body, headers = {} }) => {
          const init: RequestInit = {
            method,
            headers: {
              ...(token ? { authorization: `Bearer ${token}` } : {}),
              ...(body ? { 'content-type': 'application/json' } : {}),
              ...headers,
            },
            ...(body ? { body: JSON.stringify(body) } : {}),
          };
          const response = await fetch(url + path, init).catch(() => null);
          if (!response) return null;
          const text = await response.text();
          return {
            status: response.status,
            body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
            headers: Object.fromEntries(response.headers),
          };
        },
        { url: app.url, ...request },
      );
    return { page, call };
  }

  it('can do everything from a listed origin: every method, every header, every problem', async () => {
    const { page, call } = await open(origins[0]!);
    const account = { username: 'ana', email: 'ana@example.com', password: PASSWORD };
    const registered = (await call({ path: '/api/auth/register', method: 'POST', body: account }))!;
    expect(registered.status).toBe(201);
    const token = String(registered.body['access_token']);
    const created = (await call({
      path: '/api/events',
      method: 'POST',
      token,
      body: MEETING,
      headers: { 'idempotency-key': 'one' },
    }))!;
    expect([created.status, created.headers['location']]).toEqual([201, `/api/events/${created.body['id'] as string}`]);
    const path = created.headers['location']!;
    const read = (await call({ path, token }))!;
    expect(read).toMatchObject({ status: 200, headers: { etag: created.headers['etag'] } });
    const put = { path, method: 'PUT', token, headers: { 'if-match': read.headers['etag']! } };
    expect(await call({ ...put, body: { title: 'Lunch' } })).toMatchObject({ status: 200, body: { version: 2 } });
    const merged = await call({ ...put, method: 'PATCH', body: { location: 'Room 4' } });
    expect(merged).toMatchObject({ status: 200, headers: { 'convene-merged': '1..2' } });
    const clash = await call({ ...put, body: { title: 'Dinner' } });
    expect(clash).toMatchObject({ status: 412, body: { code: 'stale_version' } });
    const problems: [PageRequest, object][] = [
      [{ path }, { status: 401, headers: { 'www-authenticate': expect.stringContaining('Bearer') } }],
      [
        { path: '/api/nowhere', token },
        { status: 404, body: { code: 'not_found' } },
      ],
      [
        { path, token, headers: { accept: 'image/png' } },
        { status: 406, body: { code: 'not_acceptable' } },
      ],
      [
        { path: '/api/events', method: 'POST', token, body: {} },
        { status: 422, body: { code: 'validation_failed' } },
      ],
    ];
    for (const [request, problem] of problems) {
      const seen = await call(request);
      expect(seen).toMatchObject(problem);
      expect(seen!.headers['x-request-id']).toBe(seen!.body['request_id']);
    }
    expect(await call({ path, method: 'HEAD', token })).toMatchObject({ status: 200 });
    expect(await call({ path, method: 'DELETE', token })).toMatchObject({ status: 204 });
    expect(await call({ path, token })).toMatchObject({ status: 404 });
    await page.close();
  });

  it('can read nothing from an origin that is not listed', async () => {
    const { page, call } = await open(origins[1]!);
    const ben = await app.signUp('ben');
    expect(await call({ path: '/api/events', token: ben.accessToken })).toBeNull();
    expect(await call({ path: '/api/events', method: 'POST', token: ben.accessToken, body: MEETING })).toBeNull();
    expect(await app.database.query(`SELECT 1 FROM events WHERE updated_by = $1`, [ben.id])).toEqual([]);
    await page.close();
  });

  it.each(['another origin', 'the same origin'])(
    'never shows old or foreign rights from its cache, on %s',
    async (of) => {
      const { page, call } = await open(of === 'the same origin' ? `${app.url}/docs` : origins[0]!);
      const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
      const { id } = await ok(createEvent({ client: ana.client, body: MEETING }));
      await share(ana, id, ben, 'editor');
      const roleOf = async ({ accessToken: token }: Person): Promise<unknown> =>
        (await call({ path: `/api/events/${id}`, token }))!.body['role'];
      const sent: number[] = [];
      page.on('response', (response) => {
        if (response.url().endsWith(id) && response.request().method() === 'GET') sent.push(response.status());
      });
      expect([await roleOf(ben), await roleOf(ben)]).toEqual(['editor', 'editor']);
      expect(await roleOf(ana)).toBe('owner');
      expect(await roleOf(ben)).toBe('editor');
      for (const role of ['viewer', 'editor', 'viewer'] as const) {
        await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role } }));
        expect([await roleOf(ben), await roleOf(ben), await roleOf(ana)]).toEqual([role, role, 'owner']);
      }
      // Every answer came from the server.
      expect(sent.length).toBe(13);
      await page.close();
    },
  );

  it('the example of Server-Sent Events shows every change once, beyond the end of its tokens', async () => {
    const lifetimes = { accessTokenSeconds: TOKEN_SECONDS, sseSeconds: 2 };
    const short = await startApp({ corsOrigins: [origins[0]!], ...lifetimes }, app.database);
    const page = await browser.newPage();
    try {
      const ana = await app.signUp('ana');
      const document = (await (await fetch(`${short.url}/asyncapi.json`)).json()) as AsyncApiDocument;
      const script = exampleOf(document, 'serverSentEvents').replaceAll('127.0.0.1:3000', new URL(short.url).host);
      await page.goto(origins[0]!);
      const shown: string[] = [];
      await page.exposeFunction('show', ({ message }: { message: string }) => shown.push(message));
      await page.exposeFunction('loadEverything', () => shown.push('everything'));
      await page.exposeFunction('signIn', () => ({ refresh_token: ana.refreshToken }));
      const { id } = await ok(createEvent({ client: ana.client, body: MEETING }));
      await page.addScriptTag({ content: script, type: 'module' });
      const expected = ['You created “Plan”'];
      let title = 'Plan';
      const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });
      const connections = short.app.get(OpenConnections);
      const seen = new Set<unknown>();
      const endedAs = async (reason: string): Promise<boolean> => {
        const counts = await short.app.get(Metrics).registry.metrics();
        return new RegExp(`closed_total\\{transport="sse",reason="${reason}"\\} [1-9]`).test(counts);
      };
      // Some of them end with their token, the others are renewed by the browser itself.
      while (seen.size < 6 || !(await endedAs('renewed')) || !(await endedAs('token_expired'))) {
        await until(() => expect(connections.of(ana.id).some((one) => !seen.has(one))).toBe(true));
        const [connection] = connections.of(ana.id);
        seen.add(connection);
        await until(() => expect(shown).toEqual(expected));
        for (const isConnected of [true, false]) {
          if (!isConnected) await until(() => expect(connection!.closed).toBe(true));
          const before = title;
          title = `Plan ${expected.length}`;
          await ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
          expected.push(`You renamed “${before}” to “${title}”`);
        }
      }
      await until(() => expect(shown).toEqual(expected));
    } finally {
      await page.close();
      await short.close();
    }
  });
});
