import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, register, resendVerification } from '../../sdk/generated/sdk.gen.js';
import { until } from '../support/embedded-postgres-harness.js';
import { type MailBox, startMailApp } from '../support/mail-box.js';
import { ok, PASSWORD, type Person, refused, type TestApp } from '../support/test-app.js';

let app: TestApp;
let box: MailBox;
let close: () => Promise<void>;
beforeAll(async () => void ({ app, box, close } = await startMailApp()));
afterAll(() => close());

const mailsTo = (email: string, kind: string): Promise<Record<string, unknown>[]> =>
  app.database.query(`SELECT * FROM mails WHERE recipient = $1 AND kind = $2`, [email, kind]);

const signIn = async (person: Person, userAgent: string): Promise<Response> =>
  app.fetch('/api/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({ username: person.username, password: person.password }),
  });

describe('a mail', () => {
  it('is plain text and HTML, and loads nothing', async () => {
    const ana = await app.signUp('ana');
    const { headers, text, html } = await box.next(ana.email);
    expect(headers.get('from')).toBe('Convene <convene@localhost>');
    expect(headers.get('message-id')).toMatch(/^<[\w-]{36}@localhost>$/);
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(text).toContain(ana.username);
    expect(html).toContain(ana.username);
    expect(html).not.toMatch(/<(?:img|link|script|iframe|object|style)|url\(|src=/i);
  });

  it('is encrypted while it waits, and its texts are deleted when it is sent', async () => {
    const ana = await app.signUp('ana');
    const { headers } = await box.next(ana.email);
    await until(async () => (await mailsTo(ana.email, 'email_verification'))[0]!.sent_at !== null);
    const [row] = await mailsTo(ana.email, 'email_verification');
    expect(row).toMatchObject({ attempts: 1, content: null, failed_at: null, last_error: null });
    expect(headers.get('message-id')).toBe(`<${String(row!.id)}@localhost>`);
  });

  it('is not sent when the change that it reports is rolled back', async () => {
    const ana = await app.signUp('ana');
    const email = `second-${ana.email}`;
    await refused(register({ client: app.client(), body: { username: ana.username, email, password: PASSWORD } }));
    expect(await mailsTo(email, 'email_verification')).toEqual([]);
  });

  it('is sent at most five times an hour, of one kind to one address', async () => {
    const ana = await app.signUp('ana');
    for (let time = 0; time < 6; time += 1) await resendVerification({ client: ana.client, throwOnError: true });
    expect(await mailsTo(ana.email, 'email_verification')).toHaveLength(5);
  });

  it('leaves nothing when the account is erased', async () => {
    const ana = await app.signUp('ana');
    await box.next(ana.email);
    const response = await app.fetch('/api/auth/me', {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ana.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ password: ana.password }),
    });
    expect(response.status).toBe(204);
    const left = await app.database.query(
      `SELECT recipient FROM mails WHERE recipient = $1
        UNION ALL SELECT email FROM account_tokens WHERE user_id = $2 OR email = $1
        UNION ALL SELECT device FROM sessions WHERE user_id = $2 AND device IS NOT NULL`,
      [ana.email, ana.id],
    );
    expect(left).toEqual([]);
  });
});

describe('a sign-in', () => {
  const SUBJECT = 'Sign-in from a new device';

  it('from a new device sends a mail, one from a known device does not', async () => {
    const ana = await app.signUp('ana');
    await ok(login({ client: app.client(), body: { username: ana.username, password: ana.password } }));
    expect(await mailsTo(ana.email, 'new_device')).toEqual([]);
    expect((await signIn(ana, 'Browser/1.0 <b>\u00e9')).status).toBe(200);
    const { text } = await box.next(ana.email, SUBJECT);
    expect(text).toContain('Browser/1.0 <b>');
    expect(text).toContain('127.0.0.1');
    // The browser was updated.
    expect((await signIn(ana, 'Browser/2.3 <b>\u00e9')).status).toBe(200);
    expect(await mailsTo(ana.email, 'new_device')).toHaveLength(1);
  });

  it('with a wrong password sends none', async () => {
    const ana = await app.signUp('ana');
    expect((await signIn({ ...ana, password: 'wrong horse 7' }, 'Other/1')).status).toBe(401);
    expect(await mailsTo(ana.email, 'new_device')).toEqual([]);
  });
});

describe('with MAIL=off', () => {
  it('nothing is written', async () => {
    const { app: silent, box: empty, close: stop } = await startMailApp({ mail: false });
    const ana = await silent.signUp('ana');
    await silent.fetch('/api/auth/password-reset', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: ana.email }),
    });
    expect(await silent.database.query('SELECT 1 FROM mails')).toEqual([]);
    expect(await empty.all()).toEqual([]);
    await stop();
  });
});

describe('REGISTRATION=closed', () => {
  it('refuses everybody', async () => {
    const { app: shut, close: stop } = await startMailApp({ registration: 'closed' });
    const body = { username: 'ana', email: 'ana@example.com', password: PASSWORD };
    expect(await refused(register({ client: shut.client(), body }))).toMatchObject({
      status: 403,
      code: 'registration_closed',
    });
    expect(await shut.database.query('SELECT 1 FROM users WHERE username = $1', ['ana'])).toEqual([]);
    await stop();
  });
});
