import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  confirmPasswordReset,
  getMe,
  login,
  requestPasswordReset,
  resendVerification,
  updateMe,
} from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, tally } from '../support/calls.js';
import { LiveSocket } from '../support/live-socket.js';
import { type MailBox, startMailApp } from '../support/mail-box.js';
import { ok, type Person, refused, type TestApp } from '../support/test-app.js';

let app: TestApp;
let box: MailBox;
let close: () => Promise<void>;
beforeAll(async () => void ({ app, box, close } = await startMailApp()));
afterAll(() => close());

let ana: Person;
beforeEach(async () => void (ana = await app.signUp('ana')));

const SUBJECT = 'Set a new password';
const NEW = 'better staple 9';

const request = async (email: string): Promise<unknown> => {
  const response = await app.fetch('/api/auth/password-reset', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
};
const confirm = (token: string, password = NEW): ReturnType<typeof confirmPasswordReset> =>
  confirmPasswordReset({ client: app.client(), body: { token, password } });
const requestToken = async (): Promise<string> => {
  await request(ana.email);
  return (await box.next(ana.email, SUBJECT)).token;
};
const rows = (): Promise<{ tokens: number; mails: number }[]> =>
  app.database.query(
    `SELECT (SELECT count(*)::int FROM account_tokens) AS tokens, (SELECT count(*)::int FROM mails) AS mails`,
  );

describe('POST /api/auth/password-reset', () => {
  it('sends a link with a secret of which the database has only a hash', async () => {
    expect(await request(ana.email.toUpperCase())).toEqual({ status: 202, body: { accepted: true } });
    const { text, token, html } = await box.next(ana.email, SUBJECT);
    expect(text).toContain(`http://127.0.0.1:3000/reset-password#${token}`);
    expect(text).toContain(ana.username);
    expect(html).toContain(token);
    expect(token).toMatch(/^[\w-]{43}$/);
    const [stored] = await app.database.query<{ everything: string }>(
      `SELECT (SELECT string_agg(t::text, '') FROM account_tokens t) || (SELECT string_agg(m::text, '') FROM mails m) AS everything`,
    );
    expect(stored!.everything).not.toContain(token);
    expect(stored!.everything).not.toContain(Buffer.from(token).toString('hex'));
  });

  it('answers and writes the same for an address that nobody has, and sends nothing', async () => {
    const known = await request(ana.email);
    const [before] = await rows();
    expect(await request('nobody@example.com')).toEqual(known);
    expect(await rows()).toEqual([{ tokens: before!.tokens + 1, mails: before!.mails + 1 }]);
    await box.next(ana.email, SUBJECT);
    expect((await box.all()).filter(([, { to }]) => to === 'nobody@example.com')).toEqual([]);
  });

  it('sends a few mails within an hour, not more', async () => {
    for (let time = 0; time < 8; time += 1)
      expect(await request(ana.email)).toEqual({ status: 202, body: { accepted: true } });
    const [{ count } = { count: 0 }] = await app.database.query<{ count: number }>(
      `SELECT count(*)::int FROM mails WHERE recipient = $1 AND kind = 'password_reset'`,
      [ana.email],
    );
    expect(count).toBe(5);
  });

  it('refuses what is not an address', async () => {
    const problem = await refused(requestPasswordReset({ client: app.client(), body: { email: 'ana' } }));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/email' }] });
  });
});

describe('POST /api/auth/password-reset/confirm', () => {
  it('sets the password, ends every session and connection, and verifies the address', async () => {
    const other = await ok(login({ client: app.client(), body: { username: ana.username, password: ana.password } }));
    const socket = await LiveSocket.open(app.url, ana.accessToken);
    await socket.waitFor('ready');
    const { response } = await confirm(await requestToken());
    expect(response.status).toBe(204);
    await socket.waitFor('session_ended');
    socket.close();
    for (const token of [ana.accessToken, other.access_token]) {
      expect((await refused(getMe({ client: app.client(token) }))).status).toBe(401);
    }
    const old = await refused(
      login({ client: app.client(), body: { username: ana.username, password: ana.password } }),
    );
    expect(old.code).toBe('wrong_credentials');
    const { user } = await ok(login({ client: app.client(), body: { username: ana.username, password: NEW } }));
    expect(user.email_verified).toBe(true);
    expect((await box.next(ana.email, 'Your password was changed')).text).toContain(ana.username);
  });

  it('works once, however many requests come at once', async () => {
    const token = await requestToken();
    const answers = await atOnce(8, (index) => outcome(confirm(token, `${NEW} ${index}`)));
    expect(tally(answers)).toEqual({ 204: 1, 422: 7 });
    const winner = answers.findIndex(({ status }) => status === 204);
    await ok(login({ client: app.client(), body: { username: ana.username, password: `${NEW} ${winner}` } }));
  });

  it('ends the other links of the account', async () => {
    const [first, second] = [await requestToken(), await requestToken()];
    await confirm(second);
    expect(await refused(confirm(first))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/token', code: 'token_unusable' }],
    });
  });

  it('refuses a link that has expired, of another kind, of an erased account, and any other text', async () => {
    const verification = (await box.next(ana.email, 'Confirm your e-mail address')).token;
    const expired = await requestToken();
    await app.database.query(`UPDATE account_tokens SET expires_at = now() WHERE purpose = 'password_reset'`);
    const ben = await app.signUp('ben');
    await request(ben.email);
    const erased = (await box.next(ben.email, SUBJECT)).token;
    await app.fetch('/api/auth/me', {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ben.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ password: ben.password }),
    });
    for (const token of [verification, expired, erased, 'x', "'; --", 'é'.repeat(43)]) {
      expect((await refused(confirm(token))).errors).toMatchObject([{ pointer: '/token', code: 'token_unusable' }]);
    }
    await ok(login({ client: app.client(), body: { username: ana.username, password: ana.password } }));
  });

  it('refuses a common password and keeps the link for a better one', async () => {
    const token = await requestToken();
    expect(await refused(confirm(token, 'password'))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/password', code: 'too_common' }],
    });
    expect((await confirm(token)).response.status).toBe(204);
  });

  it('no sign-in with the old password survives it, whatever the order', async () => {
    const token = await requestToken();
    const body = { username: ana.username, password: ana.password };
    const [, signIns] = await Promise.all([
      confirm(token),
      atOnce(6, () => outcome(login({ client: app.client(), body }))),
    ]);
    for (const { status, body: signedIn } of signIns) {
      if (status !== 200) continue;
      const client = app.client(String(signedIn.access_token));
      expect((await outcome(getMe({ client }))).status).toBe(401);
    }
  });

  it('ends when the password is changed', async () => {
    const token = await requestToken();
    await ok(updateMe({ client: ana.client, body: { password: NEW, current_password: ana.password } }));
    expect((await refused(confirm(token))).status).toBe(422);
    await resendVerification({ client: ana.client, throwOnError: true });
  });
});

describe('GET /reset-password', () => {
  it.each(['reset-password', 'verify-email'])('/%s runs one script of this server, and no other', async (path) => {
    const response = await fetch(`${app.url}/${path}`);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect([...html.matchAll(/<script[^>]*>[^<]*<\/script>/g)].map(([script]) => script)).toEqual([
      '<script src="/docs/assets/account-page.js"></script>',
    ]);
    expect(html).not.toMatch(/\son\w+=/);
    expect((await fetch(`${app.url}/docs/assets/account-page.js`)).status).toBe(200);
  });
});
