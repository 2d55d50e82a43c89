import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getMe, login, register, resendVerification, updateMe, verifyEmail } from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, tally } from '../support/calls.js';
import { type MailBox, type ReceivedMail, startMailApp } from '../support/mail-box.js';
import { ok, type Person, refused, type TestApp } from '../support/test-app.js';

let app: TestApp;
let box: MailBox;
let close: () => Promise<void>;
beforeAll(async () => void ({ app, box, close } = await startMailApp()));
afterAll(() => close());

const VERIFY = 'Confirm your e-mail address';
const NEW = 'Confirm your new e-mail address';
const OLD = 'Confirm the change of your e-mail address';
const REPLACED = 'The e-mail address of your account changes';

let ana: Person;
let fresh: string;
beforeEach(async () => {
  ana = await app.signUp('ana');
  fresh = `new-${ana.email}`;
});

const verify = (token: string): ReturnType<typeof verifyEmail> =>
  verifyEmail({ client: app.client(), body: { token } });
const verifyAna = async (): Promise<void> => void (await ok(verify((await box.next(ana.email, VERIFY)).token)));
const change = (email: string): ReturnType<typeof updateMe> =>
  updateMe({ client: ana.client, body: { email, current_password: ana.password } });
const account = async (): Promise<unknown> => {
  const { email, email_verified, pending_email } = await ok(getMe({ client: ana.client }));
  return { email, email_verified, pending_email };
};

describe('POST /api/auth/verify-email', () => {
  it('verifies the address with the link that was sent after the registration, once', async () => {
    expect(await account()).toEqual({ email: ana.email, email_verified: false, pending_email: null });
    const { token, text } = await box.next(ana.email, VERIFY);
    expect(text).toContain(`http://127.0.0.1:3000/verify-email#${token}`);
    expect(await ok(verify(token))).toEqual({ email: ana.email, complete: true });
    expect(await account()).toEqual({ email: ana.email, email_verified: true, pending_email: null });
    expect(await refused(verify(token))).toMatchObject({ status: 422, errors: [{ code: 'token_unusable' }] });
  });

  it('sends another link on request, while the address is not verified', async () => {
    const first = await box.next(ana.email, VERIFY);
    expect((await resendVerification({ client: ana.client })).response.status).toBe(202);
    const second = await box.next(ana.email, VERIFY);
    expect(second.token).not.toBe(first.token);
    await ok(verify(first.token));
    expect((await resendVerification({ client: ana.client })).response.status).toBe(202);
    const [row] = await app.database.query<{ count: number }>(
      `SELECT count(*)::int FROM mails WHERE recipient = $1 AND kind = 'email_verification'`,
      [ana.email],
    );
    expect(row!.count).toBe(2);
    // One is enough.
    expect((await refused(verify(second.token))).status).toBe(422);
  });

  it('gives the address to the person who receives its mails, not to the one who named it first', async () => {
    const username = `real-${ana.username}`;
    await ok(register({ client: app.client(), body: { username, email: ana.email, password: 'battery staple 8' } }));
    const received = [await box.next(ana.email, VERIFY), await box.next(ana.email, VERIFY)];
    const own = received.find(({ text }) => text.includes(username))!;
    const holder = async (): Promise<unknown> => {
      const rows = await app.database.query(`SELECT username FROM users WHERE email = $1 AND holds_email`, [ana.email]);
      return rows.map((row) => row.username);
    };
    expect(await holder()).toEqual([ana.username]);
    expect(await ok(verify(own.token))).toEqual({ email: ana.email, complete: true });
    expect(await holder()).toEqual([username]);
    // Confirmed later, by the same person: both may name it, one holds it.
    await ok(verify(received.find((mail) => mail !== own)!.token));
    expect(await holder()).toEqual([username]);
  });

  it('refuses a link that has expired', async () => {
    const { token } = await box.next(ana.email, VERIFY);
    await app.database.query(`UPDATE account_tokens SET expires_at = now() WHERE user_id = $1`, [ana.id]);
    expect((await refused(verify(token))).status).toBe(422);
    expect(await account()).toMatchObject({ email_verified: false });
  });
});

describe('a change of the e-mail address', () => {
  it.each([
    ['the new address first', [NEW, OLD]],
    ['the old address first', [OLD, NEW]],
  ])('of a verified account is confirmed at both addresses, %s', async (_order, [first, second]) => {
    await verifyAna();
    expect(await ok(change(fresh))).toMatchObject({ email: ana.email, pending_email: fresh });
    const tokens: Record<string, ReceivedMail> = {
      [NEW]: await box.next(fresh, NEW),
      [OLD]: await box.next(ana.email, OLD),
    };
    expect(await ok(verify(tokens[first!]!.token))).toEqual({ email: fresh, complete: false });
    expect(await account()).toEqual({ email: ana.email, email_verified: true, pending_email: fresh });
    await ok(login({ client: app.client(), body: { email: ana.email, password: ana.password } }));
    expect(await ok(verify(tokens[second!]!.token))).toEqual({ email: fresh, complete: true });
    expect(await account()).toEqual({ email: fresh, email_verified: true, pending_email: null });
    await ok(login({ client: app.client(), body: { email: fresh, password: ana.password } }));
    await refused(login({ client: app.client(), body: { email: ana.email, password: ana.password } }));
    expect((await box.next(ana.email, REPLACED)).text).toContain(fresh);
  });

  it('is complete when both are confirmed at the same moment', async () => {
    await verifyAna();
    await ok(change(fresh));
    const tokens = [(await box.next(fresh, NEW)).token, (await box.next(ana.email, OLD)).token];
    const answers = await atOnce(8, (index) => outcome(verify(tokens[index % 2]!)));
    expect(tally(answers)).toEqual({ 200: 2, 422: 6 });
    expect(await account()).toEqual({ email: fresh, email_verified: true, pending_email: null });
  });

  it('needs only the new address if the old one was never verified, and informs the old one', async () => {
    await ok(change(fresh));
    expect((await box.next(ana.email, REPLACED)).token).toBe('');
    const old = (await box.next(ana.email, VERIFY)).token;
    expect(await ok(verify((await box.next(fresh, NEW)).token))).toEqual({ email: fresh, complete: true });
    expect(await account()).toEqual({ email: fresh, email_verified: true, pending_email: null });
    // It would say something about an address that the account no longer has.
    expect((await refused(verify(old))).status).toBe(422);
  });

  it('is replaced by another one, and ended by the address that the account has', async () => {
    await ok(change(fresh));
    const first = (await box.next(fresh, NEW)).token;
    const other = `other-${ana.email}`;
    await ok(change(other));
    expect(await account()).toMatchObject({ pending_email: other });
    const second = (await box.next(other, NEW)).token;
    expect((await refused(verify(first))).status).toBe(422);
    await ok(change(ana.email.toUpperCase()));
    expect(await account()).toEqual({ email: ana.email.toUpperCase(), email_verified: false, pending_email: null });
    expect((await refused(verify(second))).status).toBe(422);
  });

  it('is refused with USER_LOOKUP=email if somebody has the address, also when they got it meanwhile', async () => {
    const { app: open, box: mails, close: stop } = await startMailApp({ userLookup: 'email' });
    const [cleo, ben] = [await open.signUp('cleo'), await open.signUp('ben')];
    const body = { email: ben.email, current_password: cleo.password };
    const update = (email: string): ReturnType<typeof updateMe> =>
      updateMe({ client: cleo.client, body: { ...body, email } });
    expect(await refused(update(ben.email))).toMatchObject({ status: 409, errors: [{ pointer: '/email' }] });
    await ok(update(fresh));
    const { token } = await mails.next(fresh, NEW);
    await open.database.query(`UPDATE users SET email = $2 WHERE id = $1`, [ben.id, fresh]);
    const late = await refused(verifyEmail({ client: open.client(), body: { token } }));
    expect(late).toMatchObject({ status: 409, code: 'name_taken' });
    expect((await ok(getMe({ client: cleo.client }))).email).toBe(cleo.email);
    await stop();
  });

  it('is no longer shown when its links have expired', async () => {
    await ok(change(fresh));
    await app.database.query(`UPDATE users SET pending_email_until = now() WHERE id = $1`, [ana.id]);
    expect(await account()).toMatchObject({ pending_email: null });
  });

  it('ends with a new password', async () => {
    await ok(change(fresh));
    const { token } = await box.next(fresh, NEW);
    const body = { password: 'better staple 9', current_password: ana.password };
    expect(await ok(updateMe({ client: ana.client, body }))).toMatchObject({ pending_email: null });
    expect((await refused(verify(token))).status).toBe(422);
  });

  it('needs the password', async () => {
    const problem = await refused(updateMe({ client: ana.client, body: { email: fresh } }));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/current_password' }] });
    expect(await account()).toMatchObject({ pending_email: null });
  });
});
