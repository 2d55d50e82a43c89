import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  acceptInvitation,
  changeRole,
  confirmPasswordReset,
  deleteEvent,
  eraseMe,
  getEvent,
  listAudit,
  listChangelog,
  listInvitations,
  listNotifications,
  listPermissions,
  patchEvent,
  register,
  requestPasswordReset,
  restoreEvent,
  revokeInvitation,
  shareEvent,
  undoChange,
  verifyEmail,
} from '../../sdk/generated/sdk.gen.js';
import type { SharedView } from '../../sdk/generated/types.gen.js';
import { expectInvariants } from '../support/invariants.js';
import { type MailBox, startMailApp } from '../support/mail-box.js';
import { createMeeting, MEETING } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const INVITED = 'You are invited to an event';
const VERIFY = 'Confirm your e-mail address';
const fresh = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;

let app: TestApp;
let box: MailBox;
let close: () => Promise<void>;
beforeAll(async () => void ({ app, box, close } = await startMailApp({ maxPeople: 3 })));
afterAll(() => close());

let ana: Person;
let eventId: string;
let email: string;
beforeEach(async () => {
  ana = await app.signUp('ana');
  ({ id: eventId } = await createMeeting(ana, { show_as: 'free' }));
  email = `${fresh('cid')}@example.com`;
});

type Role = 'viewer' | 'editor';
const invite = (address = email, role: Role = 'editor', to = eventId): Promise<SharedView> =>
  ok(shareEvent({ client: ana.client, path: { id: to }, body: { users: [{ email: address, role }] } }));
const invitations = async (id = eventId): Promise<string[]> =>
  (await ok(listInvitations({ client: ana.client, path: { id } }))).items.map((one) => `${one.email} ${one.role}`);
const members = async (id = eventId): Promise<string[]> =>
  (await ok(listPermissions({ client: ana.client, path: { id } }))).items.map((one) => `${one.username} ${one.role}`);
const linkOf = async (address = email): Promise<string> => (await box.next(address, INVITED)).token;
const join = (invitation: string, address = email, username = fresh('cid')): ReturnType<typeof register> =>
  register({ client: app.client(), body: { username, email: address, password: PASSWORD, invitation } });
const accept = (token: string): ReturnType<typeof acceptInvitation> =>
  acceptInvitation({ client: app.client(), body: { token } });
/** An account that has confirmed its address. */
async function verified(name: string): Promise<Person> {
  const person = await app.signUp(name);
  await ok(verifyEmail({ client: app.client(), body: { token: (await box.next(person.email, VERIFY)).token } }));
  return person;
}
const log = async (): Promise<string[]> =>
  (await ok(listChangelog({ client: ana.client, path: { id: eventId } }))).items.map(
    ({ kind, actor, summary }) => `${kind} by ${actor.username.split('-')[0]}: ${summary}`,
  );

describe('sharing an event with an e-mail address', () => {
  it('answers alike whether an account has confirmed the address, names it, or nobody does', async () => {
    const [ben, dee] = [await verified('ben'), await app.signUp('dee')];
    const answers = [];
    for (const address of [ben.email, dee.email]) {
      const { id } = await createMeeting(ana, { show_as: 'free' });
      const nobody = await send(app, `/api/events/${id}/share`, { as: ana, body: { email, role: 'viewer' } });
      const known = await send(app, `/api/events/${id}/share`, { as: ana, body: { email: address, role: 'viewer' } });
      const visible = ({ status, headers, json }: typeof known): object => ({
        status,
        headers: [...headers.keys()].sort(),
        items: json.items.map(({ username }: { username: string }) => username),
        invitations: json.invitations.map((one: object) => Object.keys(one)),
      });
      expect(visible(known)).toEqual(visible(nobody));
      expect(known.json.invitations[0]).toMatchObject({ email: address, role: 'viewer', invited_by: { id: ana.id } });
      answers.push(await members(id));
      expect(await invitations(id)).toEqual([`${email} viewer`, `${address} viewer`]);
    }
    expect(answers).toEqual([[`${ana.username} owner`], [`${ana.username} owner`]]);
  });

  it('sends a mail with a link, the title and who invites, and nothing else of the event', async () => {
    await ok(patchEvent({ client: ana.client, path: { id: eventId }, body: { description: 'Secret plans' } }));
    await invite();
    const { text, html, token } = await box.next(email, INVITED);
    expect(text).toContain(`${ana.username} invites you to the event ${MEETING.title} on Convene as an editor`);
    expect(text).toContain(`http://127.0.0.1:3000/invitation#${token}`);
    for (const part of [text, html]) expect(part).not.toContain('Secret');
  });

  it('leaves a title out of the mail that mail programs would turn into a link', async () => {
    await ok(patchEvent({ client: ana.client, path: { id: eventId }, body: { title: 'Win at evil.example' } }));
    await invite();
    const { text, html } = await box.next(email, INVITED);
    for (const part of [text, html]) expect(part).not.toContain('evil');
  });

  it('takes people and addresses together, and reports every bad entry at once', async () => {
    const ben = await app.signUp('ben');
    const bad = [
      { email, role: 'viewer' },
      { username: 'nobody-at-all', role: 'viewer' },
      { email: email.toUpperCase(), role: 'editor' },
      { email: 'other@example.com', role: 'owner' },
      { email: 'not an address', role: 'viewer' },
    ];
    const { status, json } = await send(app, `/api/events/${eventId}/share`, { as: ana, body: { users: bad } });
    expect(status).toBe(422);
    expect(complaints(json)).toEqual([
      '/users/1 unknown_person',
      '/users/2 duplicate',
      '/users/3/role not_allowed',
      expect.stringMatching(/^\/users\/4\/email /),
    ]);
    expect(await invitations()).toEqual([]);
    const users = [
      { email, role: 'viewer' as const },
      { username: ben.username, role: 'editor' as const },
    ];
    const shared = await ok(shareEvent({ client: ana.client, path: { id: eventId }, body: { users } }));
    expect(shared.items.map(({ username }) => username)).toEqual([ana.username, ben.username]);
    expect(shared.invitations.map((one) => one.email)).toEqual([email]);
  });

  it('changes the role when shared again, without another mail within the hour, and keeps the link', async () => {
    const [first] = (await invite()).invitations;
    const [second] = (await invite(email.toUpperCase(), 'viewer')).invitations;
    expect(second).toEqual({ ...first, role: 'viewer' });
    expect(await invitations()).toEqual([`${email} viewer`]);
    const token = await linkOf();
    await ok(join(token));
    expect(await members()).toEqual([`${ana.username} owner`, expect.stringMatching(/^cid-.* viewer$/)]);
  });

  it('sends another mail an hour later, whose link replaces the earlier one', async () => {
    await invite();
    const old = await linkOf();
    await app.database.query(`UPDATE event_invitations SET sent_at = now() - interval '61 minutes'`);
    await invite();
    const token = await linkOf();
    expect(await refused(accept(old))).toMatchObject({ status: 422, errors: [{ code: 'token_unusable' }] });
    await ok(join(token));
    expect(await members()).toHaveLength(2);
  });

  it('stores and sends nothing in a dry run, and does it once with an Idempotency-Key', async () => {
    const dry = await shareEvent({
      client: ana.client,
      path: { id: eventId },
      query: { dry_run: true } as never,
      body: { users: [{ email, role: 'viewer' }] },
    });
    expect(dry.data).toMatchObject({
      changes: [{ kind: 'invited', people: [], invitations: [{ from: null, to: 'viewer' }] }],
      notified: [],
    });
    expect(await invitations()).toEqual([]);
    const request = { as: ana, body: { email, role: 'viewer' }, headers: { 'idempotency-key': fresh('key') } };
    const [one, two] = [
      await send(app, `/api/events/${eventId}/share`, request),
      await send(app, `/api/events/${eventId}/share`, request),
    ];
    expect(two.json).toEqual(one.json);
    const rows = await app.database.query(`SELECT 1 FROM mails WHERE recipient = $1`, [email]);
    expect(rows).toHaveLength(1);
  });

  it('counts invitations and members together', async () => {
    await invite();
    await invite(`${fresh('dee')}@example.com`);
    const third = shareEvent({
      client: ana.client,
      path: { id: eventId },
      body: { users: [{ email: `${fresh('eve')}@example.com`, role: 'viewer' }] },
    });
    expect(await refused(third)).toMatchObject({ status: 409, code: 'too_many_people' });
  });
});

describe('an invitation becomes the role', () => {
  it('when the person registers with its link, at once and with every other invitation to the address', async () => {
    const { id: other } = await createMeeting(ana, { show_as: 'free' });
    await invite();
    await invite(email, 'viewer', other);
    const token = await linkOf();
    const { user, access_token } = await ok(join(token));
    expect(user.email_verified).toBe(true);
    const cid = app.client(access_token);
    expect(await ok(getEvent({ client: cid, path: { id: eventId } }))).toMatchObject({ role: 'editor' });
    expect(await ok(getEvent({ client: cid, path: { id: other } }))).toMatchObject({ role: 'viewer' });
    const { items } = await ok(listNotifications({ client: cid }));
    expect(items.map(({ type, message }) => `${type}: ${message}`)).toContain(
      `event_shared: You accepted the invitation to “${MEETING.title}” as an editor`,
    );
    const seen = await ok(listNotifications({ client: ana.client }));
    expect(seen.items.filter(({ type }) => type === 'event_shared')).toHaveLength(2);
    const permissions = await ok(listPermissions({ client: ana.client, path: { id: eventId } }));
    expect(permissions.items[1]).toMatchObject({ user_id: user.id, granted_by: { id: ana.id } });
    expect([await invitations(), await invitations(other)]).toEqual([[], []]);
    expect((await refused(accept(token))).status).toBe(422);
    // No second account with the same link.
    expect((await refused(join(token))).status).toBe(422);
    expect(
      await app.database.query(`SELECT 1 FROM mails WHERE recipient = $1 AND kind <> 'invitation'`, [email]),
    ).toEqual([]);
  });

  it('when the person registers without it and confirms the address, and not before', async () => {
    await invite();
    const body = { username: fresh('cid'), email, password: PASSWORD };
    const { access_token } = await ok(register({ client: app.client(), body }));
    expect(await members()).toEqual([`${ana.username} owner`]);
    expect((await refused(getEvent({ client: app.client(access_token), path: { id: eventId } }))).status).toBe(404);
    await ok(verifyEmail({ client: app.client(), body: { token: (await box.next(email, VERIFY)).token } }));
    expect(await members()).toEqual([`${ana.username} owner`, `${body.username} editor`]);
  });

  it('when the person sets a new password with a mail to an address that was not confirmed', async () => {
    const ben = await app.signUp('ben');
    await invite(ben.email);
    await ok(requestPasswordReset({ client: app.client(), body: { email: ben.email } }));
    const { token } = await box.next(ben.email, 'Set a new password');
    await confirmPasswordReset({ client: app.client(), body: { token, password: 'battery staple 8' } });
    expect(await members()).toEqual([`${ana.username} owner`, `${ben.username} editor`]);
  });

  it('when the person with a confirmed address opens the link', async () => {
    const ben = await verified('ben');
    await invite(ben.email);
    const token = await linkOf(ben.email);
    expect(await members()).toEqual([`${ana.username} owner`]);
    expect(await ok(accept(token))).toEqual({ items: [{ event_id: eventId, role: 'editor' }] });
    expect(await members()).toEqual([`${ana.username} owner`, `${ben.username} editor`]);
    expect((await refused(accept(token))).status).toBe(422);
  });

  it('never for an account that only names the address, not even with the link', async () => {
    const body = { username: fresh('eve'), email, password: PASSWORD };
    await ok(register({ client: app.client(), body }));
    await invite();
    const token = await linkOf();
    expect(await refused(accept(token))).toMatchObject({ status: 409, code: 'address_not_confirmed' });
    expect(await members()).toEqual([`${ana.username} owner`]);
    // Whoever reads the mails of the address has it.
    const { user } = await ok(join(token));
    expect(await members()).toEqual([`${ana.username} owner`, `${user.username} editor`]);
    const late = await box.next(email, VERIFY);
    await ok(verifyEmail({ client: app.client(), body: { token: late.token } }));
    expect(await members()).toHaveLength(2);
  });

  it('never for another address, nor for a second account of an address that one has confirmed', async () => {
    const ben = await verified('ben');
    await invite(ben.email);
    const token = await linkOf(ben.email);
    expect(complaints(await refused(join(token, `${fresh('other')}@example.com`)))).toEqual(['/email not_invited']);
    expect(await refused(join(token, ben.email))).toMatchObject({ status: 409, code: 'name_taken' });
    expect(await members()).toEqual([`${ana.username} owner`]);
  });

  it('raises the role of a member, and never lowers one', async () => {
    const ben = await verified('ben');
    const roles: string[] = [];
    for (const role of ['viewer', 'editor', 'viewer'] as const) {
      await invite(ben.email, role);
      await ok(accept(await linkOf(ben.email)));
      roles.push((await members())[1]!.split(' ')[1]!);
    }
    expect(roles).toEqual(['viewer', 'editor', 'editor']);
    await invite(ana.email, 'viewer');
    await ok(verifyEmail({ client: app.client(), body: { token: (await box.next(ana.email, VERIFY)).token } }));
    expect((await members())[0]).toBe(`${ana.username} owner`);
  });

  it('not on a full event, whose invitation stays', async () => {
    const [ben, dee, eve] = [await verified('ben'), await app.signUp('dee'), await app.signUp('eve')];
    await invite(ben.email);
    const users = [dee, eve].map(({ username }) => ({ username, role: 'viewer' as const }));
    await ok(shareEvent({ client: ana.client, path: { id: eventId }, body: { users } }));
    const token = await linkOf(ben.email);
    expect(await refused(accept(token))).toMatchObject({ status: 409, code: 'too_many_people' });
    expect(await invitations()).toEqual([`${ben.email} editor`]);
  });

  it('not while the event is in the trash, and again after its restoration', async () => {
    const ben = await verified('ben');
    await invite(ben.email);
    const token = await linkOf(ben.email);
    await deleteEvent({ client: ana.client, path: { id: eventId } });
    expect((await refused(accept(token))).status).toBe(422);
    await ok(restoreEvent({ client: ana.client, path: { id: eventId } }));
    await ok(accept(token));
    expect(await members()).toHaveLength(2);
  });

  it('not when it has expired', async () => {
    await invite();
    const token = await linkOf();
    await app.database.query(`UPDATE event_invitations SET expires_at = now() WHERE event_id = $1`, [eventId]);
    expect((await refused(accept(token))).status).toBe(422);
    expect(await invitations()).toEqual([]);
    // Invited again, from the beginning.
    await invite();
    expect(await invitations()).toEqual([`${email} editor`]);
  });
});

describe('an invitation', () => {
  it('is listed and revoked by the owner only', async () => {
    const ben = await app.signUp('ben');
    await ok(
      shareEvent({
        client: ana.client,
        path: { id: eventId },
        body: { users: [{ username: ben.username, role: 'editor' }] },
      }),
    );
    const { id } = (await invite()).invitations[0]!;
    const path = { id: eventId, invitationId: id };
    expect((await refused(listInvitations({ client: ben.client, path: { id: eventId } }))).status).toBe(403);
    expect((await refused(revokeInvitation({ client: ben.client, path }))).status).toBe(403);
    expect((await revokeInvitation({ client: ana.client, path })).response.status).toBe(204);
    expect(await invitations()).toEqual([]);
    expect((await refused(revokeInvitation({ client: ana.client, path }))).status).toBe(404);
    const token = await linkOf();
    expect((await refused(accept(token))).status).toBe(422);
    expect(complaints(await refused(join(token)))).toEqual(['/invitation token_unusable']);
  });

  it('is in history, the audit trail and notifications by its id, never by the address', async () => {
    const { id } = (await invite()).invitations[0]!;
    await invite(email, 'viewer');
    await ok(join(await linkOf()));
    expect(await log()).toEqual([
      expect.stringMatching(/^created by ana/),
      'invited by ana: Invited somebody by e-mail as an editor',
      'invitation_changed by ana: Changed the role of an invitation from editor to viewer',
      'invitation_accepted by cid: Accepted an invitation and became a viewer',
    ]);
    const { items } = await ok(listChangelog({ client: ana.client, path: { id: eventId } }));
    expect(items.slice(1).flatMap(({ changes }) => changes.map((change) => change.invitation_id))).toEqual([
      id,
      id,
      id,
    ]);
    const audit = await ok(listAudit({ client: ana.client }));
    expect(audit.items.filter(({ kind }) => kind === 'invited')).toMatchObject([{ details: { invitation: id } }]);
    for (const table of ['member_changes', 'audit_entries', 'notifications']) {
      expect(
        await app.database.query(`SELECT 1 FROM ${table} t WHERE t::text ILIKE '%' || $1 || '%'`, [email]),
      ).toEqual([]);
    }
  });

  it('is not undone, but its acceptance is', async () => {
    await invite();
    const undo = (position: number): ReturnType<typeof undoChange> =>
      undoChange({ client: ana.client, path: { id: eventId, position } });
    expect(complaints(await refused(undo(2)))).toEqual(['/path/position not_allowed']);
    await ok(join(await linkOf()));
    await ok(undo(3));
    expect(await members()).toEqual([`${ana.username} owner`]);
  });

  it('goes on under the next owner, after a transfer and after the erasure of whoever invited', async () => {
    const ben = await app.signUp('ben');
    const users = [{ username: ben.username, role: 'editor' as const }];
    await ok(shareEvent({ client: ana.client, path: { id: eventId }, body: { users } }));
    await invite();
    const path = { id: eventId, userId: ben.id };
    await ok(changeRole({ client: ana.client, path, body: { role: 'owner' } }));
    expect((await refused(listInvitations({ client: ana.client, path: { id: eventId } }))).status).toBe(403);
    await eraseMe({ client: ana.client, body: { password: ana.password } });
    const { items } = await ok(listInvitations({ client: ben.client, path: { id: eventId } }));
    expect(items).toMatchObject([{ email, invited_by: { username: 'Deleted user' } }]);
    const { user } = await ok(join(await linkOf()));
    const permissions = await ok(listPermissions({ client: ben.client, path: { id: eventId } }));
    expect(permissions.items.map(({ username }) => username)).toEqual([ben.username, user.username]);
  });

  it('to a series that is split is one to both parts', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free', recurrence_pattern: 'FREQ=DAILY;COUNT=6' });
    await invite(email, 'viewer', id);
    const { start_time } = await ok(getEvent({ client: ana.client, path: { id } }));
    const third = new Date(Date.parse(start_time) + 2 * 86_400_000).toISOString();
    const query = { occurrence: third, scope: 'following' as const };
    await ok(patchEvent({ client: ana.client, path: { id }, query, body: { title: 'Later' } }));
    const { access_token } = await ok(join(await linkOf()));
    const rows = await app.database.query(
      `SELECT 1 FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.role = 'viewer' AND (e.id = $1 OR e.split_from = $1)`,
      [id],
    );
    expect(rows).toHaveLength(2);
    expect((await ok(listNotifications({ client: app.client(access_token) }))).items).toHaveLength(2);
  });

  it('leaves a history that verifies, and streams without gaps', () => expectInvariants(app.database));
});

describe('REGISTRATION=invited', () => {
  it('accepts people with an invitation, and nobody else', async () => {
    await invite();
    const token = await linkOf();
    const server = await startApp({ registration: 'invited', mail: true }, app.database);
    try {
      const body = { username: fresh('cid'), email, password: PASSWORD };
      const call = (invitation?: string): ReturnType<typeof register> =>
        register({ client: server.client(), body: { ...body, invitation } });
      expect(await refused(call())).toMatchObject({ status: 403, code: 'invitation_required' });
      expect(complaints(await refused(call('nonsense')))).toEqual(['/invitation token_unusable']);
      expect((await ok(call(token))).user.username).toBe(body.username);
      expect(await members()).toEqual([`${ana.username} owner`, `${body.username} editor`]);
    } finally {
      await server.close();
    }
  });
});

describe('with USER_LOOKUP=email', () => {
  it('a confirmed address gets the role at once, and any other one an invitation', async () => {
    const [ben, dee] = [await verified('ben'), await app.signUp('dee')];
    const server = await startApp({ userLookup: 'email', mail: true }, app.database);
    try {
      const users = [ben.email, dee.email].map((address) => ({ email: address, role: 'viewer' as const }));
      const client = server.client(ana.accessToken);
      const shared = await ok(shareEvent({ client, path: { id: eventId }, body: { users } }));
      expect(shared.items.map(({ username }) => username)).toEqual([ana.username, ben.username]);
      expect(shared.invitations.map((one) => one.email)).toEqual([dee.email]);
    } finally {
      await server.close();
    }
  });
});

describe('the budgets of invitations', () => {
  it('limit how many addresses a person and an event invite', async () => {
    const settings = {
      rateLimits: true,
      limitInvitationsUser: { limit: 3, windowSeconds: 86_400 },
      limitInvitationsEvent: { limit: 2, windowSeconds: 86_400 },
    };
    const server = await startApp({ ...settings, mail: true }, app.database);
    try {
      const client = server.client(ana.accessToken);
      const call = (id: string): ReturnType<typeof shareEvent> =>
        shareEvent({
          client,
          path: { id },
          body: { users: [{ email: `${fresh('x')}@example.com`, role: 'viewer' }] },
        });
      await ok(call(eventId));
      await ok(call(eventId));
      expect(await refused(call(eventId))).toMatchObject({ status: 429, budget: 'invitations_event' });
      const { id } = await createMeeting(ana, { show_as: 'free' });
      expect(await refused(call(id))).toMatchObject({ status: 429, budget: 'invitations_user' });
    } finally {
      await server.close();
    }
  });
});
