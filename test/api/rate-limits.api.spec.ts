import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, findUsers, getMe, getMetrics, listEvents, logout } from '../../sdk/generated/sdk.gen.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { outcome, slot, tally } from '../support/calls.js';
import { parseExposition, valueOf } from '../support/exposition.js';
import { type LimitedApp, per, startLimitedApp } from '../support/limited-app.js';
import { footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp } from '../support/test-app.js';

const HEADERS = ['ratelimit', 'ratelimit-policy', 'retry-after'] as const;

const limitHeaders = ({ headers }: { headers: Headers }): (string | null)[] => HEADERS.map((name) => headers.get(name));
const as = ({ accessToken }: Person): Record<string, string> => ({ authorization: `Bearer ${accessToken}` });

let app: LimitedApp;
beforeAll(async () => {
  app = await startLimitedApp({
    limitReads: per(4, 60),
    limitWrites: per(3, 60),
    limitExpensiveReads: per(2, 60),
    limitLookupUser: per(5, 60),
    limitRefreshSession: per(2, 60),
    limitConnectAddress: per(3, 60),
    corsOrigins: ['https://calendar.test'],
  });
});
afterAll(() => app.close());

describe('the budgets of a user', () => {
  it('are announced with every response, whatever its status', async () => {
    const ana = await app.signUp('ana');
    const statuses = [];
    for (const path of ['/api/auth/me', '/api/events/no-id', '/api/notifications']) {
      const { status, headers } = await send(app, path, { as: ana });
      statuses.push([status, headers.get('ratelimit'), headers.get('ratelimit-policy')]);
    }
    expect(statuses).toEqual([
      [200, '"reads";r=3;t=60', '"reads";q=4;w=60'],
      [422, '"reads";r=2;t=60', '"reads";q=4;w=60'],
      [200, '"reads";r=1;t=60', '"reads";q=4;w=60'],
    ]);
  });

  it('refuse what is too much with the budget and the time at which it is free, until the window ends', async () => {
    const ana = await app.signUp('ana');
    for (let n = 0; n < 4; n += 1) await ok(getMe({ client: ana.client }));
    app.pass(20);
    const before = Date.now();
    const { status, headers, json } = await send(app, '/api/auth/me', { as: ana });
    expect([status, ...limitHeaders({ headers })]).toEqual([429, '"reads";r=0;t=40', '"reads";q=4;w=60', '40']);
    expect(json).toMatchObject({
      type: '/problems/rate_limited',
      code: 'rate_limited',
      detail: 'The budget reads is used up. Try again in 40 seconds.',
      budget: 'reads',
      limit: 4,
      window_seconds: 60,
    });
    expect(Date.parse(json.retry_at)).toBeGreaterThanOrEqual(before + 39_000);
    expect(Date.parse(json.retry_at)).toBeLessThanOrEqual(Date.now() + 41_000);

    const page = await fetch(new URL(json.type, app.url));
    expect(await page.text()).toContain('retry_at');

    app.pass(40);
    expect((await send(app, '/api/auth/me', { as: ana })).headers.get('ratelimit')).toBe('"reads";r=3;t=60');
  });

  it('are of the user, not of a session or an address', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { username, password } = ana;
    const body = JSON.stringify({ username, password });
    const headers = { 'content-type': 'application/json' };
    const other = await app.from('198.51.100.1', '/api/auth/login', { method: 'POST', headers, body });
    const { access_token: accessToken } = (await other.json()) as { access_token: string };
    for (let n = 0; n < 4; n += 1) await ok(getMe({ client: ana.client }));
    const elsewhere = await app.from('198.51.100.2', '/api/auth/me', { headers: as({ ...ana, accessToken }) });
    expect(elsewhere.status).toBe(429);
    expect(await ok(getMe({ client: ben.client }))).toMatchObject({ id: ben.id });
  });

  it('are separate for reads, writes and expensive reads, and a refused write stores nothing', async () => {
    const ana = await app.signUp('ana');
    const create = (hour: number) => createEvent({ client: ana.client, body: { title: 'Plan', ...slot(hour) } });
    const search = () => listEvents({ client: ana.client, query: { q: 'plan' } });
    for (let n = 0; n < 3; n += 1) await ok(create(n));
    const stored = await footprint(app.database);
    expect(await refused(create(3))).toMatchObject({ status: 429, budget: 'writes' });
    expect(await footprint(app.database)).toEqual(stored);
    for (let n = 0; n < 2; n += 1) await ok(search());
    expect(await refused(search())).toMatchObject({ status: 429, budget: 'expensive_reads' });
    for (let n = 0; n < 4; n += 1) await ok(listEvents({ client: ana.client }));
    expect(await refused(listEvents({ client: ana.client }))).toMatchObject({ status: 429, budget: 'reads' });
  });

  const soon = 'from=2030-01-01T00:00:00Z&to=2030-01-02T00:00:00Z';
  it.each([
    ['a list', 'GET', '/api/events', 'reads'],
    ['a synced list', 'GET', '/api/events?sync_token=x', 'reads'],
    ['a search', 'GET', '/api/events?q=plan', 'expensive_reads'],
    ['an expanded list', 'GET', `/api/events?expand=true&${soon}`, 'expensive_reads'],
    ['a list as of a time', 'GET', '/api/events?as_of=2026-01-01T00:00:00Z', 'expensive_reads'],
    ['a numbered page', 'GET', '/api/events?page=1', 'expensive_reads'],
    ['a comparison', 'GET', '/api/events/{id}/diff/1/current', 'expensive_reads'],
    ['the occurrences of a series', 'GET', `/api/events/{id}/occurrences?${soon}`, 'expensive_reads'],
    ['busy times', 'GET', `/api/free-busy?user_ids={user}&${soon}`, 'expensive_reads'],
    ['a question about times', 'POST', '/api/find-time', 'expensive_reads'],
    ['a question about conflicts', 'POST', '/api/events/check-conflicts', 'expensive_reads'],
    ['a dry run', 'PATCH', '/api/events/{id}?dry_run=true', 'writes'],
    ['a rollback', 'POST', '/api/events/{id}/rollback/1', 'writes'],
  ])('count %s', async (_what, method, path, budget) => {
    const ana = await app.signUp('ana');
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const url = path.replace('{id}', id).replace('{user}', ana.id);
    const { headers } = await send(app, url, { as: ana, method, ...(method === 'GET' ? {} : { body: {} }) });
    expect(headers.get('ratelimit-policy')).toMatch(new RegExp(`^"${budget}";q=`));
  });
});

describe('what is never counted for a user', () => {
  it('is signing out, which always works', async () => {
    const ana = await app.signUp('ana');
    for (let n = 0; n < 4; n += 1) await outcome(createEvent({ client: ana.client, body: { title: 'P', ...slot(n) } }));
    for (let n = 0; n < 5; n += 1) await outcome(getMe({ client: ana.client }));
    const { response } = await logout({ client: ana.client });
    expect([response.status, response.headers.get('ratelimit')]).toEqual([204, null]);
    expect((await refused(getMe({ client: ana.client }))).status).toBe(401);
  });

  it('is what needs no account: health, metrics, documents', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/problems/rate_limited']) {
      for (let n = 0; n < 6; n += 1) {
        const response = await fetch(new URL(path, app.url));
        await response.arrayBuffer();
        expect([path, response.status, response.headers.get('ratelimit')]).toEqual([path, 200, null]);
      }
    }
  });

  it('is a request without a valid token', async () => {
    const { status, headers } = await send(app, '/api/auth/me');
    expect([status, headers.get('ratelimit')]).toEqual([401, null]);
  });
});

describe('budgets by address', () => {
  const wrong = { username: 'nobody', password: 'wrong horse 7' };
  const attempt = (address: string, changes: object = {}): Promise<Response> =>
    app.from(address, '/api/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...wrong, ...changes }),
    });

  it('limit 100 wrong sign-ins to one account from one address', async () => {
    const ana = await app.signUp('ana');
    const statuses = [];
    for (let n = 0; n < 100; n += 1) statuses.push({ status: await app.logIn('203.0.113.1', ana.username, 'wrong') });
    expect(tally(statuses)).toEqual({ 401: 10, 429: 90 });
  });

  it('limit 100 wrong sign-ins to as many names from one address', async () => {
    const statuses = [];
    for (let n = 0; n < 100; n += 1) statuses.push({ status: await app.logIn('203.0.113.2', `name-${n}`, 'wrong') });
    expect(tally(statuses)).toEqual({ 401: 60, 429: 40 });
  });

  it('limit 100 wrong sign-ins at once', async () => {
    const ana = await app.signUp('ana');
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async () => ({ status: await app.logIn('203.0.113.3', ana.username, 'wrong') })),
    );
    expect(tally(statuses)).toEqual({ 401: 10, 429: 50 });
  });

  it('are not evaded with X-Forwarded-For: behind one proxy, only what the proxy wrote counts', async () => {
    const statuses = [];
    for (let n = 0; n < 100; n += 1) {
      const response = await attempt(`10.${n}.0.1, 192.0.2.${n}, 203.0.113.4`, { username: `name-${n}` });
      statuses.push({ status: response.status });
    }
    expect(tally(statuses)).toEqual({ 401: 60, 429: 40 });
  });

  it('count IPv6 clients by their /64', async () => {
    const attempts = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'].map((address) => attempt(address));
    const left = (await Promise.all(attempts)).map(({ headers }) => headers.get('ratelimit')!.split(';')[1]);
    expect(left.sort()).toEqual(['r=58', 'r=59', 'r=59']);
  });

  it('are checked before the body is read', async () => {
    for (let n = 0; n < 60; n += 1) {
      const { status } = await app.from('203.0.113.5', '/api/auth/login', { method: 'POST', body: '{' });
      expect(status).toBe(415);
    }
    const { status } = await attempt('203.0.113.5', { username: 'x'.repeat(100_000) });
    expect(status).toBe(429);
  });

  it('count registering, refreshing and looking people up', async () => {
    const ana = await app.signUp('ana');
    const json = { 'content-type': 'application/json' };
    const post = (path: string, body: object): Promise<Response> =>
      app.from('203.0.113.6', path, { method: 'POST', headers: json, body: JSON.stringify(body) });
    const responses = [
      await post('/api/auth/register', {}),
      await post('/api/auth/refresh', { refresh_token: ana.refreshToken }),
      await app.from('203.0.113.6', `/api/users?username=${ana.username}`, { headers: as(ana) }),
    ];
    expect(responses.map(({ status, headers }) => [status, headers.get('ratelimit')])).toEqual([
      [422, '"register_address";r=59;t=60'],
      [200, '"refresh_address";r=299;t=60'],
      [200, '"lookup_address";r=299;t=60, "lookup_user";r=4;t=60'],
    ]);
  });

  it('count what has to do with links in mails', async () => {
    const post = (path: string, body: object): Promise<Response> =>
      app.from('203.0.113.7', path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const responses = [
      await post('/api/auth/password-reset', { email: 'nobody@example.com' }),
      await post('/api/auth/password-reset/confirm', {}),
      await post('/api/auth/verify-email', {}),
    ];
    expect(responses.map(({ status, headers }) => [status, headers.get('ratelimit')])).toEqual([
      [202, '"links_address";r=29;t=60'],
      [422, '"links_address";r=28;t=60'],
      [422, '"links_address";r=27;t=60'],
    ]);
  });

  it('can be read by the pages of other origins, refusals included', async () => {
    const ana = await app.signUp('ana');
    for (let n = 0; n < 4; n += 1) await ok(getMe({ client: ana.client }));
    const headers = { ...as(ana), origin: 'https://calendar.test' };
    const response = await app.fetch('/api/auth/me', { headers });
    expect(response.status).toBe(429);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://calendar.test');
    const exposed = response.headers.get('access-control-expose-headers')!.toLowerCase();
    for (const name of HEADERS) expect(exposed).toContain(name);
  });
});

describe('what is counted beside the request', () => {
  it('count each person that is looked up by name to share an event, and none by id', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    const share = (users: object[]): Promise<{ status: number; json: { budget?: string } }> =>
      send(app, `/api/events/${id}/share`, { as: ana, body: { users } });
    const strangers = Array.from({ length: 5 }, (_, n) => ({ username: `stranger-${n}`, role: 'viewer' }));
    expect((await share([{ user_id: ben.id, role: 'viewer' }])).status).toBe(200);
    expect((await share(strangers)).status).toBe(422);
    const found = await refused(findUsers({ client: ana.client, query: { username: ben.username } }));
    expect(found).toMatchObject({ status: 429, budget: 'lookup_user' });
  });

  it('limit how often one session is refreshed', async () => {
    let token = (await app.signUp('ana')).refreshToken;
    const statuses = [];
    for (let n = 0; n < 3; n += 1) {
      const { status, json } = await send(app, '/api/auth/refresh', { body: { refresh_token: token } });
      statuses.push(status);
      token = json.refresh_token ?? token;
    }
    expect(statuses).toEqual([200, 200, 429]);
    app.pass(60);
    expect((await send(app, '/api/auth/refresh', { body: { refresh_token: token } })).status).toBe(200);
  });
});

describe('without TRUST_PROXY', () => {
  it('limits 100 wrong sign-ins, whatever X-Forwarded-For says', async () => {
    const direct = await startLimitedApp({ trustProxy: null });
    try {
      const ana = await direct.signUp('ana');
      const statuses = [];
      for (let n = 0; n < 100; n += 1) {
        statuses.push({ status: await direct.logIn(`203.0.113.${n}`, ana.username, 'wrong') });
      }
      expect(tally(statuses)).toEqual({ 401: 10, 429: 90 });
    } finally {
      await direct.close();
    }
  });
});

describe('the metrics', () => {
  it('count refusals by budget, and the keys that are held', async () => {
    const scrape = async () => parseExposition(await ok(getMetrics({ client: app.client() })));
    const before = await scrape();
    const ana = await app.signUp('ana');
    for (let n = 0; n < 6; n += 1) await outcome(getMe({ client: ana.client }));
    const after = await scrape();
    const grown = (budget: string): number => {
      const labels = { budget };
      const name = 'convene_rate_limited_total';
      return valueOf(after, name, labels) - valueOf(before, name, labels);
    };
    expect([grown('reads'), grown('connect_address')]).toEqual([2, 0]);
    expect(valueOf(after, 'convene_rate_limit_keys')).toBeGreaterThan(0);
  });
});

describe('with RATE_LIMITS=off', () => {
  it('counts nothing and sends no headers', async () => {
    const open = await startApp({ limitReads: per(1, 60), limitLoginAddress: per(1, 60) });
    try {
      const ana = await open.signUp('ana');
      for (let n = 0; n < 3; n += 1) {
        const { status, headers } = await send(open, '/api/auth/me', { as: ana });
        expect([status, headers.get('ratelimit')]).toEqual([200, null]);
        const { username, password } = ana;
        expect((await send(open, '/api/auth/login', { body: { username, password } })).status).toBe(200);
      }
    } finally {
      await open.close();
    }
  });
});

describe('the OpenAPI document', () => {
  it('has the refusal and the headers on every operation under /api but signing out', () => {
    const { paths } = openApiDocument(app.app);
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods as Record<string, { operationId: string; responses: Record<string, object> }>).map(
        ({ operationId, responses }) => ({ path, operationId, responses }),
      ),
    );
    const without = operations.filter(({ responses }) => !('429' in responses));
    expect(without.map(({ path, operationId }) => (path.startsWith('/api/') ? operationId : path)).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      'logout',
    ]);
    for (const { responses } of operations.filter((one) => '429' in one.responses)) {
      expect(responses['429']).toMatchObject({ headers: { RateLimit: {}, 'RateLimit-Policy': {}, 'Retry-After': {} } });
    }
  });
});
