import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  confirmPasswordReset,
  createAccount,
  createEvent,
  deleteEvent,
  endAccountSession,
  eraseAccount,
  eraseMe,
  getAccount,
  getEvent,
  getFigures,
  getMe,
  getVersion,
  listAudit,
  listEvents,
  login,
  promoteAccount,
  purgeTrash,
  redactVersion,
  restoreEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { openLive } from '../support/live-client.js';
import { type MailBox, startMailApp } from '../support/mail-box.js';
import { expectInvariants } from '../support/invariants.js';
import { done } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let box: MailBox;
let close: () => Promise<void>;
let root: Person;
beforeAll(async () => {
  ({ app, box, close } = await startMailApp());
  root = await app.signUp('chief');
  await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
});
afterAll(async () => {
  await expectInvariants(app.database);
  await close();
});

const newName = (): string => `person-${randomBytes(4).toString('hex')}`;
const newAccount = (): { username: string; email: string } => {
  const username = newName();
  return { username, email: `${username}@example.com` };
};
const signIn = (username: string, password = PASSWORD): ReturnType<typeof login> =>
  login({ client: app.client(), body: { username, password } });
const acts = async (query: object): Promise<unknown[]> => {
  const { items } = await ok(listAudit({ client: root.client, query: { limit: 200, ...query } }));
  return items.map(({ kind, actor, subject, details }) => [kind, actor?.username, subject?.username, details]);
};

describe('POST /api/admin/users', () => {
  it('creates an account that signs in with the password', async () => {
    const account = newAccount();
    const { data, response } = await createAccount({
      client: root.client,
      body: { ...account, password: PASSWORD, time_zone: 'Europe/Paris' },
    });
    expect([response.status, response.headers.get('location')]).toEqual([201, `/api/admin/users/${data!.id}`]);
    expect(data).toMatchObject({ ...account, role: 'user', time_zone: 'Europe/Paris', sessions: 0 });
    expect(JSON.stringify(data)).not.toContain(PASSWORD);
    await ok(signIn(account.username));
    expect((await box.next(account.email)).subject).toBe('Confirm your e-mail address');
    expect(await acts({ kind: 'user_created', user_id: data!.id })).toEqual([
      ['user_created', root.username, account.username, {}],
    ]);
  });

  it('sends a link instead, with which the person chooses the password that nobody else knows', async () => {
    const account = newAccount();
    const { id } = await ok(createAccount({ client: root.client, body: account }));
    for (const password of ['!', PASSWORD]) {
      expect((await refused(signIn(account.username, password))).code).toBe('wrong_credentials');
    }
    const { token, subject, text } = await box.next(account.email);
    expect([subject, text]).toEqual(['Your Convene account', expect.stringContaining(`/reset-password#${token}`)]);
    await done(confirmPasswordReset({ client: app.client(), body: { token, password: PASSWORD } }));
    await ok(signIn(account.username));
    // Who read the mail has the address.
    expect(await ok(getAccount({ client: root.client, path: { id } }))).toMatchObject({ email_verified: true });
    const again = confirmPasswordReset({ client: app.client(), body: { token, password: 'better staple 9' } });
    expect(await refused(again)).toMatchObject({ errors: [{ code: 'token_unusable' }] });
  });

  it('judges the names and the password of a registration, and lets only administrators look official', async () => {
    const body = { username: 'Support1', email: 'support@example.com' };
    expect(
      await refused(createAccount({ client: root.client, body: { ...body, password: 'password1' } })),
    ).toMatchObject({ status: 422, errors: [{ pointer: '/username' }, { pointer: '/password', code: 'too_common' }] });
    expect(await ok(createAccount({ client: root.client, body: { ...body, role: 'admin' } }))).toMatchObject({
      role: 'admin',
    });
    expect(await refused(createAccount({ client: root.client, body: { username: 'x y', email: 'no' } }))).toMatchObject(
      { errors: [{ pointer: '/username' }, { pointer: '/email' }] },
    );
    const taken = await refused(
      createAccount({ client: root.client, body: { username: 'SUPPORT1', email: 'a@example.com', role: 'admin' } }),
    );
    expect(taken).toMatchObject({ status: 409, code: 'name_taken' });
    await app.database.query(`UPDATE users SET role = 'user' WHERE username = 'Support1'`);
  });

  it('needs a password where no mail is sent, and works where nobody may register', async () => {
    const server = await startApp({ registration: 'closed' }, app.database);
    try {
      const client = server.client(root.accessToken);
      expect(await refused(createAccount({ client, body: newAccount() }))).toMatchObject({
        status: 422,
        errors: [{ pointer: '/password', code: 'required' }],
      });
      await ok(createAccount({ client, body: { ...newAccount(), password: PASSWORD } }));
    } finally {
      await server.close();
    }
  });
});

describe('sessions of a person', () => {
  it('end one by one, with their connections', async () => {
    const ana = await app.signUp('ana');
    const live = await openLive('socket_io', app.url, ana.accessToken);
    const { access_token: other } = await ok(signIn(ana.username));
    const { devices } = await ok(getAccount({ client: root.client, path: { id: ana.id } }));
    expect(devices).toHaveLength(2);
    const [, first] = [...devices].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    const path = { id: ana.id, session: first!.id };
    await done(endAccountSession({ client: root.client, path }));
    await live.waitForEnd();
    expect(await refused(getMe({ client: ana.client }))).toMatchObject({ status: 401 });
    await ok(getMe({ client: app.client(other) }));
    expect(await refused(endAccountSession({ client: root.client, path }))).toMatchObject({ status: 404 });
    // The session of somebody else.
    const wrong = { id: root.id, session: devices.find(({ id }) => id !== first!.id)!.id };
    expect(await refused(endAccountSession({ client: root.client, path: wrong }))).toMatchObject({ status: 404 });
    await ok(getMe({ client: app.client(other) }));
    expect(await acts({ kind: 'user_signed_out', user_id: ana.id })).toEqual([
      ['user_signed_out', root.username, ana.username, { sessions: 1, session: first!.id }],
    ]);
  });
});

describe('DELETE /api/admin/users/{id}', () => {
  it('erases an account as the person could', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'editor' } }));
    await done(eraseAccount({ client: root.client, path: { id: ana.id } }));
    expect(await refused(getMe({ client: ana.client }))).toMatchObject({ status: 401 });
    expect(await refused(signIn(ana.username))).toMatchObject({ code: 'wrong_credentials' });
    expect(await ok(getEvent({ client: ben.client, path: { id } }))).toMatchObject({ role: 'owner' });
    expect(await refused(eraseAccount({ client: root.client, path: { id: ana.id } }))).toMatchObject({ status: 404 });
    expect(await acts({ kind: 'user_erased', user_id: ana.id })).toEqual([
      ['user_erased', root.username, 'Deleted user', {}],
    ]);
  });

  it('does not erase the last administrator, in whichever way', async () => {
    const refusals = [
      eraseAccount({ client: root.client, path: { id: root.id } }),
      eraseMe({ client: root.client, body: { password: PASSWORD } }),
    ];
    for (const refusal of refusals) {
      expect(await refused(refusal)).toMatchObject({ status: 409, code: 'last_admin' });
    }
    const second = await app.signUp('second');
    await ok(promoteAccount({ client: root.client, path: { id: second.id } }));
    await done(eraseMe({ client: second.client, body: { password: PASSWORD } }));
    await ok(getMe({ client: root.client }));
  });
});

describe('POST /api/admin/trash/purge', () => {
  it('removes what was deleted that long ago, and names the administrator', async () => {
    const ana = await app.signUp('ana');
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    await done(deleteEvent({ client: ana.client, path: { id } }));
    expect(await ok(purgeTrash({ client: root.client }))).toEqual({ purged: 0, has_more: false });
    expect(await ok(purgeTrash({ client: root.client, body: { older_than_days: 1 } }))).toMatchObject({ purged: 0 });
    expect(await ok(purgeTrash({ client: root.client, body: { older_than_days: 0 } }))).toMatchObject({ purged: 1 });
    expect((await ok(listEvents({ client: ana.client, query: { deleted: true } }))).items).toEqual([]);
    expect(await refused(restoreEvent({ client: ana.client, path: { id } }))).toMatchObject({ code: 'event_purged' });
    expect(await acts({ kind: 'event_purged', event_id: id })).toEqual([
      ['event_purged', root.username, ana.username, {}],
    ]);
    expect(await refused(purgeTrash({ client: root.client, body: { older_than_days: -1 } }))).toMatchObject({
      errors: [{ pointer: '/older_than_days' }],
    });
  });
});

describe('POST /api/admin/events/{id}/history/{version}/redact', () => {
  const SECRET = 'Call +49 170 1234567';
  const reason = 'Contained a phone number';
  async function eventWithSecrets(): Promise<{ ana: Person; id: string }> {
    const ana = await app.signUp('ana');
    const { id } = await ok(createEvent({ client: ana.client, body: { title: SECRET, ...slot(1) } }));
    for (const body of [{ location: 'Room 4' }, { title: 'Public' }]) {
      await ok(updateEvent({ client: ana.client, path: { id }, body }));
    }
    return { ana, id };
  }

  it('replaces the texts and names the other versions that have them', async () => {
    const { ana, id } = await eventWithSecrets();
    const redact = (version: number): ReturnType<typeof redactVersion> =>
      redactVersion({ client: root.client, path: { id, version }, body: { reason } });
    expect(await ok(redact(1))).toEqual({ also_in: [2] });
    const version = await ok(getVersion({ client: ana.client, path: { id, version: 1 } }));
    expect(version).toMatchObject({ redacted: { reason }, snapshot: { title: '[redacted]' } });
    for (const [number, sentence] of [
      [1, /already redacted/],
      [3, /current state/],
    ] as const) {
      const { status, code, detail } = await refused(redact(number));
      expect([status, code, detail]).toEqual([409, 'redaction_refused', expect.stringMatching(sentence)]);
    }
    expect(await refused(redact(99))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await acts({ kind: 'version_redacted', event_id: id })).toEqual([
      ['version_redacted', root.username, undefined, { version: 1 }],
    ]);
    // The administrator still sees nothing of it.
    expect(await refused(getEvent({ client: root.client, path: { id } }))).toMatchObject({ status: 404 });
  });

  it('needs a reason', async () => {
    const { id } = await eventWithSecrets();
    for (const given of ['', ' ']) {
      const call = redactVersion({ client: root.client, path: { id, version: 1 }, body: { reason: given } });
      expect(await refused(call)).toMatchObject({ errors: [{ pointer: '/reason' }] });
    }
  });

  it('takes turns: all of several at once succeed', async () => {
    const events = await Promise.all(Array.from({ length: 6 }, () => eventWithSecrets()));
    const redactions = events.flatMap(({ id }) =>
      [1, 2].map((version) => ok(redactVersion({ client: root.client, path: { id, version }, body: { reason } }))),
    );
    expect(await Promise.all(redactions)).toHaveLength(12);
    const [stored] = await app.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM event_versions v WHERE v.event_id = ANY($1::uuid[]) AND v.snapshot::text LIKE '%1234567%'`,
      [events.map(({ id }) => id)],
    );
    expect(stored).toEqual({ n: 0 });
  });
});

describe('what administrators read', () => {
  it('filters the audit trail by result and by request', async () => {
    const ana = await app.signUp('ana');
    const headers = { authorization: `Bearer ${ana.accessToken}`, 'x-request-id': `req-${ana.username}` };
    await app.fetch('/api/admin/users', { headers });
    const query = { user_id: ana.id, outcome: 'refused' as const };
    await expect.poll(() => acts(query)).toHaveLength(1);
    expect(await acts({ ...query, outcome: 'ok' })).toEqual([['registered', ana.username, undefined, {}]]);
    expect(await acts({ request_id: `req-${ana.username}` })).toHaveLength(1);
    const own = await ok(listAudit({ client: ana.client, query: { request_id: `req-${ana.username}` } }));
    expect(own.items).toHaveLength(1);
  });

  it('does not tell people by a filter which requests of others were about them', async () => {
    const ana = await app.signUp('ana');
    const headers = { authorization: `Bearer ${root.accessToken}`, 'x-request-id': `act-${ana.username}` };
    await app.fetch(`/api/admin/users/${ana.id}/promote`, { method: 'POST', headers });
    await app.fetch(`/api/admin/users/${ana.id}/demote`, { method: 'POST', headers });
    const query = { request_id: `act-${ana.username}` };
    expect((await ok(listAudit({ client: ana.client, query }))).items).toEqual([]);
    expect((await ok(listAudit({ client: root.client, query }))).items).toHaveLength(2);
  });

  it('counts accounts, streams, connections and mails', async () => {
    const before = await ok(getFigures({ client: root.client }));
    const ana = await app.signUp('ana');
    const live = await openLive('socket_io', app.url, ana.accessToken);
    await done(eraseAccount({ client: root.client, path: { id: (await app.signUp('ben')).id } }));
    await ok(createAccount({ client: root.client, body: { ...newAccount(), password: PASSWORD } }));
    await app.database.query('ANALYZE');
    const after = await ok(getFigures({ client: root.client }));
    expect(after.users).toEqual({ ...before.users, total: before.users.total + 2, erased: before.users.erased + 1 });
    expect(after.streams).toBeGreaterThan(0);
    expect(after.connections).toBeGreaterThan(0);
    // The mails of this file are written to files at once, and everybody reads what they receive.
    await expect
      .poll(() => ok(getFigures({ client: root.client })))
      .toMatchObject({ waiting_recipients: 0, waiting_mails: 0 });
    await done(eraseAccount({ client: root.client, path: { id: ana.id } }));
    await live.waitForEnd();
  });
});
