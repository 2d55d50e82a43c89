import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  deleteEvent,
  getEvent,
  listPermissions,
  listVersions,
  revokePermission,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView, PermissionsView } from '../../sdk/generated/types.gen.js';
import { createMeeting, share, versionsOf } from '../support/meetings.js';
import { complaints, done, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let cid: Person;
let event: EventView;
beforeAll(async () => {
  app = await startApp();
  [ana, ben, cid] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cid')];
});
beforeEach(async () => void (event = await createMeeting(ana, { show_as: 'free' })));
afterAll(() => app.close());

const NOBODY = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01';

/** `name role` of everybody, without what the test app adds to the names. */
const namesAndRoles = ({ items }: PermissionsView): string[] =>
  items.map(({ username, role }) => `${username.split('-')[0]} ${role}`);
const peopleOn = async (person = ana): Promise<string[]> =>
  namesAndRoles(await ok(listPermissions({ client: person.client, path: { id: event.id } })));
const sharing = (body: unknown, person = ana): ReturnType<typeof send> =>
  send(app, `/api/events/${event.id}/share`, { as: person, body });
const changing = (person: Person, role: string, actor = ana): ReturnType<typeof changeRole> =>
  changeRole({ client: actor.client, path: { id: event.id, userId: person.id }, body: { role: role as 'viewer' } });
const revoking = (person: Person, actor = ana): ReturnType<typeof revokePermission> =>
  revokePermission({ client: actor.client, path: { id: event.id, userId: person.id } });
const notificationsOf = async (person: Person): Promise<string[]> => {
  const rows = await app.database.query<{ type: string }>(
    `SELECT type FROM notifications WHERE user_id = $1 AND event_id = $2 ORDER BY seq`,
    [person.id, event.id],
  );
  return rows.map(({ type }) => type);
};

describe('POST /api/events/:id/share', () => {
  it('takes a list of users, a bare list, or one person', async () => {
    const bodies = [
      { users: [{ user_id: ben.id, role: 'editor' }] },
      [{ username: ben.username.toUpperCase(), role: 'viewer' }],
      { username: ben.username, role: 'Editor' },
      { user_id: ben.id.toUpperCase(), role: 'VIEWER' },
    ];
    const answers: string[][] = [];
    for (const body of bodies) {
      const { status, json } = await sharing(body);
      expect(status).toBe(200);
      answers.push(namesAndRoles(json));
    }
    expect(answers).toEqual([
      ['ana owner', 'ben editor'],
      ['ana owner', 'ben viewer'],
      ['ana owner', 'ben editor'],
      ['ana owner', 'ben viewer'],
    ]);
  });

  it('returns all members, with who granted their role and when', async () => {
    const users = [
      { user_id: cid.id, role: 'viewer' as const },
      { user_id: ben.id, role: 'editor' as const },
    ];
    const { items } = await ok(shareEvent({ client: ana.client, path: { id: event.id }, body: { users } }));
    const granted_by = { id: ana.id, username: ana.username };
    expect(items).toEqual([
      { user_id: ana.id, username: ana.username, role: 'owner', granted_by, granted_at: event.created_at },
      { user_id: ben.id, username: ben.username, role: 'editor', granted_by, granted_at: expect.any(String) },
      { user_id: cid.id, username: cid.username, role: 'viewer', granted_by, granted_at: expect.any(String) },
    ]);
  });

  it('gives access at once, notifies everybody, and creates no version', async () => {
    expect(await refused(getEvent({ client: ben.client, path: { id: event.id } }))).toMatchObject({ status: 404 });
    await sharing({ user_id: ben.id, role: 'viewer' });
    expect(await ok(getEvent({ client: ben.client, path: { id: event.id } }))).toMatchObject({
      role: 'viewer',
      version: 1,
    });
    expect(await notificationsOf(ben)).toEqual(['event_shared']);
    expect(await notificationsOf(ana)).toEqual(['event_created', 'event_shared']);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created']);
  });

  it('changes the role of who is on it already, and does nothing for the same role', async () => {
    await sharing({ user_id: ben.id, role: 'viewer' });
    await sharing([
      { user_id: ben.id, role: 'editor' },
      { user_id: cid.id, role: 'viewer' },
    ]);
    expect(await notificationsOf(ben)).toEqual(['event_shared', 'event_shared', 'role_changed']);
    const before = await footprint(app.database);
    expect((await sharing({ user_id: ben.id, role: 'editor' })).status).toBe(200);
    expect(await footprint(app.database)).toEqual(before);
    expect(await peopleOn()).toEqual(['ana owner', 'ben editor', 'cid viewer']);
  });

  it('says which roles it gives, and how to transfer the ownership', async () => {
    const { json } = await sharing({ user_id: cid.id, role: 'owner' });
    expect((json.errors as { message: string }[])[0]!.message).toBe(
      'Must be one of viewer, editor. An event has one owner: to transfer the ownership, send PUT …/permissions/{userId}.',
    );
  });

  it('refuses everybody when one is wrong, and points at each in the shape that was sent', async () => {
    const good = { username: ben.username, role: 'viewer' };
    const cases: [unknown, string[]][] = [
      [{ users: [good, { username: 'nobody-at-all', role: 'viewer' }] }, ['/users/1 unknown_person']],
      [[good, { email: 'nobody@example.com', role: 'viewer' }], ['/1 not_available']],
      [{ user_id: NOBODY, role: 'viewer' }, [' unknown_person']],
      [{ users: [good, { user_id: cid.id, role: 'boss' }] }, ['/users/1/role not_allowed']],
      [[good, { user_id: cid.id }], ['/1/role required']],
      [{ ...good, role: 7 }, ['/role not_allowed']],
      [[good, { user_id: ben.id, role: 'editor' }], ['/1 duplicate']],
      [[good, { user_id: ana.id, role: 'viewer' }], ['/1 not_allowed']],
      [{ users: [good, { user_id: cid.id, role: 'owner' }] }, ['/users/1/role not_allowed']],
      [{ user_id: cid.id, role: 'OWNER' }, ['/role not_allowed']],
      [[good, { role: 'viewer' }], ['/1 required']],
      [[{ ...good, user_id: ben.id }], ['/0 required']],
      [[good, { user_id: 'ben', role: 'viewer' }], ['/1/user_id not_a_uuid']],
      [[good, { ...good, event_id: event.id }], ['/1/event_id unknown_field']],
      [{ users: [good], notify: false }, ['/notify unknown_field']],
      [{ users: [] }, ['/users too_short']],
      [[], [' too_short']],
      [{ users: {} }, ['/users invalid']],
      [
        [null, 'ben'],
        ['/0 invalid', '/1 invalid'],
      ],
    ];
    const before = await footprint(app.database);
    for (const [body, pointers] of cases) {
      const { status, json } = await sharing(body);
      expect([JSON.stringify(body), status, ...complaints(json)]).toEqual([JSON.stringify(body), 422, ...pointers]);
    }
    const several = await sharing([
      { username: 'nobody-1', role: 'viewer' },
      good,
      { username: 'nobody-2', role: 'owner' },
    ]);
    expect(complaints(several.json)).toEqual(['/0 unknown_person', '/2/role not_allowed']);
    const kinds = await sharing([
      { user_id: ana.id, role: 'viewer' },
      { username: 'nobody-at-all', role: 'viewer' },
      null,
      { ...good, role: 'boss' },
      good,
      { email: ben.email.toUpperCase(), role: 'editor' },
      { ...good, event_id: event.id },
      { email: 'nonsense', role: 'viewer' },
    ]);
    expect(complaints(kinds.json)).toEqual([
      '/0 not_allowed',
      '/1 unknown_person',
      '/2 invalid',
      '/3/role not_allowed',
      '/5 not_available',
      '/6/event_id unknown_field',
      '/7/email invalid',
    ]);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('takes 100 people a call', async () => {
    const users = Array.from({ length: 101 }, (_, index) => ({ username: `nobody-${index}`, role: 'viewer' }));
    expect(complaints((await sharing({ users })).json)).toEqual(['/users too_many']);
    expect(complaints((await sharing(users)).json)).toEqual([' too_many']);
    expect(complaints((await sharing(users.slice(1))).json)).toHaveLength(100);
  });

  it('is for the owner: 403 for who sees the event, 404 for who does not', async () => {
    await share(ana, event.id, ben, 'editor');
    const dee = await app.signUp('dee');
    const body = { user_id: dee.id, role: 'viewer' };
    expect(await sharing(body, ben)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(await sharing(body, cid)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    // Nor does a stranger learn from the errors in the list whether the event is there.
    expect(await sharing([], cid)).toMatchObject({ status: 404 });
    expect(await peopleOn()).toEqual(['ana owner', 'ben editor']);
  });

  it('stops at the most people that an event can have', async () => {
    const small = await startApp({ maxPeople: 2 }, app.database);
    const body = [
      { user_id: ben.id, role: 'viewer' },
      { user_id: cid.id, role: 'viewer' },
    ];
    const path = `/api/events/${event.id}/share`;
    const { status, json } = await send(small, path, { as: ana, body });
    expect([status, json.code]).toEqual([409, 'too_many_people']);
    expect(await peopleOn()).toEqual(['ana owner']);
    expect((await send(small, path, { as: ana, body: body.slice(1) })).status).toBe(200);
    await small.close();
  });
});

describe('GET /api/events/:id/permissions', () => {
  it('shows all members to every member, owner first', async () => {
    await share(ana, event.id, cid, 'viewer');
    await share(ana, event.id, ben, 'viewer');
    for (const person of [ana, ben, cid]) {
      expect(await peopleOn(person)).toEqual(['ana owner', 'ben viewer', 'cid viewer']);
    }
  });

  it('hides them from a stranger', async () => {
    const call = listPermissions({ client: ben.client, path: { id: event.id } });
    expect(await refused(call)).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('PUT /api/events/:id/permissions/:userId', () => {
  beforeEach(() => share(ana, event.id, ben, 'viewer'));

  it('changes a role, with effect from the next request on', async () => {
    const edit = (): ReturnType<typeof updateEvent> =>
      updateEvent({ client: ben.client, path: { id: event.id }, body: { title: 'Lunch' } });
    expect(await refused(edit())).toMatchObject({ status: 403 });
    expect(namesAndRoles(await ok(changing(ben, 'Editor')))).toEqual(['ana owner', 'ben editor']);
    expect(await ok(edit())).toMatchObject({ version: 2 });
    await ok(changing(ben, 'viewer'));
    expect(await refused(edit())).toMatchObject({ status: 403 });
    expect(await notificationsOf(ben)).toEqual(['event_shared', 'role_changed', 'event_updated', 'role_changed']);
  });

  it('does nothing for the current role', async () => {
    const before = await footprint(app.database);
    await ok(changing(ben, 'viewer'));
    await ok(changing(ana, 'owner'));
    expect(await footprint(app.database)).toEqual(before);
  });

  it('transfers the ownership: the previous owner becomes an editor', async () => {
    expect(namesAndRoles(await ok(changing(ben, 'owner')))).toEqual(['ben owner', 'ana editor']);
    const path = { id: event.id };
    expect(await ok(getEvent({ client: ben.client, path }))).toMatchObject({ role: 'owner', owner: { id: ben.id } });
    expect(await refused(deleteEvent({ client: ana.client, path }))).toMatchObject({ status: 403 });
    expect(await refused(changing(ben, 'viewer'))).toMatchObject({ status: 403 });
    for (const person of [ana, ben]) expect((await notificationsOf(person)).at(-1)).toBe('ownership_transferred');
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created']);
    await ok(changing(ana, 'owner', ben));
    expect(await peopleOn()).toEqual(['ana owner', 'ben editor']);
  });

  it('does not let the owner lower their own role', async () => {
    const before = await footprint(app.database);
    for (const role of ['editor', 'viewer']) {
      expect(await refused(changing(ana, role))).toMatchObject({ status: 409, code: 'owner_required' });
    }
    expect(await footprint(app.database)).toEqual(before);
    expect(await peopleOn()).toEqual(['ana owner', 'ben viewer']);
  });

  it('accepts only members of the event', async () => {
    for (const role of ['viewer', 'owner']) {
      expect(await refused(changing(cid, role))).toMatchObject({ status: 404, code: 'not_found' });
      expect(await refused(changing({ ...cid, id: NOBODY }, role))).toMatchObject({ status: 404 });
    }
    expect(await peopleOn()).toEqual(['ana owner', 'ben viewer']);
  });

  it('is for the owner', async () => {
    await share(ana, event.id, cid, 'editor');
    const dee = await app.signUp('dee');
    expect(await refused(changing(ben, 'editor', ben))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refused(changing(cid, 'owner', cid))).toMatchObject({ status: 403 });
    expect(await refused(changing(ben, 'editor', dee))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await peopleOn()).toEqual(['ana owner', 'ben viewer', 'cid editor']);
  });

  it('wants a role', async () => {
    const path = `/api/events/${event.id}/permissions/${ben.id}`;
    for (const [body, complaint] of [
      [{}, '/role required'],
      [{ role: 'boss' }, '/role not_allowed'],
      [{ role: 'editor', user_id: cid.id }, '/user_id unknown_field'],
    ] as const) {
      const { status, json } = await send(app, path, { as: ana, body, method: 'PUT' });
      expect([status, ...complaints(json)]).toEqual([422, complaint]);
    }
  });
});

describe('DELETE /api/events/:id/permissions/:userId', () => {
  beforeEach(() => share(ana, event.id, ben, 'editor'));

  it('removes a person, from the next request on', async () => {
    await done(revoking(ben));
    const path = { id: event.id };
    const calls: Parameters<typeof refused>[0][] = [
      getEvent({ client: ben.client, path }),
      listVersions({ client: ben.client, path }),
      updateEvent({ client: ben.client, path, body: {} }),
    ];
    for (const call of calls) {
      expect(await refused(call)).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect(await peopleOn()).toEqual(['ana owner']);
    expect((await notificationsOf(ben)).at(-1)).toBe('access_revoked');
    expect(await refused(revoking(ben))).toMatchObject({ status: 404 });
  });

  it('lets a person leave, even a viewer', async () => {
    await share(ana, event.id, cid, 'viewer');
    await done(revoking(cid, cid));
    await done(revoking(ben, ben));
    expect(await peopleOn()).toEqual(['ana owner']);
  });

  it('does not remove the owner, no matter who asks', async () => {
    expect(await refused(revoking(ana))).toMatchObject({ status: 409, code: 'owner_required' });
    expect(await refused(revoking(ana, ben))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await peopleOn()).toEqual(['ana owner', 'ben editor']);
  });

  it('lets nobody but the owner remove others', async () => {
    await share(ana, event.id, cid, 'viewer');
    const dee = await app.signUp('dee');
    expect(await refused(revoking(cid, ben))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refused(revoking(cid, dee))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await peopleOn()).toEqual(['ana owner', 'ben editor', 'cid viewer']);
  });

  it('lets the old owner leave after handing over', async () => {
    await ok(changing(ben, 'owner'));
    await done(revoking(ana, ana));
    expect(await peopleOn(ben)).toEqual(['ben owner']);
  });
});
