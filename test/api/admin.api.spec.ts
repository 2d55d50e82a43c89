import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  demoteAccount,
  disableAccount,
  enableAccount,
  eraseMe,
  getAccount,
  getFigures,
  getMe,
  listAccounts,
  listAudit,
  login,
  promoteAccount,
  refresh,
  signOutAccount,
} from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import { done } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let root: Person;
beforeAll(async () => {
  app = await startApp();
  root = await app.signUp('chief');
  await makeAdmin(root);
});
afterAll(() => app.close());

const makeAdmin = (person: Person): Promise<unknown> =>
  app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [person.id]);
const signIn = (person: Person): ReturnType<typeof login> =>
  login({ client: app.client(), body: { username: person.username, password: PASSWORD } });
const acts = async (person: Person): Promise<unknown[]> => {
  const { items } = await ok(listAudit({ client: root.client, query: { user_id: person.id, limit: 200 } }));
  return items
    .filter(({ kind }) => kind.startsWith('user_'))
    .map(({ kind, actor, details }) => [kind, actor?.username, details])
    .reverse();
};

describe('GET /api/admin/users', () => {
  it('lists accounts, newest first, by part of the name or the address, role and state', async () => {
    const [ana, ben] = [await app.signUp('anabel'), await app.signUp('benedict')];
    const names = async (query: object): Promise<string[]> =>
      (await ok(listAccounts({ client: root.client, query }))).items.map(({ username }) => username);
    expect((await names({ limit: 2 })).sort()).toEqual([ana.username, ben.username].sort());
    expect(await names({ q: 'ANABEL' })).toEqual([ana.username]);
    expect(await names({ q: `${ben.username}@EXAMPLE` })).toEqual([ben.username]);
    expect(await names({ q: '%' })).toEqual([]);
    expect(await names({ role: 'admin' })).toEqual([root.username]);
    expect(await names({ q: 'convene-system' })).toEqual([]);
    await ok(disableAccount({ client: root.client, path: { id: ana.id } }));
    expect(await names({ disabled: true })).toEqual([ana.username]);
    expect(await names({ disabled: false, q: 'anabel' })).toEqual([]);
    const first = await ok(listAccounts({ client: root.client, query: { limit: 1 } }));
    const second = await ok(listAccounts({ client: root.client, query: { limit: 1, cursor: first.next_cursor! } }));
    expect(second.items[0]!.id).not.toBe(first.items[0]!.id);
    expect(await ok(listAccounts({ client: root.client, query: { page: 1, role: 'admin' } }))).toMatchObject({
      total: 1,
    });
  });

  it('shows an account with its sessions and events, and never a password', async () => {
    const ana = await app.signUp('ana');
    await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    await ok(signIn(ana));
    const account = await ok(getAccount({ client: root.client, path: { id: ana.id } }));
    expect(account).toMatchObject({
      username: ana.username,
      email: ana.email,
      sessions: 2,
      events: 1,
      trash: 0,
      disabled_at: null,
    });
    expect(account.devices.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(JSON.stringify(account)).not.toMatch(/"password|argon|hash/);
    await done(eraseMe({ client: ana.client, body: { password: PASSWORD } }));
    for (const id of [ana.id, randomUUID()]) {
      await expect(refused(getAccount({ client: root.client, path: { id } }))).resolves.toMatchObject({ status: 404 });
    }
  });
});

describe('disabling an account', () => {
  it('ends sessions and connections at once, and lets nobody sign in until it is enabled', async () => {
    const ana = await app.signUp('ana');
    const live = await Promise.all(LIVE_KINDS.map((kind) => openLive(kind, app.url, ana.accessToken)));
    const { disabled_at: at, sessions } = await ok(disableAccount({ client: root.client, path: { id: ana.id } }));
    expect([typeof at, sessions]).toEqual(['string', 0]);
    await expect(refused(getMe({ client: ana.client }))).resolves.toMatchObject({ status: 401 });
    await expect(
      refused(refresh({ client: app.client(), body: { refresh_token: ana.refreshToken } })),
    ).resolves.toMatchObject({ code: 'refresh_token_invalid' });
    await Promise.all(live.map((connection) => connection.waitForEnd()));
    await expect(refused(signIn(ana))).resolves.toMatchObject({ status: 403, code: 'account_disabled' });
    // Without the password nobody learns that the account is disabled.
    const wrong = { username: ana.username, password: 'not the password' };
    await expect(refused(login({ client: app.client(), body: wrong }))).resolves.toMatchObject({
      code: 'wrong_credentials',
    });

    await ok(disableAccount({ client: root.client, path: { id: ana.id } }));
    await ok(enableAccount({ client: root.client, path: { id: ana.id } }));
    await ok(signIn(ana));
    await expect(refused(getMe({ client: ana.client }))).resolves.toMatchObject({ status: 401 });
    expect(await acts(ana)).toEqual([
      ['user_disabled', root.username, { sessions: 1, app_passwords: 0 }],
      ['user_enabled', root.username, {}],
    ]);
  });

  it('refuses what a session that nobody has forgotten writes', async () => {
    const ana = await app.signUp('ana');
    // As a server that did not hear of it.
    await app.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [ana.id]);
    await ok(getMe({ client: ana.client })).catch(() => undefined);
    await expect(
      refused(createEvent({ client: ana.client, body: { title: 'Late', ...slot(2) } })),
    ).resolves.toMatchObject({ status: 401 });
    expect(await app.database.query(`SELECT id FROM events WHERE updated_by = $1`, [ana.id])).toEqual([]);
  });
});

describe('the other acts', () => {
  it('sign a person out everywhere', async () => {
    const ana = await app.signUp('ana');
    await ok(signIn(ana));
    expect(await ok(signOutAccount({ client: root.client, path: { id: ana.id } }))).toEqual({
      sessions: 2,
      app_passwords: 0,
    });
    expect(await ok(signOutAccount({ client: root.client, path: { id: ana.id } }))).toEqual({
      sessions: 0,
      app_passwords: 0,
    });
    await expect(refused(getMe({ client: ana.client }))).resolves.toMatchObject({ status: 401 });
    await ok(signIn(ana));
    expect(await acts(ana)).toEqual([['user_signed_out', root.username, { sessions: 2, app_passwords: 0 }]]);
  });

  it('promote and demote, at once for what administrators do, and never the last one', async () => {
    const ana = await app.signUp('ana');
    await expect(refused(listAccounts({ client: ana.client }))).resolves.toMatchObject({
      status: 403,
      code: 'admin_required',
    });
    for (const act of [demoteAccount, disableAccount]) {
      await expect(refused(act({ client: root.client, path: { id: root.id } }))).resolves.toMatchObject({
        code: 'last_admin',
      });
    }
    expect(await ok(promoteAccount({ client: root.client, path: { id: ana.id } }))).toMatchObject({ role: 'admin' });
    await ok(listAccounts({ client: ana.client }));
    await ok(demoteAccount({ client: root.client, path: { id: ana.id } }));
    await expect(refused(listAccounts({ client: ana.client }))).resolves.toMatchObject({ status: 403 });
    expect(await acts(ana)).toEqual([
      ['user_promoted', root.username, {}],
      ['user_demoted', root.username, {}],
    ]);
    const { items } = await ok(listAudit({ client: ana.client, query: { kind: 'user_promoted' } }));
    expect(items).toMatchObject([{ actor: { username: root.username }, address: null, request_id: null }]);
  });

  it('read the audit trail of others no longer, once another server has demoted them', async () => {
    const ana = await app.signUp('ana');
    await ok(promoteAccount({ client: root.client, path: { id: ana.id } }));
    const list = (): ReturnType<typeof listAudit> => listAudit({ client: ana.client, query: { user_id: root.id } });
    await ok(list());
    // This server has a session of an administrator in its cache.
    await app.database.query(`UPDATE users SET role = 'user' WHERE id = $1`, [ana.id]);
    expect(await refused(list())).toMatchObject({ status: 403, code: 'admin_required' });
    const { items } = await ok(listAudit({ client: ana.client }));
    expect(items.every(({ actor, subject }) => [actor?.id, subject?.id].includes(ana.id))).toBe(true);
  });

  it('leave one administrator when two demote each other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ana = await app.signUp('ana');
      await ok(promoteAccount({ client: root.client, path: { id: ana.id } }));
      await Promise.all([
        demoteAccount({ client: root.client, path: { id: ana.id } }),
        demoteAccount({ client: ana.client, path: { id: root.id } }),
      ]);
      const admins = await app.database.query<{ id: string }>(`SELECT id FROM users WHERE role = 'admin'`);
      expect(admins).toHaveLength(1);
      await app.database.query(
        `UPDATE users SET role = CASE WHEN id = $1 THEN 'admin' ELSE 'user' END WHERE id IN ($1, $2)`,
        [root.id, ana.id],
      );
    }
  });

  it('read figures', async () => {
    const figures = await ok(getFigures({ client: root.client }));
    expect(figures.users).toMatchObject({ admins: 1 });
    expect(figures.users.total).toBeGreaterThan(5);
    expect(figures.database_bytes).toBeGreaterThan(1_000_000);
    expect(figures.tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['events', 'audit_entries', 'event_versions']),
    );
    expect(figures.tables.filter(({ name }) => /audit_entries_/.test(name))).toEqual([]);
  });
});
