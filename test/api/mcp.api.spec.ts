import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Convene, tokenSession } from '../../sdk/index.js';
import { per, type LimitedApp, startLimitedApp } from '../support/limited-app.js';
import { Agent } from '../support/mcp-clients.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

const ALLOWED = 'https://calendar.example.com';
const LISTING = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

interface Sent {
  token?: string | undefined;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends what no client of the protocol would. */
async function post(app: TestApp, { token, method = 'POST', headers = {}, body = JSON.stringify(LISTING) }: Sent = {}) {
  const response = await fetch(new URL('/mcp', app.url), {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body }),
  });
  const text = await response.text();
  const json = text ? JSON.parse(text) : null;
  return { status: response.status, headers: response.headers, json };
}

describe('/mcp', () => {
  let app: TestApp;
  let ana: Person;
  beforeAll(async () => {
    app = await startApp({ corsOrigins: [ALLOWED], bodyLimitBytes: 20_000 });
    ana = await app.signUp('ana', 'Europe/Paris');
  });
  afterAll(() => app.close());

  it('answers the owner of a token, without a session and without being kept', async () => {
    const { status, headers, json } = await post(app, { token: ana.accessToken });
    expect(status).toBe(200);
    expect(json.result.tools.length).toBeGreaterThan(10);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('mcp-session-id')).toBe(false);
  });

  it('asks anybody else for a token, before it reads what they sent', async () => {
    const { accessToken } = await app.signUp('ben');
    const convene = new Convene({ baseUrl: app.url, session: tokenSession(accessToken) });
    await convene.signOut();
    const expired = await expiredToken(app);
    for (const token of [undefined, 'nonsense', accessToken, expired]) {
      for (const body of [JSON.stringify(LISTING), 'no json']) {
        const { status, headers, json } = await post(app, { token, body });
        expect([status, json.code]).toEqual([401, 'unauthenticated']);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="convene"/);
      }
    }
    await expect(Agent.overHttp(app.url, expired)).rejects.toThrow(/401|Unauthorized|unauthenticated/i);
  });

  it('has no streams and no sessions to end', async () => {
    for (const method of ['GET', 'DELETE']) {
      const { status, headers } = await post(app, { token: ana.accessToken, method });
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
  });

  it('refuses pages of origins that are not listed', async () => {
    for (const origin of ['https://attacker.example.net', 'null', `${ALLOWED}.example.net`]) {
      const { status, headers, json } = await post(app, { token: ana.accessToken, headers: { origin } });
      expect([origin, status, json.code]).toEqual([origin, 403, 'origin_not_allowed']);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
    for (const origin of [ALLOWED, new URL(app.url).origin]) {
      expect((await post(app, { token: ana.accessToken, headers: { origin } })).status).toBe(200);
    }
  });

  it('answers what is no message of the protocol with a refusal', async () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
    const wrong: [Sent, number][] = [
      [{ body: 'no json' }, 400],
      [{ body: deep }, 400],
      [{ body: '' }, 415],
      [{ body: '{}' }, 400],
      [{ body: JSON.stringify({ ...LISTING, padding: 'x'.repeat(20_000) }) }, 413],
      [{ headers: { 'content-type': 'text/csv' } }, 415],
      [{ headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
      [{ headers: { accept: 'text/html' } }, 406],
      [{ headers: { 'mcp-protocol-version': '1999-01-01' } }, 400],
    ];
    for (const [sent, expected] of wrong) {
      const { status, json } = await post(app, { token: ana.accessToken, ...sent });
      expect([sent, status]).toEqual([sent, expected]);
      expect(JSON.stringify(json)).not.toMatch(/node_modules|\bat .+:\d+/);
    }
  });

  it('does with a token what the API does with it: the same rights, the same audit trail, the same address', async () => {
    const ben = await app.signUp('ben');
    const [owner, other] = [
      await Agent.overHttp(app.url, ana.accessToken),
      await Agent.overHttp(app.url, ben.accessToken),
    ];
    const times = { start_time: '2031-06-02T12:00', end_time: '2031-06-02T13:00' };
    const { event } = await owner.ok('create_event', { title: 'Plan', ...times });
    const { event_id } = event;
    await other.refused('read_event', { event_id });
    await owner.ok('share_event', { event_id, people: [{ username: ben.username, role: 'viewer' }] });
    await other.ok('read_event', { event_id });
    await other.refused('change_event', { event_id, version: 1, title: 'Mine' });
    await owner.ok('unshare_event', { event_id, username: ben.username });
    await other.refused('read_event', { event_id });

    const trailOf = ({ accessToken }: Person) =>
      new Convene({ baseUrl: app.url, session: tokenSession(accessToken) }).audit.list({ event_id }).toArray();
    const written = await trailOf(ana);
    expect(written.map(({ kind }) => kind)).toContain('event_created');
    for (const entry of written.filter(({ actor }) => actor?.username === ana.username)) {
      expect(entry).toMatchObject({ address: '127.0.0.1', user_agent: 'node' });
    }
    await vi.waitFor(async () => {
      const refusals = (await trailOf(ben)).filter(({ kind }) => kind === 'refused');
      expect(refusals.length).toBeGreaterThanOrEqual(3);
    }, PATIENCE_MS);
    for (const agent of [owner, other]) await agent.close();
  });

  it('answers many calls in one request, each for itself', async () => {
    const call = (id: number, name: string) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name, arguments: {} },
    });
    const calls = Array.from({ length: 40 }, (_, id) => call(id, id % 2 ? 'about_me' : 'find_events'));
    const { status, json } = await post(app, { token: ana.accessToken, body: JSON.stringify(calls) });
    expect(status).toBe(200);
    expect(json).toHaveLength(40);
    for (const { result } of json) expect(result.isError).toBeUndefined();
  });
});

describe('/mcp with rate limits', () => {
  let app: LimitedApp;
  beforeAll(async () => {
    app = await startLimitedApp({ limitWrites: per(2, 60), limitReads: per(40, 60) });
  });
  afterAll(() => app.close());

  it('counts the requests of the tools for their user, and says when to call again', async () => {
    const ana = await app.signUp('ana');
    const agent = await Agent.overHttp(app.url, ana.accessToken);
    const plan = (hour: number) => ({
      title: 'Plan',
      start_time: `2031-06-02T1${hour}:00`,
      end_time: `2031-06-02T1${hour}:30`,
    });
    await agent.ok('create_event', { ...plan(0), dry_run: true });
    await agent.ok('create_event', plan(1));
    const refusal = await agent.refused('create_event', plan(2));
    expect(refusal).toMatchObject({ code: 'rate_limited', retry_after_seconds: expect.any(Number) });
    expect(refusal.error).toMatch(/^Too many requests\. Nothing was done; call again in \d+ seconds\.$/);
    app.pass(61);
    await agent.ok('create_event', plan(2));

    // What asks for nothing but the tools is counted as well.
    const listed: number[] = [];
    for (let count = 0; count < 45; count += 1) listed.push((await post(app, { token: ana.accessToken })).status);
    expect(listed.at(-1)).toBe(429);
    await agent.close();
  });
});

/** A token that was right once: of a server with the same secret and the shortest lifetime. */
async function expiredToken(app: TestApp): Promise<string> {
  const brief = await startApp({ accessTokenSeconds: 1 }, app.database);
  try {
    const { accessToken } = await brief.signUp('brief');
    await vi.waitFor(
      async () =>
        expect(
          (await fetch(`${app.url}/api/auth/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status,
        ).toBe(401),
      { timeout: PATIENCE_MS, interval: 100 },
    );
    return accessToken;
  } finally {
    await brief.app.close();
  }
}
