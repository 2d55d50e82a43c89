import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Convene, isProblem } from '../../sdk/index.js';
import { clientOf, failure } from '../support/sdk-clients.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const HOUR = { start_time: '2031-02-03T10:00:00Z', end_time: '2031-02-03T11:00:00Z' };
const DAY = { from: '2031-01-06T00:00:00Z', to: '2031-01-07T00:00:00Z' };

/** Each method that no other file calls, once: its path and its shape are those of the server. */
describe('the resources of the SDK', () => {
  let app: TestApp;
  let person: Person;
  let other: Person;
  let ana: Convene;
  let ben: Convene;
  beforeAll(async () => {
    app = await startApp();
    [person, other] = [await app.signUp('ana'), await app.signUp('ben')];
    [ana, ben] = [checked(person), checked(other)];
  });
  afterAll(() => app.close());
  /** Every response is held against the OpenAPI document. */
  const checked = (of: Person): Convene => clientOf(app, of, { fetch: (url, init) => app.fetch(url, init) });

  it('say when people are busy and free', async () => {
    const event = await ana.events.create({
      title: 'Plan',
      start_time: '2031-01-06T10:00:00Z',
      end_time: '2031-01-06T11:00:00Z',
    });
    await ana.events.share(event, [{ user_id: other.id, role: 'viewer' }]);
    const { items } = await ben.availability.freeBusy({ user_ids: [person.id, other.id], ...DAY });
    expect(items.map(({ busy }) => busy.length)).toEqual([1, 0]);
    const found = await ben.availability.findTime({ user_ids: [person.id, other.id], duration_minutes: 60, ...DAY });
    expect(found.slots.length).toBeGreaterThan(0);
    const clash = await ana.events.checkConflicts({
      title: 'Plan',
      start_time: event.start_time,
      end_time: event.end_time,
    });
    expect(clash.conflicts.map(({ event_id }) => event_id)).toEqual([event.id]);
  });

  it('find people', async () => {
    expect(await ana.users.find({ username: other.username })).toEqual({ id: other.id, username: other.username });
    expect(await ana.users.find({ username: 'nobody-here' })).toBeNull();
  });

  it('list and read notifications, and the stream', async () => {
    const [first] = await ben.notifications.list({ unread: true }).toArray();
    expect(first!.type).toBe('event_shared');
    expect((await ben.notifications.markRead(first!)).read_at).not.toBeNull();
    expect(await ben.notifications.markAllRead()).toEqual({ updated: 0 });
    expect((await ben.notifications.list({ unread: true }).page()).unread_count).toBe(0);
    expect((await ben.notifications.changes({ after: 0 })).items.map(({ seq }) => seq)).toEqual([1]);
  });

  it('make, list and revoke app passwords', async () => {
    const made = await ana.account.createAppPassword('Phone');
    expect(made.secret).toMatch(/^[0-9a-z]{4}(?:-[0-9a-z]{4}){6}$/);
    expect((await ana.account.appPasswords()).items.map(({ id, name }) => [id, name])).toEqual([[made.id, 'Phone']]);
    await ana.account.revokeAppPassword(made.id);
    expect((await ana.account.appPasswords()).items).toEqual([]);
  });

  it('change the account, and erase it', async () => {
    const leaving = await app.signUp('cara');
    const cara = checked(leaving);
    expect(await cara.account.update({ time_zone: 'Europe/Paris' })).toMatchObject({ time_zone: 'Europe/Paris' });
    expect(await cara.account.resendVerification()).toEqual({ accepted: true });
    expect(await cara.account.requestPasswordReset(leaving.email)).toEqual({ accepted: true });
    const unusable = [
      cara.account.verifyEmail({ token: 'x'.repeat(43) }),
      cara.account.confirmPasswordReset({ token: 'x'.repeat(43), password: PASSWORD }),
      cara.account.acceptInvitation('x'.repeat(43)),
    ];
    for (const found of await Promise.all(unusable.map((call) => failure(call)))) {
      expect(found).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/token' }] });
    }
    expect((await cara.account.sessions()).items.length).toBe(1);
    const ended: string[] = [];
    cara.on('signed_out', ({ reason }) => ended.push(reason));
    await cara.deleteAccount(leaving.password);
    expect([ended, await cara.session()]).toEqual([['session_ended'], null]);
    expect(await ana.users.find({ username: leaving.username })).toBeNull();
  });

  it('show the trail of what one did', async () => {
    const entries = await ana.audit.list({ limit: 2 }).toArray(3);
    expect(entries.length).toBe(3);
    expect(entries.every(({ kind }) => typeof kind === 'string')).toBe(true);
  });

  it('administer accounts', async () => {
    const boss = await app.signUp('boss');
    await app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [boss.id]);
    const { admin } = checked(boss);
    expect((await admin.users({ q: 'boss' }).toArray())[0]).toMatchObject({ id: boss.id });
    const account = await admin.user(other.id);
    expect(account).toMatchObject({ username: other.username });
    await admin.promote(account);
    await admin.demote(account);
    await admin.disable(account);
    expect(isProblem(await failure(ben.account.get()), 'unauthenticated', 'account_disabled')).toBe(true);
    await admin.enable(account);
    await admin.signOut(account);
    const added = await admin.createUser({ username: 'added', email: 'added@example.com', password: PASSWORD });
    const device = new Convene({ baseUrl: app.url });
    await device.signIn({ username: 'added', password: PASSWORD });
    const [session] = (await device.account.sessions()).items;
    await admin.endSession(added, session!);
    expect((await admin.user(added)).sessions).toBe(0);
    await admin.erase(added);
    expect(await admin.purgeTrash({ older_than_days: 1 })).toMatchObject({ has_more: false });
    expect(isProblem(await failure(admin.redact(added.id, 1, { reason: 'Test' })), 'not_found')).toBe(true);
    expect((await admin.figures()).database_bytes).toBeGreaterThan(0);
    expect(isProblem(await failure(ana.admin.figures()), 'admin_required')).toBe(true);
  });

  it('list and end invitations', async () => {
    const event = await ana.events.create({ title: 'Free', ...HOUR, show_as: 'free' });
    expect((await ana.events.invitations(event)).items).toEqual([]);
    expect(isProblem(await failure(ana.events.revokeInvitation(event, event.id)), 'not_found')).toBe(true);
  });

  it('take iCalendar files, and give them', async () => {
    const event = await ana.events.create({ title: 'Élan', ...HOUR, show_as: 'free' });
    const file = await ana.calendar.exportEvent(event);
    expect(file).toContain('SUMMARY:Élan');
    const of = file.replaceAll(`${event.id}@convene`, 'elan@example.org');
    expect(await ana.calendar.import(of, { dryRun: true })).toMatchObject({ created: 1, dry_run: true });
    expect(await ana.calendar.import(of)).toMatchObject({ created: 1, dry_run: false });
    expect(await ana.calendar.import(of, { onConflict: 'reject' })).toMatchObject({ created: 0, unchanged: 1 });
    expect((await ana.calendar.export()).match(/SUMMARY:Élan/g)).toHaveLength(2);
    const seen: { done: number; total: number | null }[] = [];
    const more = of.replaceAll('elan@example.org', 'more@example.org');
    const report = await ana.calendar.import(more, { onProgress: (progress) => void seen.push(progress) });
    expect([report.created, seen.at(0), seen.at(-1)]).toEqual([1, { done: 0, total: null }, { done: 1, total: 1 }]);
    const failed = await failure(ana.calendar.import('BEGIN:', { onProgress: () => undefined }));
    expect(isProblem(failed, 'unreadable_calendar')).toBe(true);
    expect(isProblem(await failure(ana.calendar.importJob(event.id)), 'not_found')).toBe(true);
    expect(isProblem(await failure(ana.calendar.import('BEGIN:')), 'unreadable_calendar')).toBe(true);
  });

  it('make, list, rotate and revoke feeds', async () => {
    const feed = await ana.calendar.makeFeed({ kind: 'role', role: 'owner', name: 'Mine' });
    expect(feed.url).toMatch(/\/feeds\/[\w-]{43}\.ics$/);
    expect((await ana.calendar.rotateFeed(feed)).url).not.toBe(feed.url);
    expect((await ana.calendar.feeds()).map(({ id, name }) => [id, name])).toEqual([[feed.id, 'Mine']]);
    await ana.calendar.revokeFeed(feed);
    expect(isProblem(await failure(ana.calendar.revokeFeed(feed.id)), 'not_found')).toBe(true);
    await ana.calendar.makeFeed();
    await ana.calendar.revokeFeeds();
    expect(await ana.calendar.feeds()).toEqual([]);
  });

  it('reach what has no method of its own', async () => {
    const live = await new Convene({ baseUrl: app.url }).request<{ status: string }>({
      method: 'GET',
      path: '/health/live',
    });
    expect(live.status).toBe('ok');
    expect(await ana.request<string>({ method: 'GET', path: '/metrics', accept: 'text/plain' })).toContain('# HELP');
  });
});
