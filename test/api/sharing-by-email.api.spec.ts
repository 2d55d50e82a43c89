import { describe, expect, it } from 'vitest';
import { patchEvent, register, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { fresh, INVITED, InvitationScene } from '../support/invitations.js';
import { createMeeting, MEETING } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, PASSWORD, refused, startApp } from '../support/test-app.js';

const scene = new InvitationScene();

describe('sharing an event with an e-mail address', () => {
  it('answers alike whether an account has confirmed the address, names it, or nobody does', async () => {
    const [ben, dee] = [await scene.verified('ben'), await scene.app.signUp('dee')];
    const answers = [];
    for (const address of [ben.email, dee.email]) {
      const { id } = await createMeeting(scene.ana, { show_as: 'free' });
      const nobody = await send(scene.app, `/api/events/${id}/share`, {
        as: scene.ana,
        body: { email: scene.email, role: 'viewer' },
      });
      const known = await send(scene.app, `/api/events/${id}/share`, {
        as: scene.ana,
        body: { email: address, role: 'viewer' },
      });
      const visible = ({ status, headers, json }: typeof known): object => ({
        status,
        headers: [...headers.keys()].sort(),
        items: json.items.map(({ username }: { username: string }) => username),
        invitations: json.invitations.map((one: object) => Object.keys(one)),
      });
      expect(visible(known)).toEqual(visible(nobody));
      expect(known.json.invitations[0]).toMatchObject({
        email: address,
        role: 'viewer',
        invited_by: { id: scene.ana.id },
      });
      answers.push(await scene.members(id));
      expect(await scene.invitations(id)).toEqual([`${scene.email} viewer`, `${address} viewer`]);
    }
    expect(answers).toEqual([[`${scene.ana.username} owner`], [`${scene.ana.username} owner`]]);
  });

  it('sends a mail with a link, the title and who invites, and nothing else of the event', async () => {
    await ok(
      patchEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { description: 'Secret plans' } }),
    );
    await scene.invite();
    const { text, html, token } = await scene.box.next(scene.email, INVITED);
    expect(text).toContain(`${scene.ana.username} invites you to the event ${MEETING.title} on Convene as an editor`);
    expect(text).toContain(`http://127.0.0.1:3000/invitation#${token}`);
    for (const part of [text, html]) expect(part).not.toContain('Secret');
  });

  it('leaves a title out of the mail that mail programs would turn into a link', async () => {
    await ok(
      patchEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { title: 'Win at evil.example' } }),
    );
    await scene.invite();
    const { text, html } = await scene.box.next(scene.email, INVITED);
    for (const part of [text, html]) expect(part).not.toContain('evil');
  });

  it('takes people and addresses together, and reports every bad entry at once', async () => {
    const ben = await scene.app.signUp('ben');
    const bad = [
      { email: scene.email, role: 'viewer' },
      { username: 'nobody-at-all', role: 'viewer' },
      { email: scene.email.toUpperCase(), role: 'editor' },
      { email: 'other@example.com', role: 'owner' },
      { email: 'not an address', role: 'viewer' },
    ];
    const { status, json } = await send(scene.app, `/api/events/${scene.eventId}/share`, {
      as: scene.ana,
      body: { users: bad },
    });
    expect(status).toBe(422);
    expect(complaints(json)).toEqual([
      '/users/1 unknown_person',
      '/users/2 duplicate',
      '/users/3/role not_allowed',
      expect.stringMatching(/^\/users\/4\/email /),
    ]);
    expect(await scene.invitations()).toEqual([]);
    const users = [
      { email: scene.email, role: 'viewer' as const },
      { username: ben.username, role: 'editor' as const },
    ];
    const shared = await ok(shareEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { users } }));
    expect(shared.items.map(({ username }) => username)).toEqual([scene.ana.username, ben.username]);
    expect(shared.invitations.map((one) => one.email)).toEqual([scene.email]);
  });

  it('changes the role when shared again, without another mail within the hour, and keeps the link', async () => {
    const [first] = (await scene.invite()).invitations;
    const [second] = (await scene.invite(scene.email.toUpperCase(), 'viewer')).invitations;
    expect(second).toEqual({ ...first, role: 'viewer' });
    expect(await scene.invitations()).toEqual([`${scene.email} viewer`]);
    const token = await scene.linkTo();
    await ok(scene.join(token));
    expect(await scene.members()).toEqual([`${scene.ana.username} owner`, expect.stringMatching(/^cid-.* viewer$/)]);
  });

  it('sends another mail an hour later, whose link replaces the earlier one', async () => {
    await scene.invite();
    const old = await scene.linkTo();
    await scene.app.database.query(`UPDATE event_invitations SET sent_at = now() - interval '61 minutes'`);
    await scene.invite();
    const token = await scene.linkTo();
    expect(await refused(scene.accept(old))).toMatchObject({ status: 422, errors: [{ code: 'token_unusable' }] });
    await ok(scene.join(token));
    expect(await scene.members()).toHaveLength(2);
  });

  it('stores and sends nothing in a dry run, and does it once with an Idempotency-Key', async () => {
    const dry = await shareEvent({
      client: scene.ana.client,
      path: { id: scene.eventId },
      query: { dry_run: true } as never,
      body: { users: [{ email: scene.email, role: 'viewer' }] },
    });
    expect(dry.data).toMatchObject({
      changes: [{ kind: 'invited', people: [], invitations: [{ from: null, to: 'viewer' }] }],
      notified: [],
    });
    expect(await scene.invitations()).toEqual([]);
    const request = {
      as: scene.ana,
      body: { email: scene.email, role: 'viewer' },
      headers: { 'idempotency-key': fresh('key') },
    };
    const [one, two] = [
      await send(scene.app, `/api/events/${scene.eventId}/share`, request),
      await send(scene.app, `/api/events/${scene.eventId}/share`, request),
    ];
    expect(two.json).toEqual(one.json);
    const rows = await scene.app.database.query(`SELECT 1 FROM mails WHERE recipient = $1`, [scene.email]);
    expect(rows).toHaveLength(1);
  });

  it('counts invitations and members together', async () => {
    await scene.invite();
    await scene.invite(`${fresh('dee')}@example.com`);
    const third = shareEvent({
      client: scene.ana.client,
      path: { id: scene.eventId },
      body: { users: [{ email: `${fresh('eve')}@example.com`, role: 'viewer' }] },
    });
    expect(await refused(third)).toMatchObject({ status: 409, code: 'too_many_people' });
  });
});

describe('REGISTRATION=invited', () => {
  it('accepts people with an invitation, and nobody else', async () => {
    await scene.invite();
    const token = await scene.linkTo();
    const server = await startApp({ registration: 'invited', mail: true }, scene.app.database);
    try {
      const body = { username: fresh('cid'), email: scene.email, password: PASSWORD };
      const call = (invitation?: string): ReturnType<typeof register> =>
        register({ client: server.client(), body: { ...body, invitation } });
      expect(await refused(call())).toMatchObject({ status: 403, code: 'invitation_required' });
      expect(complaints(await refused(call('nonsense')))).toEqual(['/invitation token_unusable']);
      expect((await ok(call(token))).user.username).toBe(body.username);
      expect(await scene.members()).toEqual([`${scene.ana.username} owner`, `${body.username} editor`]);
    } finally {
      await server.close();
    }
  });
});

describe('with USER_LOOKUP=email', () => {
  it('a confirmed address gets the role at once, and any other one an invitation', async () => {
    const [ben, dee] = [await scene.verified('ben'), await scene.app.signUp('dee')];
    const server = await startApp({ userLookup: 'email', mail: true }, scene.app.database);
    try {
      const users = [ben.email, dee.email].map((address) => ({ email: address, role: 'viewer' as const }));
      const client = server.client(scene.ana.accessToken);
      const shared = await ok(shareEvent({ client, path: { id: scene.eventId }, body: { users } }));
      expect(shared.items.map(({ username }) => username)).toEqual([scene.ana.username, ben.username]);
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
    const server = await startApp({ ...settings, mail: true }, scene.app.database);
    try {
      const client = server.client(scene.ana.accessToken);
      const call = (id: string): ReturnType<typeof shareEvent> =>
        shareEvent({
          client,
          path: { id },
          body: { users: [{ email: `${fresh('x')}@example.com`, role: 'viewer' }] },
        });
      await ok(call(scene.eventId));
      await ok(call(scene.eventId));
      expect(await refused(call(scene.eventId))).toMatchObject({ status: 429, budget: 'invitations_event' });
      const { id } = await createMeeting(scene.ana, { show_as: 'free' });
      expect(await refused(call(id))).toMatchObject({ status: 429, budget: 'invitations_user' });
    } finally {
      await server.close();
    }
  });
});
