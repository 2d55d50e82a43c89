import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { revokePermission } from '../../sdk/generated/sdk.gen.js';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { feedCalls, named, unfold } from '../support/calendar-feeds.js';
import { per, startLimitedApp } from '../support/limited-app.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const { makeFeed, get } = feedCalls(() => app);

describe('GET /feeds/{secret}.ics', () => {
  it('says how often to fetch it, and has the same bytes whenever the data is the same', async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana, { recurrence_pattern: 'FREQ=WEEKLY' });
    const { path } = await makeFeed(ana, { name: 'Ana’s meetings; all' });
    const { text } = await get(path);
    expect(unfold(text)).toEqual(
      expect.arrayContaining([
        'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
        'X-PUBLISHED-TTL:PT1H',
        'X-WR-CALNAME:Ana’s meetings\\; all',
      ]),
    );
    expect((await get(path)).text).toBe(text);
    const [listed] = (await send(app, '/api/events', { as: ana })).json.items as { updated_at: string }[];
    expect(named(text, 'DTSTAMP')[0]).toBe(listed!.updated_at.replaceAll(/[-:]|\.\d+/g, ''));
  });

  it('contains the events on which the person has one role', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    await createMeeting(ana, { title: 'Own' });
    for (const role of ['viewer', 'editor'] as const) {
      const { id } = await createMeeting(ben, { title: role, show_as: 'free' });
      await share(ben, id, ana, role);
    }
    for (const [role, titles] of [
      ['owner', ['Own']],
      ['editor', ['editor']],
      ['viewer', ['viewer']],
    ] as const) {
      const { path } = await makeFeed(ana, { kind: 'role', role });
      expect(named((await get(path)).text, 'SUMMARY')).toEqual(titles);
    }
  });

  it('has another tag after an event was taken away and given back: a file of between may have the old one', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await createMeeting(ben);
    await share(ben, id, ana, 'viewer');
    const { path } = await makeFeed(ana);
    const { etag } = (await get(path)).headers;
    await revokePermission({ client: ben.client, path: { id, userId: ana.id }, throwOnError: true });
    await share(ben, id, ana, 'viewer');
    expect((await get(path)).headers['etag']).not.toBe(etag);
    expect((await get(path)).headers['etag']).toBe((await get(path)).headers['etag']);
  });

  it('is limited per feed, and per address', async () => {
    const limited = await startLimitedApp({ limitFeeds: per(2, 60), limitFeedsAddress: per(4, 60) });
    try {
      const ana = await limited.signUp('ana');
      const [one, two] = [await makeFeed(ana, {}, limited), await makeFeed(ana, {}, limited)];
      const statuses = [];
      for (const { path } of [one, one, one, two, two]) statuses.push((await limited.from('192.0.2.1', path)).status);
      expect(statuses).toEqual([200, 200, 429, 200, 429]);
      expect((await limited.from('192.0.2.2', two.path)).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it.each([
    ['erased', (ana: Person) => send(app, '/api/auth/me', { as: ana, method: 'DELETE', body: { password: PASSWORD } })],
    [
      'disabled, and stays dead when it is enabled again',
      async (ana: Person) => {
        const root = await app.signUp('root');
        await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
        await send(app, `/api/admin/users/${ana.id}/disable`, { as: root, body: {} });
        await send(app, `/api/admin/users/${ana.id}/enable`, { as: root, body: {} });
      },
    ],
  ])('ends with an account that is %s', async (_how, end) => {
    const ana = await app.signUp('ana');
    await createMeeting(ana);
    const { path } = await makeFeed(ana);
    expect((await get(path)).status).toBe(200);
    await end(ana);
    expect((await get(path)).status).toBe(404);
    expect(await app.database.query('SELECT FROM calendar_feeds WHERE user_id = $1', [ana.id])).toEqual([]);
  });
});

describe('/api/calendar/feed', () => {
  it('lists feeds without their secrets, rotates, revokes one and all, and records it', async () => {
    const ana = await app.signUp('ana');
    const feeds = [await makeFeed(ana), await makeFeed(ana, { kind: 'busy', name: 'For Ben' }), await makeFeed(ana)];
    await get(feeds[0]!.path);
    const list = async (): Promise<Record<string, unknown>[]> =>
      (await send(app, '/api/calendar/feed', { as: ana })).json.items as never;
    await vi.waitFor(async () => expect((await list())[0]!.last_used_at).not.toBeNull(), { timeout: PATIENCE_MS });
    const items = await list();
    expect(items.map(({ kind, name, role }) => [kind, name, role])).toEqual([
      ['all', null, null],
      ['busy', 'For Ben', null],
      ['all', null, null],
    ]);
    for (const { secret } of feeds) expect(JSON.stringify(items)).not.toContain(secret);
    const rotated = await send(app, `/api/calendar/feed/${feeds[0]!.id}/rotate`, { as: ana, body: {} });
    expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(rotated.json.rotated_at).not.toBeNull();
    const revoke = (rest = ''): Promise<{ status: number }> =>
      send(app, `/api/calendar/feed${rest}`, { as: ana, method: 'DELETE' });
    expect((await revoke(`/${feeds[1]!.id}`)).status).toBe(204);
    expect((await revoke(`/${feeds[1]!.id}`)).status).toBe(404);
    expect((await revoke()).status).toBe(204);
    expect(await list()).toEqual([]);
    const audit = (await send(app, '/api/audit', { as: ana })).json.items as { kind: string; details: object }[];
    const acts = audit.filter(({ kind }) => kind.startsWith('feed_')).map(({ kind }) => kind);
    expect(acts.sort()).toEqual([
      ...Array<string>(3).fill('feed_made'),
      ...Array<string>(3).fill('feed_revoked'),
      'feed_rotated',
    ]);
    expect(JSON.stringify(audit)).not.toContain('For Ben');
  });

  it('refuses a role without its kind, a kind without its role, and too many', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const make = async (body: object): Promise<[number, string[]]> => {
      const { status, json } = await send(app, '/api/calendar/feed', { as: ana, body });
      return [status, complaints(json)];
    };
    expect(await make({ kind: 'role' })).toEqual([422, ['/role required']]);
    expect(await make({ role: 'owner' })).toEqual([422, ['/role not_allowed']]);
    expect(await make({ kind: 'none', name: '' })).toEqual([422, ['/kind not_allowed', '/name too_short']]);
    const feeds = await Promise.all(Array.from({ length: 20 }, () => makeFeed(ana)));
    expect(await make({})).toEqual([422, [' too_many']]);
    const path = `/api/calendar/feed/${feeds[0]!.id}`;
    expect((await send(app, path, { as: ben, method: 'DELETE' })).status).toBe(404);
    expect((await send(app, `${path}/rotate`, { as: ben, body: {} })).status).toBe(404);
  });
});

describe('exports', () => {
  it('are in the audit trail: who exported what, and no text', async () => {
    const ana = await app.signUp('ana');
    const { id } = await createMeeting(ana, { title: 'Quiet' });
    await createMeeting(ana, hourOn(1));
    const headers = { accept: 'text/calendar' };
    await send(app, `/api/events/${id}.ics`, { as: ana, headers });
    await send(app, '/api/calendar.ics', { as: ana, headers });
    await app.app.get(AuditTrail).flush();
    const { items } = (await send(app, '/api/audit?kind=calendar_exported', { as: ana })).json as {
      items: { event_id: string | null; details: object; actor: { id: string } }[];
    };
    expect(items.map(({ event_id, details, actor }) => [event_id, details, actor.id])).toEqual([
      [null, { events: 2 }, ana.id],
      [id, { events: 1 }, ana.id],
    ]);
    expect(JSON.stringify(items)).not.toContain('Quiet');
  });
});
