import { describe, expect, it } from 'vitest';
import {
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
import { expectInvariants } from '../support/invariants.js';
import { fresh, InvitationScene, VERIFY } from '../support/invitations.js';
import { createMeeting, MEETING } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, PASSWORD, refused } from '../support/test-app.js';

const scene = new InvitationScene();

const log = async (): Promise<string[]> =>
  (await ok(listChangelog({ client: scene.ana.client, path: { id: scene.eventId } }))).items.map(
    ({ kind, actor, summary }) => `${kind} by ${actor.username.split('-')[0]}: ${summary}`,
  );

describe('an invitation becomes the role', () => {
  it('when the person registers with its link, at once and with every other invitation to the address', async () => {
    const { id: other } = await createMeeting(scene.ana, { show_as: 'free' });
    await scene.invite();
    await scene.invite(scene.email, 'viewer', other);
    const token = await scene.linkTo();
    const { user, access_token } = await ok(scene.join(token));
    expect(user.email_verified).toBe(true);
    const cid = scene.app.client(access_token);
    expect(await ok(getEvent({ client: cid, path: { id: scene.eventId } }))).toMatchObject({ role: 'editor' });
    expect(await ok(getEvent({ client: cid, path: { id: other } }))).toMatchObject({ role: 'viewer' });
    const { items } = await ok(listNotifications({ client: cid }));
    expect(items.map(({ type, message }) => `${type}: ${message}`)).toContain(
      `event_shared: You accepted the invitation to “${MEETING.title}” as an editor`,
    );
    const seen = await ok(listNotifications({ client: scene.ana.client }));
    expect(seen.items.filter(({ type }) => type === 'event_shared')).toHaveLength(2);
    const permissions = await ok(listPermissions({ client: scene.ana.client, path: { id: scene.eventId } }));
    expect(permissions.items[1]).toMatchObject({ user_id: user.id, granted_by: { id: scene.ana.id } });
    expect([await scene.invitations(), await scene.invitations(other)]).toEqual([[], []]);
    expect((await refused(scene.accept(token))).status).toBe(422);
    // No second account with the same link.
    expect((await refused(scene.join(token))).status).toBe(422);
    expect(
      await scene.app.database.query(`SELECT 1 FROM mails WHERE recipient = $1 AND kind <> 'invitation'`, [
        scene.email,
      ]),
    ).toEqual([]);
  });

  it('when the person registers without it and confirms the address, and not before', async () => {
    await scene.invite();
    const body = { username: fresh('cid'), email: scene.email, password: PASSWORD };
    const { access_token } = await ok(register({ client: scene.app.client(), body }));
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`]);
    expect(
      (await refused(getEvent({ client: scene.app.client(access_token), path: { id: scene.eventId } }))).status,
    ).toBe(404);
    await ok(
      verifyEmail({ client: scene.app.client(), body: { token: (await scene.box.next(scene.email, VERIFY)).token } }),
    );
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`, `${body.username} editor`]);
  });

  it('when the person sets a new password with a mail to an address that was not confirmed', async () => {
    const ben = await scene.app.signUp('ben');
    await scene.invite(ben.email);
    await ok(requestPasswordReset({ client: scene.app.client(), body: { email: ben.email } }));
    const { token } = await scene.box.next(ben.email, 'Set a new password');
    await confirmPasswordReset({ client: scene.app.client(), body: { token, password: 'battery staple 8' } });
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`, `${ben.username} editor`]);
  });

  it('when the person with a confirmed address opens the link', async () => {
    const ben = await scene.verified('ben');
    await scene.invite(ben.email);
    const token = await scene.linkTo(ben.email);
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`]);
    expect(await ok(scene.accept(token))).toEqual({ items: [{ event_id: scene.eventId, role: 'editor' }] });
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`, `${ben.username} editor`]);
    expect((await refused(scene.accept(token))).status).toBe(422);
  });

  it('never for an account that only names the address, not even with the link', async () => {
    const body = { username: fresh('eve'), email: scene.email, password: PASSWORD };
    await ok(register({ client: scene.app.client(), body }));
    await scene.invite();
    const token = await scene.linkTo();
    expect(await refused(scene.accept(token))).toMatchObject({ status: 409, code: 'address_not_confirmed' });
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`]);
    // Everybody who reads the mails of the address has it.
    const { user } = await ok(scene.join(token));
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`, `${user.username} editor`]);
    const late = await scene.box.next(scene.email, VERIFY);
    await ok(verifyEmail({ client: scene.app.client(), body: { token: late.token } }));
    expect(await scene.members()).toHaveLength(2);
  });

  it('never for another address, nor for a second account of an address that one has confirmed', async () => {
    const ben = await scene.verified('ben');
    await scene.invite(ben.email);
    const token = await scene.linkTo(ben.email);
    expect(complaints(await refused(scene.join(token, `${fresh('other')}@example.com`)))).toEqual([
      '/email not_invited',
    ]);
    expect(await refused(scene.join(token, ben.email))).toMatchObject({ status: 409, code: 'name_taken' });
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`]);
  });

  it('raises the role of a member, and never lowers one', async () => {
    const ben = await scene.verified('ben');
    const roles: string[] = [];
    for (const role of ['viewer', 'editor', 'viewer'] as const) {
      await scene.invite(ben.email, role);
      await ok(scene.accept(await scene.linkTo(ben.email)));
      roles.push((await scene.members())[1]!.split(' ')[1]!);
    }
    expect(roles).toEqual(['viewer', 'editor', 'editor']);
    await scene.invite(scene.ana.email, 'viewer');
    await ok(
      verifyEmail({
        client: scene.app.client(),
        body: { token: (await scene.box.next(scene.ana.email, VERIFY)).token },
      }),
    );
    expect((await scene.members())[0]).toBe(`${scene.ana.username} owner`);
  });

  it('not on a full event, whose invitation stays', async () => {
    const [ben, dee, eve] = [await scene.verified('ben'), await scene.app.signUp('dee'), await scene.app.signUp('eve')];
    await scene.invite(ben.email);
    const users = [dee, eve].map(({ username }) => ({ username, role: 'viewer' as const }));
    await ok(shareEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { users } }));
    const token = await scene.linkTo(ben.email);
    expect(await refused(scene.accept(token))).toMatchObject({ status: 409, code: 'too_many_people' });
    expect(await scene.invitations()).toEqual([`${ben.email} editor`]);
  });

  it('not while the event is in the trash, and again after its restoration', async () => {
    const ben = await scene.verified('ben');
    await scene.invite(ben.email);
    const token = await scene.linkTo(ben.email);
    await deleteEvent({ client: scene.ana.client, path: { id: scene.eventId } });
    expect((await refused(scene.accept(token))).status).toBe(422);
    await ok(restoreEvent({ client: scene.ana.client, path: { id: scene.eventId } }));
    await ok(scene.accept(token));
    expect(await scene.members()).toHaveLength(2);
  });

  it('not when it has expired', async () => {
    await scene.invite();
    const token = await scene.linkTo();
    await scene.app.database.query(`UPDATE event_invitations SET expires_at = now() WHERE event_id = $1`, [
      scene.eventId,
    ]);
    expect((await refused(scene.accept(token))).status).toBe(422);
    expect(await scene.invitations()).toEqual([]);
    // Invited again, from the beginning.
    await scene.invite();
    expect(await scene.invitations()).toEqual([`${scene.email} editor`]);
  });
});

describe('an invitation', () => {
  it('is listed and revoked by the owner only', async () => {
    const ben = await scene.app.signUp('ben');
    await ok(
      shareEvent({
        client: scene.ana.client,
        path: { id: scene.eventId },
        body: { users: [{ username: ben.username, role: 'editor' }] },
      }),
    );
    const { id } = (await scene.invite()).invitations[0]!;
    const path = { id: scene.eventId, invitationId: id };
    expect((await refused(listInvitations({ client: ben.client, path: { id: scene.eventId } }))).status).toBe(403);
    expect((await refused(revokeInvitation({ client: ben.client, path }))).status).toBe(403);
    expect((await revokeInvitation({ client: scene.ana.client, path })).response.status).toBe(204);
    expect(await scene.invitations()).toEqual([]);
    expect((await refused(revokeInvitation({ client: scene.ana.client, path }))).status).toBe(404);
    const token = await scene.linkTo();
    expect((await refused(scene.accept(token))).status).toBe(422);
    expect(complaints(await refused(scene.join(token)))).toEqual(['/invitation token_unusable']);
  });

  it('is revoked once with a key, and not by a dry run', async () => {
    const { invitations } = await scene.invite();
    const path = `/api/events/${scene.eventId}/invitations/${invitations[0]!.id}`;
    const call = { as: scene.ana, method: 'DELETE', headers: { 'idempotency-key': 'revoke once' } };
    const dry = await send(scene.app, `${path}?dry_run=true`, call);
    expect(dry.json).toMatchObject({
      would: null,
      changes: [{ kind: 'invitation_revoked', version: 1 }],
      notified: [],
    });
    expect(await scene.invitations()).toEqual([`${scene.email} editor`]);
    const answers = [await send(scene.app, path, call), await send(scene.app, path, call)];
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(answers.map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(await scene.invitations()).toEqual([]);
    expect((await log()).filter((line) => line.startsWith('invitation_revoked'))).toHaveLength(1);
  });

  it('is in history, the audit trail and notifications by its id, never by the address', async () => {
    const { id } = (await scene.invite()).invitations[0]!;
    await scene.invite(scene.email, 'viewer');
    await ok(scene.join(await scene.linkTo()));
    expect(await log()).toEqual([
      expect.stringMatching(/^created by ana/),
      'invited by ana: Invited somebody by e-mail as an editor',
      'invitation_changed by ana: Changed the role of an invitation from editor to viewer',
      'invitation_accepted by cid: Accepted an invitation and became a viewer',
    ]);
    const { items } = await ok(listChangelog({ client: scene.ana.client, path: { id: scene.eventId } }));
    expect(items.slice(1).flatMap(({ changes }) => changes.map((change) => change.invitation_id))).toEqual([
      id,
      id,
      id,
    ]);
    const audit = await ok(listAudit({ client: scene.ana.client }));
    expect(audit.items.filter(({ kind }) => kind === 'invited')).toMatchObject([{ details: { invitation: id } }]);
    for (const table of ['member_changes', 'audit_entries', 'notifications']) {
      expect(
        await scene.app.database.query(`SELECT 1 FROM ${table} t WHERE t::text ILIKE '%' || $1 || '%'`, [scene.email]),
      ).toEqual([]);
    }
  });

  it('is not undone, but its acceptance is', async () => {
    await scene.invite();
    const undo = (position: number): ReturnType<typeof undoChange> =>
      undoChange({ client: scene.ana.client, path: { id: scene.eventId, position } });
    expect(complaints(await refused(undo(2)))).toEqual(['/path/position not_allowed']);
    await ok(scene.join(await scene.linkTo()));
    await ok(undo(3));
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`]);
  });

  it('goes on under the next owner, after a transfer and after the erasure of the inviter', async () => {
    const ben = await scene.app.signUp('ben');
    const users = [{ username: ben.username, role: 'editor' as const }];
    await ok(shareEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { users } }));
    await scene.invite();
    const path = { id: scene.eventId, userId: ben.id };
    await ok(changeRole({ client: scene.ana.client, path, body: { role: 'owner' } }));
    expect((await refused(listInvitations({ client: scene.ana.client, path: { id: scene.eventId } }))).status).toBe(
      403,
    );
    await eraseMe({ client: scene.ana.client, body: { password: scene.ana.password } });
    const { items } = await ok(listInvitations({ client: ben.client, path: { id: scene.eventId } }));
    expect(items).toMatchObject([{ email: scene.email, invited_by: { username: 'Deleted user' } }]);
    const { user } = await ok(scene.join(await scene.linkTo()));
    const permissions = await ok(listPermissions({ client: ben.client, path: { id: scene.eventId } }));
    expect(permissions.items.map(({ username }) => username)).toEqual([ben.username, user.username]);
  });

  it('to a series that is split is one to both parts', async () => {
    const { id } = await createMeeting(scene.ana, { show_as: 'free', recurrence_pattern: 'FREQ=DAILY;COUNT=6' });
    await scene.invite(scene.email, 'viewer', id);
    const { start_time } = await ok(getEvent({ client: scene.ana.client, path: { id } }));
    const third = new Date(Date.parse(start_time) + 2 * 86_400_000).toISOString();
    const query = { occurrence: third, scope: 'following' as const };
    await ok(patchEvent({ client: scene.ana.client, path: { id }, query, body: { title: 'Later' } }));
    const { access_token } = await ok(scene.join(await scene.linkTo()));
    const rows = await scene.app.database.query(
      `SELECT 1 FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.role = 'viewer' AND (e.id = $1 OR e.split_from = $1)`,
      [id],
    );
    expect(rows).toHaveLength(2);
    expect((await ok(listNotifications({ client: scene.app.client(access_token) }))).items).toHaveLength(2);
  });

  it('leaves a history that verifies, and streams without gaps', () => expectInvariants(scene.app.database));
});
