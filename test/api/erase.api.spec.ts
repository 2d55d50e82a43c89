import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  createEvents,
  deleteEvent,
  eraseMe,
  findUsers,
  getEvent,
  getMe,
  listChangelog,
  listEvents,
  listNotifications,
  listPermissions,
  listVersions,
  login,
  refresh,
  register,
  restoreEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { ErasedOwnersService } from '../../src/events/erased-owners.service.js';
import { expectInvariants } from '../support/invariants.js';
import { LiveSocket } from '../support/live-socket.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { complaints, done, send } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
// Looks people up by their address, to see that it finds nobody any more.
beforeAll(async () => void (app = await startApp({ userLookup: 'email' })));
afterAll(async () => {
  await expectInvariants(app.database);
  await app.close();
});

const erase = (person: Person, password = person.password): Promise<void> =>
  done(eraseMe({ client: person.client, body: { password } }));

/** `name role` of each member of the event, as one of them sees it. */
const peopleOn = async (person: Person, id: string): Promise<string[]> => {
  const { items } = await ok(listPermissions({ client: person.client, path: { id } }));
  return items.map(({ username, role }) => `${username.replace(/-[0-9a-f]{8}$/, '')} ${role}`);
};

/** Tables with a row that holds the text anywhere. */
async function tracesOf(text: string): Promise<string[]> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')`,
  );
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['users', 'sessions', 'event_versions']));
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await app.database.query(`SELECT 1 FROM "${name}" t WHERE strpos(lower(t::text), lower($1)) > 0`, [
      text,
    ]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe('DELETE /api/auth/me', () => {
  it('leaves no trace of name, e-mail, password or device anywhere, and history intact', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const agent = `agent-${randomUUID()}`;
    const headers = { 'user-agent': agent };
    const { username, email, password } = ben;
    await send(app, '/api/auth/login', { body: { username, password }, headers });
    const { id } = await createMeeting(ana);
    await share(ana, id, ben, 'editor');
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'By Ben', change_comment: 'Mine' } }));
    const keyed = { 'Idempotency-Key': randomUUID() };
    await ok(
      shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'viewer' }, headers: keyed }),
    );
    const own = await createMeeting(ben);
    await ok(createEvent({ client: ben.client, body: { title: 'Key', ...hourOn(5) }, headers: keyed }));
    expect(await tracesOf(username)).toEqual(expect.arrayContaining(['users', 'idempotency_keys']));
    expect((await tracesOf(agent)).filter((name) => !name.startsWith('audit_entries_')).sort()).toEqual([
      'audit_entries',
      'sessions',
    ]);

    const [account] = await app.database.query<{ hash: string }>(
      `SELECT password_hash AS hash FROM users WHERE id = $1`,
      [ben.id],
    );
    await erase(ben);
    for (const trace of [username, email, agent, account!.hash]) {
      expect(await tracesOf(trace), trace).toEqual([]);
    }
    const [row] = await app.database.query(
      `SELECT username, email, password_hash AS hash, role, time_zone AS zone, erased_at IS NOT NULL AS erased FROM users
        WHERE id = $1`,
      [ben.id],
    );
    const nobody = expect.stringMatching(/^[0-9a-f-]{36}@deleted\.invalid$/);
    expect(row).toEqual({
      username: 'Deleted user',
      email: nobody,
      hash: '!',
      role: 'user',
      zone: 'UTC',
      erased: true,
    });
    expect(await versionsOf(app.database, own.id)).toEqual(['1 created', '2 deleted']);
    await expectInvariants(app.database);
  });

  it('ends every session and socket at once, and lets nobody in again', async () => {
    const ben = await app.signUp('ben');
    const again = await ok(login({ client: app.client(), body: { username: ben.username, password: PASSWORD } }));
    const socket = await LiveSocket.open(app.url, ben.accessToken);
    await erase(ben);
    expect(await socket.waitFor('session_ended')).toMatchObject({ reason: expect.any(String) });
    for (const token of [ben.accessToken, again.access_token]) {
      expect((await getMe({ client: app.client(token) })).response.status).toBe(401);
    }
    for (const refresh_token of [ben.refreshToken, again.refresh_token]) {
      expect((await refresh({ client: app.client(), body: { refresh_token } })).response.status).toBe(401);
    }
    for (const name of [ben.username, ben.email, 'Deleted user']) {
      for (const secret of [PASSWORD, '!']) {
        const body = { username: name, password: secret };
        expect((await login({ client: app.client(), body })).response.status).toBe(401);
      }
    }
    expect((await eraseMe({ client: ben.client, body: { password: PASSWORD } })).response.status).toBe(401);
  });

  it('wants the password, and does nothing without it', async () => {
    const ben = await app.signUp('ben');
    const wrong = await refused(eraseMe({ client: ben.client, body: { password: 'not my password' } }));
    expect([wrong.status, ...complaints(wrong)]).toEqual([422, '/password wrong_password']);
    const none = await refused(eraseMe({ client: ben.client, body: {} as never }));
    expect([none.status, ...complaints(none)]).toEqual([422, '/password required']);
    expect(await ok(getMe({ client: ben.client }))).toMatchObject({ username: ben.username });
  });

  it('transfers events to the earliest editor, or else viewer, and moves events without other members to the trash', async () => {
    const [ben, old, young, guest] = [
      await app.signUp('ben'),
      await app.signUp('old'),
      await app.signUp('young'),
      await app.signUp('guest'),
    ];
    const edited = await createMeeting(ben);
    await share(ben, edited.id, guest, 'viewer');
    await share(ben, edited.id, old, 'editor');
    await share(ben, edited.id, young, 'editor');
    const viewed = await createMeeting(ben, hourOn(1));
    await share(ben, viewed.id, young, 'viewer');
    await share(ben, viewed.id, old, 'viewer');
    const alone = await createMeeting(ben, hourOn(2));
    const trashed = await createMeeting(ben, hourOn(3));
    await share(ben, trashed.id, old, 'editor');
    await done(deleteEvent({ client: ben.client, path: { id: trashed.id } }));
    // The successor is busy at that time: the ownership is transferred anyway.
    await createMeeting(old, { title: 'In the way' });

    await erase(ben);
    expect(await peopleOn(old, edited.id)).toEqual(['old owner', 'guest viewer', 'young editor']);
    expect(await peopleOn(young, viewed.id)).toEqual(['young owner', 'old viewer']);
    expect(await versionsOf(app.database, alone.id)).toEqual(['1 created', '2 deleted']);
    expect(await versionsOf(app.database, edited.id)).toEqual(['1 created']);
    const left = await app.database.query(
      `SELECT p.event_id AS id FROM event_permissions p WHERE p.user_id = $1 ORDER BY p.event_id`,
      [ben.id],
    );
    expect(left).toEqual([{ id: alone.id }, { id: trashed.id }].sort((a, b) => (a.id < b.id ? -1 : 1)));
    const nobody = expect.objectContaining({ id: ben.id, username: 'Deleted user' });
    expect(await ok(getEvent({ client: old.client, path: { id: edited.id } }))).toMatchObject({
      role: 'owner',
      updated_by: nobody,
    });

    const { items } = await ok(listNotifications({ client: guest.client }));
    expect(items.slice(0, 2).map(({ type, actor, message }) => [type, actor.username, message])).toEqual([
      ['access_revoked', 'Deleted user', 'Deleted user left “Team Meeting”'],
      [
        'ownership_transferred',
        'Deleted user',
        `Deleted user transferred ownership of “Team Meeting” to ${old.username}`,
      ],
    ]);
    await ok(updateEvent({ client: old.client, path: { id: edited.id }, body: { title: 'Mine now' } }));
  });

  it('removes them from the events of others, even in the trash, and from the names in their history', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await createMeeting(ana);
    await share(ana, id, ben, 'editor');
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'By Ben' } }));
    const gone = await createMeeting(ana, hourOn(1));
    await share(ana, gone.id, ben, 'viewer');
    await done(deleteEvent({ client: ana.client, path: { id: gone.id } }));

    await erase(ben);
    expect(await peopleOn(ana, id)).toEqual(['ana owner']);
    await ok(restoreEvent({ client: ana.client, path: { id: gone.id }, body: {} }));
    expect(await peopleOn(ana, gone.id)).toEqual(['ana owner']);
    const { items: versions } = await ok(listVersions({ client: ana.client, path: { id } }));
    expect(versions.map(({ author }) => author.username)).toEqual(['Deleted user', ana.username]);
    const { items: changes } = await ok(listChangelog({ client: ana.client, path: { id } }));
    expect(changes.map(({ kind, summary }) => [kind, summary])).toEqual([
      ['created', expect.stringMatching(/^Created “/)],
      ['shared', 'Shared with Deleted user as an editor'],
      ['updated', expect.stringContaining('By Ben')],
      ['revoked', 'Left the event (was editor)'],
    ]);
    const query = { as_of: changes[2]!.at };
    const then = await ok(listPermissions({ client: ana.client, path: { id }, query }));
    expect(then.items.map(({ username }) => username)).toEqual([ana.username, 'Deleted user']);
  });

  it('frees name and e-mail for a person who sees nothing of the erased account', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await createMeeting(ana);
    await share(ana, id, ben, 'editor');
    await createMeeting(ben);
    await erase(ben);
    const find = (query: object): Promise<{ items: { id: string }[] }> => ok(findUsers({ client: ana.client, query }));
    for (const query of [{ username: ben.username }, { email: ben.email }, { username: 'Deleted user' }]) {
      expect(await find(query)).toEqual({ items: [] });
    }
    const unknown = await refused(
      shareEvent({ client: ana.client, path: { id }, body: { users: [{ user_id: ben.id, role: 'viewer' }] } }),
    );
    expect(complaints(unknown)).toEqual(['/users/0 unknown_person']);

    const { username, email } = ben;
    const body = { username, email, password: 'another secret 9' };
    const { user, access_token } = await ok(register({ client: app.client(), body }));
    expect(user.id).not.toBe(ben.id);
    const client = app.client(access_token);
    expect((await ok(listEvents({ client }))).items).toEqual([]);
    expect((await ok(listEvents({ client, query: { deleted: true } }))).items).toEqual([]);
    expect(await ok(listNotifications({ client }))).toMatchObject({ items: [], unread_count: 0 });
    expect((await getEvent({ client, path: { id } })).response.status).toBe(404);
    expect(await find({ username })).toMatchObject({ items: [{ id: user.id }] });

    // Two people of the same name, one after the other, are both gone then.
    await done(eraseMe({ client, body: { password: body.password } }));
    expect(await tracesOf(username)).toEqual([]);
  });

  it('happens once, even when requested twice', async () => {
    const ben = await app.signUp('ben');
    const ana = await app.signUp('ana');
    const { id } = await createMeeting(ben);
    await share(ben, id, ana, 'viewer');
    const answers = await Promise.all(
      [1, 2, 3, 4].map(
        async () => (await eraseMe({ client: ben.client, body: { password: PASSWORD } })).response.status,
      ),
    );
    expect(answers.filter((status) => status === 204).length).toBeGreaterThanOrEqual(1);
    expect(answers.every((status) => [204, 401].includes(status))).toBe(true);
    const kinds = await app.database.query<{ kind: string }>(
      `SELECT kind FROM member_changes WHERE event_id = $1 ORDER BY position`,
      [id],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['shared', 'ownership_transferred', 'revoked']);
  });

  it('is finished later when it was interrupted, or when an event was shared meanwhile', async () => {
    const [ben, ana] = [await app.signUp('ben'), await app.signUp('ana')];
    const { id } = await createMeeting(ben);
    await share(ben, id, ana, 'viewer');
    const other = await createMeeting(ana, hourOn(1));
    await share(ana, other.id, ben, 'editor');
    // As a server leaves it that is killed after the first step.
    await app.database.query(
      `UPDATE users SET username = 'Deleted user', email = id || '@deleted.invalid', erased_at = now() WHERE id = $1`,
      [ben.id],
    );
    expect((await getMe({ client: ben.client })).response.status).toBe(401);
    await app.app.get(ErasedOwnersService).finish();
    expect(await peopleOn(ana, id)).toEqual(['ana owner']);
    expect(await peopleOn(ana, other.id)).toEqual(['ana owner']);
    await app.app.get(ErasedOwnersService).finish();
    expect(await versionsOf(app.database, id)).toEqual(['1 created']);
  });

  it('goes on behind very many events that cannot be left, and leaves those when they can', async () => {
    const ben = await app.signUp('ben');
    const create = (title: string, count: number): Promise<unknown> => {
      const events = Array.from({ length: count }, (_, n) => ({ title, show_as: 'free' as const, ...hourOn(n) }));
      return ok(createEvents({ client: ben.client, body: { events } }));
    };
    await create('Stuck', 101);
    await create('Free', 2);
    const kept = (): Promise<{ title: string; count: number }[]> =>
      app.database.query(
        `SELECT e.title, count(*)::int AS count FROM events e JOIN event_permissions p ON p.event_id = e.id
          WHERE p.user_id = $1 AND e.deleted_at IS NULL GROUP BY 1 ORDER BY 1`,
        [ben.id],
      );
    await app.database.query(`
      CREATE FUNCTION stay_stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stuck'; END $$;
      CREATE TRIGGER stay_stuck BEFORE UPDATE ON events FOR EACH ROW
        WHEN (OLD.title = 'Stuck') EXECUTE FUNCTION stay_stuck()`);
    try {
      await erase(ben);
      expect(await kept()).toEqual([{ title: 'Stuck', count: 101 }]);
    } finally {
      await app.database.query('DROP TRIGGER stay_stuck ON events; DROP FUNCTION stay_stuck()');
    }
    await app.app.get(ErasedOwnersService).finish();
    expect(await kept()).toEqual([]);
  });
});

describe('the account of the server itself', () => {
  it('lets nobody in', async () => {
    const body = { username: 'convene-system', password: '!' };
    expect((await login({ client: app.client(), body })).response.status).toBe(401);
  });
});
