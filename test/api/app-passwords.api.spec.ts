import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  confirmPasswordReset,
  createAppPassword,
  createEvent,
  disableAccount,
  enableAccount,
  eraseMe,
  getAccount,
  listAppPasswords,
  listAudit,
  login,
  logout,
  makeFeed,
  revokeAppPassword,
  signOutAccount,
  updateMe,
} from '../../sdk/generated/sdk.gen.js';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { AccountTokens } from '../../src/auth/account-tokens.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { fetchFeed } from '../support/calendar-feeds.js';
import { basic, type DavAccount, PROPFIND_ETAGS, sendDav, signUpWithPhone } from '../support/dav.js';
import { LockHolder, start, untilBlockedBy } from '../support/held-locks.js';
import { startLimitedApp } from '../support/limited-app.js';
import { done, sendUndocumented } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const CHALLENGE = 'Basic realm="Convene", charset="UTF-8"';

const read = (account: DavAccount, authorization?: string) =>
  sendDav(app, account, {
    method: 'PROPFIND',
    path: account.calendar,
    body: PROPFIND_ETAGS,
    headers: { depth: '1', ...(authorization === undefined ? {} : { authorization }) },
  });
const statusOf = async (account: DavAccount, authorization?: string): Promise<number> =>
  (await read(account, authorization)).status;
const entriesOf = async ({ person }: DavAccount) => {
  await app.app.get(AuditTrail).flush();
  return (await ok(listAudit({ client: person.client }))).items;
};

const credentials = ({ person }: DavAccount) => ({ username: person.username, password: PASSWORD });

async function administrator(): Promise<Person> {
  const root = await app.signUp('chief');
  await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
  return root;
}

describe('app passwords', () => {
  it('are shown once, listed without the secret, and stored as a hash', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const body = { name: 'Laptop' };
    const { response, data } = await createAppPassword({ client: ana.person.client, body });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(data).toMatchObject({ name: 'Laptop', last_used_at: null });
    const { items } = await ok(listAppPasswords({ client: ana.person.client }));
    expect(items.map(({ name }) => name)).toEqual(['Laptop', 'Phone']);
    expect(JSON.stringify(items)).not.toContain(data!.secret);
    const rows = await app.database.query(`SELECT a::text AS row FROM app_passwords a WHERE id = $1`, [data!.id]);
    expect(JSON.stringify(rows)).not.toContain(data!.secret.slice(0, 9));
  });

  it('open the calendar with the user name or the e-mail address, however they are typed', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const { username, email } = ana.person;
    for (const name of [username, username.toUpperCase(), email]) {
      expect(await statusOf(ana, basic(name, ana.secret))).toBe(207);
    }
    expect(await statusOf(ana, basic(username, ana.secret.toUpperCase().replaceAll('-', ' ')))).toBe(207);
    const used = async (): Promise<string | null> =>
      (await ok(listAppPasswords({ client: ana.person.client }))).items[0]!.last_used_at;
    await expect.poll(used).not.toBeNull();
  });

  const BEARER = 'Bearer realm="convene"';

  it('are the only way to the calendar, and a way to nothing else', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const { username, accessToken } = ana.person;
    const wrong = [
      '',
      'Basic',
      'Basic !',
      basic('', ''),
      basic(username, ''),
      basic(username, PASSWORD),
      basic(username, ben.secret),
      basic(ben.person.username, ana.secret),
      basic(`${username}\0`, ana.secret),
      basic('a'.repeat(5_000), ana.secret),
      `Basic ${Buffer.from(username).toString('base64')}`,
      `Bearer ${accessToken}`,
      `Bearer ${ana.secret}`,
    ];
    for (const authorization of wrong) {
      const answer = await read(ana, authorization);
      expect([authorization, answer.status]).toEqual([authorization, 401]);
      expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    }
    for (const authorization of [basic(username, ana.secret), `Bearer ${ana.secret}`]) {
      for (const path of ['/api/events', '/api/auth/me', '/api/calendar.ics', '/api/auth/app-passwords']) {
        const headers = { authorization };
        const answer = await sendUndocumented(app, path, { headers });
        expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([
          path,
          401,
          authorization.startsWith('Bearer') ? `${BEARER}, error="invalid_token"` : BEARER,
        ]);
      }
    }
    const body = { username, password: ana.secret };
    expect((await sendUndocumented(app, '/api/auth/login', { body })).status).toBe(401);
  });

  it('end when they are revoked, by their owner only', async () => {
    const [ana, ben] = [await signUpWithPhone(app, 'ana'), await signUpWithPhone(app, 'ben')];
    const path = { id: ana.passwordId };
    expect(await refused(revokeAppPassword({ client: ben.person.client, path }))).toMatchObject({ status: 404 });
    expect(await statusOf(ana)).toBe(207);
    await done(revokeAppPassword({ client: ana.person.client, path }));
    expect(await statusOf(ana)).toBe(401);
    expect(await refused(revokeAppPassword({ client: ana.person.client, path }))).toMatchObject({ status: 404 });
    const found = (await entriesOf(ana)).map(({ kind, details }) => [kind, details]);
    expect(found).toEqual([
      ['sign_in_failed', {}],
      ['app_password_revoked', { app_password: ana.passwordId }],
      ['app_password_created', { app_password: ana.passwordId }],
      ['registered', {}],
    ]);
  });

  it('end with a new password, a reset one and the account, and sleep while it is disabled', async () => {
    const [ana, ben, cleo, dan] = [
      await signUpWithPhone(app, 'ana'),
      await signUpWithPhone(app, 'ben'),
      await signUpWithPhone(app, 'cleo'),
      await signUpWithPhone(app, 'dan'),
    ];
    const password = 'better staple 9';
    await ok(updateMe({ client: ana.person.client, body: { password, current_password: PASSWORD } }));
    const token = await app.app
      .get(Transactions)
      .run(NO_REQUEST, async (tx) =>
        app.app.get(AccountTokens).issue(tx, 'password_reset', ben.person.id, ben.person.email, 60),
      );
    await done(confirmPasswordReset({ client: app.client(), body: { token, password } }));
    await done(eraseMe({ client: cleo.person.client, body: { password: PASSWORD } }));
    for (const account of [ana, ben, cleo]) expect(await statusOf(account)).toBe(401);
    const setDisabled = (at: string): Promise<unknown> =>
      app.database.query(`UPDATE users SET disabled_at = ${at} WHERE id = $1`, [dan.person.id]);
    await setDisabled('now()');
    expect(await statusOf(dan)).toBe(401);
    await setDisabled('NULL');
    expect(await statusOf(dan)).toBe(207);
    const rows = await app.database.query(`SELECT user_id FROM app_passwords WHERE user_id = ANY($1)`, [
      [ana, ben, cleo].map(({ person }) => person.id),
    ]);
    expect(rows).toEqual([]);
  });

  it('end when an administrator signs their person out everywhere, and feeds stay', async () => {
    const [root, ana, ben] = [
      await administrator(),
      await signUpWithPhone(app, 'ana'),
      await signUpWithPhone(app, 'ben'),
    ];
    const { url } = await ok(makeFeed({ client: ana.person.client, body: {} }));
    const path = { id: ana.person.id };
    const before = await ok(getAccount({ client: root.client, path }));
    expect([before.sessions, before.app_passwords]).toEqual([1, 1]);
    const signOut = () => ok(signOutAccount({ client: root.client, path }));
    expect(await signOut()).toEqual({ sessions: 1, app_passwords: 1 });
    expect([await statusOf(ana), await statusOf(ben)]).toEqual([401, 207]);
    expect((await fetchFeed(app, new URL(url).pathname)).status).toBe(200);
    expect(await signOut()).toEqual({ sessions: 0, app_passwords: 0 });
    // One whose sessions have all expired.
    const client = app.client((await ok(login({ client: app.client(), body: credentials(ana) }))).access_token);
    const { secret } = await ok(createAppPassword({ client, body: { name: 'Tablet' } }));
    await done(logout({ client, body: { all: true } }));
    expect(await statusOf({ ...ana, secret })).toBe(207);
    expect(await signOut()).toEqual({ sessions: 0, app_passwords: 1 });
    expect(await statusOf({ ...ana, secret })).toBe(401);
    await app.app.get(AuditTrail).flush();
    const { items } = await ok(listAudit({ client: root.client, query: { user_id: path.id } }));
    expect(items.filter(({ kind }) => kind === 'user_signed_out').map(({ details }) => details)).toEqual([
      { sessions: 0, app_passwords: 1 },
      { sessions: 1, app_passwords: 1 },
    ]);
  });

  it('end for good when an administrator disables the account', async () => {
    const [root, ana] = [await administrator(), await signUpWithPhone(app, 'ana')];
    const path = { id: ana.person.id };
    expect((await ok(disableAccount({ client: root.client, path }))).app_passwords).toBe(0);
    expect(await statusOf(ana)).toBe(401);
    await ok(enableAccount({ client: root.client, path }));
    expect(await statusOf(ana)).toBe(401);
  });

  it('cannot be made by a session that ends while it makes one', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const holder = await LockHolder.begin(app.database);
    await holder.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [ana.person.id]);
    const create = start(() => createAppPassword({ client: ana.person.client, body: { name: 'Late' } }));
    await untilBlockedBy(app.database, holder.pid, create);
    await holder.query('UPDATE sessions SET ended_at = now() WHERE user_id = $1', [ana.person.id]);
    await holder.commit();
    expect((await create.result).response.status).toBe(401);
    const rows = await app.database.query(`SELECT name FROM app_passwords WHERE user_id = $1`, [ana.person.id]);
    expect(rows).toEqual([{ name: 'Phone' }]);
  });

  it('need a name, and are at most 50', async () => {
    const ana = await signUpWithPhone(app, 'ana');
    const client = ana.person.client;
    const problem = await refused(createAppPassword({ client, body: { name: '' } }));
    expect([problem.status, problem.errors?.[0]?.pointer]).toEqual([422, '/name']);
    await Promise.all(Array.from({ length: 60 }, () => createAppPassword({ client, body: { name: 'Phone' } })));
    expect((await ok(listAppPasswords({ client }))).items.length).toBe(50);
    const full = await refused(createAppPassword({ client, body: { name: 'Phone' } }));
    expect([full.status, full.errors?.[0]?.code]).toEqual([422, 'too_many']);
  });
});

describe('guessing app passwords', () => {
  it('is limited per address, but those that were right lately still open the calendar there', async () => {
    const limited = await startLimitedApp({ limitAppPasswordAddress: { limit: 3, windowSeconds: 60 } });
    try {
      const [ana, ben] = [await signUpWithPhone(limited, 'ana'), await signUpWithPhone(limited, 'ben')];
      const statusFrom = async (address: string, account: DavAccount, secret = account.secret): Promise<number> => {
        const headers = {
          depth: '0',
          authorization: basic(account.person.username, secret),
          'x-forwarded-for': address,
        };
        return (await sendDav(limited, account, { method: 'PROPFIND', path: account.calendar, headers })).status;
      };
      const [home, office] = ['203.0.113.1', '203.0.113.2'];
      await ok(
        createEvent({
          client: ana.person.client,
          body: { title: 'Plan', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' },
        }),
      );
      for (let count = 0; count < 10; count += 1) expect(await statusFrom(home, ana)).toBe(207);
      const wrong = '0000-0000-0000-0000-0000-0000-0000';
      const attempts: number[] = [];
      for (let count = 0; count < 5; count += 1) attempts.push(await statusFrom(home, ana, wrong));
      expect(attempts).toEqual([401, 401, 401, 429, 429]);
      expect(await statusFrom(home, ana)).toBe(207);
      expect(await statusFrom(home, ben)).toBe(429);
      expect(await statusFrom(office, ben)).toBe(207);
      expect(await statusFrom(home, ben)).toBe(207);
      // One that was right and was revoked counts like any wrong one.
      await done(revokeAppPassword({ client: ana.person.client, path: { id: ana.passwordId } }));
      expect(await statusFrom(office, ana)).toBe(401);
      expect(await statusFrom(home, ana)).toBe(429);
      limited.pass(61);
      expect(await statusFrom(home, ana)).toBe(401);
    } finally {
      await limited.close();
    }
  });
});
