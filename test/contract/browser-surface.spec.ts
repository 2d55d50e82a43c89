import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { buildServer } from '../support/build.js';
import { createDatabase } from '../support/database.js';
import { plainWebSocket } from '../support/live-client.js';
import { sendUndocumented, type WireRequest } from '../support/requests.js';
import { routesOf } from '../support/routes.js';
import { ServerHome } from '../support/server-process.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const ALLOWED = 'https://calendar.example.com';
const OTHER = 'https://attacker.example.net';
const ID = '0193a0a0-0000-7000-8000-000000000000';

let app: TestApp;
let ana: Person;
let operations: { method: string; template: string; path: string }[];
beforeAll(async () => {
  await buildServer();
  app = await startApp({ corsOrigins: [ALLOWED] });
  ana = await app.signUp('ana');
  const { paths } = openApiDocument(app.app);
  operations = Object.entries(paths).flatMap(([template, item]) =>
    Object.keys(item)
      .filter((method) => /^(get|put|post|patch|delete)$/.test(method))
      .map((method) => ({ method: method.toUpperCase(), template, path: fill(template) })),
  );
  // Not in the document: its messages are those of the Model Context Protocol.
  operations.push({ method: 'POST', template: '/mcp', path: '/mcp' });
});
afterAll(() => app.close());

/** An address without its parameters: numbers where versions are meant, otherwise an id that nothing has. */
const fill = (template: string): string =>
  template.replace(/\{(\w+)\}|:(\w+)/g, (_, name: string, other: string) =>
    /version|^v\d/.test(name ?? other) ? '1' : ID,
  );

/** Reads a response to its end; a stream of events only to its headers. */
async function head(path: string, { as, method = 'GET', headers = {} }: WireRequest = {}): Promise<Response> {
  const stop = new AbortController();
  const response = await fetch(new URL(path, app.url), {
    method,
    headers: { ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}), ...headers },
    signal: stop.signal,
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) stop.abort();
  else await response.arrayBuffer();
  return response;
}

/** The sources of each directive of a policy. */
const policyOf = (response: Response): Record<string, string[]> =>
  Object.fromEntries(
    (response.headers.get('content-security-policy') ?? '')
      .split(';')
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name, ...sources]) => [name!, sources]),
  );

describe('the Content-Security-Policy', () => {
  it('lets no page run a script that is written into it, or one from elsewhere', async () => {
    const pages: string[] = [];
    const found = routesOf(app).filter(({ methods, path }) => methods.includes('GET') && !path.includes('*'));
    expect(found.length).toBeGreaterThan(25);
    const named: Record<string, string> = { '/problems/:code': '/problems/not_found', '/guide/:name': '/guide/time' };
    const paths = found.map(({ path }) => named[path] ?? fill(path));
    for (const path of [...new Set(paths)]) {
      const response = await head(path, { headers: { accept: 'text/html, */*;q=0.1' } });
      const policy = policyOf(response);
      const scripts = policy['script-src'] ?? policy['default-src'];
      expect([path, scripts]).toEqual([path, [expect.stringMatching(/^'(none|self)'$/)]]);
      expect([path, policy['object-src'] ?? policy['default-src']]).toEqual([path, ["'none'"]]);
      expect([path, policy['base-uri']?.length]).toEqual([path, 1]);
      expect([path, policy['frame-ancestors']]).toEqual([path, [expect.stringMatching(/^'(none|self)'$/)]]);
      expect([path, response.headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      expect([path, response.headers.get('referrer-policy')]).toEqual([path, 'no-referrer']);
      if (response.ok && response.headers.get('content-type')?.startsWith('text/html')) pages.push(path);
    }
    expect(pages.sort()).toEqual([
      '/',
      '/about',
      '/api/docs',
      '/api/redoc',
      '/docs',
      '/docs/realtime',
      '/guide',
      '/guide/time',
      '/invitation',
      '/problems/not_found',
      '/redoc',
      '/reset-password',
      '/swagger',
      '/verify-email',
    ]);
  });

  it('is on responses to addresses that do not exist, and on refusals', async () => {
    for (const path of [
      '/nowhere',
      '/api/nowhere',
      '/problems/nothing',
      '/api/events',
      '/docs/assets/nothing.js',
      '/%',
    ]) {
      const response = await head(path, { headers: { accept: '*/*' } });
      expect([path, policyOf(response)['script-src'] ?? policyOf(response)['default-src']]).toEqual([
        path,
        [expect.stringMatching(/^'(none|self)'$/)],
      ]);
    }
  });
});

describe('Cache-Control', () => {
  /** Responses that contain a token, and the stream, which no cache may store. */
  const NO_STORE = new Set([
    'POST /api/auth/register',
    'POST /api/auth/login',
    'POST /api/auth/refresh',
    'GET /api/changes/stream',
  ]);
  const MAY_BE_KEPT = ['no-store', 'private, no-cache'];

  it('keeps every response of the API out of shared caches, to whom and about what it may be', async () => {
    for (const { method, template, path } of operations.filter((operation) => operation.path.startsWith('/api'))) {
      for (const as of [undefined, ana]) {
        const response = await head(path, { as, method });
        const name = `${method} ${template}`;
        expect([name, response.status, MAY_BE_KEPT]).toEqual([
          name,
          response.status,
          expect.arrayContaining([response.headers.get('cache-control')]),
        ]);
        expect([name, response.headers.get('vary')]).toEqual([name, expect.stringContaining('Authorization')]);
      }
      if (path === '/api/auth/me' && method === 'DELETE')
        expect((await head('/api/auth/me', { as: ana })).status).toBe(200);
      if (path.startsWith('/api/auth/logout')) ana = await app.signUp('ana');
    }
  });

  it('is no-store on everything with a token', async () => {
    const username = 'cache-control';
    const account = { username, email: 'cache-control@example.com', password: PASSWORD };
    const bodies: Record<string, object> = {
      'POST /api/auth/register': account,
      'POST /api/auth/login': { username, password: PASSWORD },
    };
    for (const name of NO_STORE) {
      const [method, path] = name.split(' ') as [string, string];
      if (method === 'GET') {
        expect((await head(path, { as: ana })).headers.get('cache-control')).toBe('no-store');
        continue;
      }
      const response = await sendUndocumented(app, path, { method, body: bodies[name] });
      expect([name, response.headers.get('cache-control')]).toEqual([name, 'no-store']);
      expect(response.status).toBeLessThan(300);
      bodies['POST /api/auth/refresh'] = { refresh_token: (response.json as { refresh_token: string }).refresh_token };
    }
  });

  it('is on responses to addresses, methods and formats that do not exist', async () => {
    for (const [method, path, accept] of [
      ['GET', '/api/nowhere', '*/*'],
      ['DELETE', '/api/events', '*/*'],
      ['GET', '/api/events', 'image/png'],
    ] as const) {
      const response = await head(path, { as: ana, method, headers: { accept } });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.headers.get('cache-control')).toBe('private, no-cache');
    }
  });
});

describe('CORS', () => {
  const CORS = /^access-control-/;
  const corsOf = (response: Response): Record<string, string> =>
    Object.fromEntries([...response.headers].filter(([name]) => CORS.test(name)));
  const preflight = (path: string, origin: string, method: string): Promise<Response> =>
    head(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
    });

  it('answers a listed origin, never with credentials, for every operation', async () => {
    for (const { method, path } of operations) {
      const cors = corsOf(await preflight(path, ALLOWED, method));
      expect(cors).toMatchObject({ 'access-control-allow-origin': ALLOWED });
      expect(cors).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('gives other origins nothing, neither before a request nor with its response', async () => {
    for (const origin of [
      OTHER,
      'null',
      `${ALLOWED}.example.net`,
      ALLOWED.replace('https', 'http'),
      `${ALLOWED}:8443`,
    ]) {
      for (const { method, path } of operations) {
        expect([origin, path, corsOf(await preflight(path, origin, method))['access-control-allow-origin']]).toEqual([
          origin,
          path,
          undefined,
        ]);
      }
      const response = await head('/api/auth/me', { as: ana, headers: { origin } });
      expect(corsOf(response)).not.toHaveProperty('access-control-allow-origin');
      expect(corsOf(response)).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('is off altogether while no origin is listed', async () => {
    const closed = await startApp({}, app.database);
    try {
      const response = await fetch(new URL('/api/events', closed.url), {
        method: 'OPTIONS',
        headers: { origin: ALLOWED, 'access-control-request-method': 'GET' },
      });
      expect(corsOf(response)).toEqual({});
    } finally {
      await closed.app.close();
    }
  });
});

describe('a secret in an address', () => {
  const SECRET = 'eyJhbGciOiJIUzI1NiJ9.marker-of-a-secret.marker-of-a-signature';

  it('is in no log, no problem and no label, whatever the route and the transport', async () => {
    await buildServer();
    const database = await createDatabase();
    const home = await ServerHome.create();
    try {
      const server = home.start({ DATABASE_URL: database.url, LOG_LEVEL: 'debug' });
      const url = await server.url();
      const bodies: string[] = [];
      const queries = [`token=${SECRET}`, `access_token=${SECRET}&q=x`, `a=b&refresh_token=${SECRET}#${SECRET}`];
      for (const { method, path } of [
        ...operations,
        { method: 'GET', path: '/docs' },
        { method: 'GET', path: '/nowhere' },
      ]) {
        for (const query of queries) {
          const response = await fetch(`${url}${path}?${query}`, { method, headers: { cookie: `session=${SECRET}` } });
          bodies.push(await response.text(), JSON.stringify([...response.headers]));
        }
      }
      // What no router reads: a method, an address and a header that are not HTTP.
      for (const path of ['/%', '/api/events/%zz', '//']) {
        bodies.push(await (await fetch(`${url}${path}?token=${SECRET}`)).text());
      }
      for (const path of ['/ws/notifications', '/ws/elsewhere']) {
        await plainWebSocket(url, `${path}?token=${SECRET}`).waitForEnd();
      }
      await plainWebSocket(url, '/ws/notifications', ['bearer', SECRET]).waitForEnd();
      for (const transport of ['websocket', 'polling']) {
        const socket = io(`${url}/?token=${SECRET}`, {
          transports: [transport],
          reconnection: false,
          forceNew: true,
          auth: { token: SECRET },
          query: { token: SECRET },
        });
        await new Promise((resolve) => socket.once('connect_error', resolve));
        socket.close();
      }
      bodies.push(await (await fetch(`${url}/metrics`)).text());
      await server.signal('SIGTERM');
      expect(server.output).toContain('"path":"/api/changes/stream"');
      for (const text of [server.output, ...bodies]) expect(text).not.toMatch(/marker-of-a/);
    } finally {
      await home.dispose();
      await database.drop();
    }
  });

  it('cannot become a label: labels of a route are its template', async () => {
    await head(`/api/events/${SECRET}`, { as: ana });
    await head(`/${SECRET}/${SECRET}`);
    const text = await app.app.get(Metrics).text();
    expect(text).toContain('/api/events/:id');
    expect(text).not.toContain('marker-of-a');
  });
});
