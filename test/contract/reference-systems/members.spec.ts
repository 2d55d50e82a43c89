import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainClient, type PlainPerson } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';

describe('members of an event, as the reference systems document them', () => {
  let server: RunningServer;
  let client: PlainClient;
  let ana: PlainPerson;
  let ben: PlainPerson;
  let cem: PlainPerson;
  let event: string;

  beforeAll(async () => {
    // The reference systems look addresses up. Here that is a setting: without it, an address is invited.
    server = await startServer({ USER_LOOKUP: 'email' });
    client = new PlainClient(server.url);
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    [ana, ben, cem] = [await client.signUp('ana'), await client.signUp('ben'), await client.signUp('cem')];
    const body = { title: 'Team Meeting', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
    const created = await client.call<{ id: string }>('POST', '/api/events', { token: ana.token, body });
    event = `/api/events/${created.body.id}`;
  });

  const share = (body: unknown, who = ana) => client.call('POST', `${event}/share`, { token: who.token, body });
  const change = (userId: string, role: string, who = ana) =>
    client.call('PUT', `${event}/permissions/${userId}`, { token: who.token, body: { role } });
  const roles = async (who = ana): Promise<Record<string, string>> => {
    const path = `${event}/permissions`;
    const { body } = await client.call<{ items: { username: string; role: string }[] }>('GET', path, {
      token: who.token,
    });
    return Object.fromEntries(body.items.map(({ username, role }) => [username, role]));
  };

  it.each([
    ['{users: […]} by id', (person: PlainPerson) => ({ users: [{ user_id: person.id, role: 'editor' }] })],
    ['a list, by name, the role in capitals', (person: PlainPerson) => [{ username: person.username, role: 'EDITOR' }]],
    ['one object, by e-mail', (person: PlainPerson) => ({ email: person.email, role: 'Editor' })],
  ])('POST /api/events/{id}/share takes %s', async (_kind, bodyFor) => {
    const { status, body } = await share(bodyFor(ben));
    expect(status).toBe(200);
    const granted = { granted_by: { id: ana.id, username: ana.username }, granted_at: expect.any(String) };
    expect(body).toEqual({
      items: [
        { user_id: ana.id, username: ana.username, role: 'owner', ...granted },
        { user_id: ben.id, username: ben.username, role: 'editor', ...granted },
      ],
      invitations: [],
    });
    const seen = await client.call('GET', event, { token: ben.token });
    expect(seen).toMatchObject({ status: 200, body: { role: 'editor', can: ['read', 'edit'] } });
  });

  it('POST /api/events/{id}/share adds nobody when one entry is invalid', async () => {
    const users = [
      { user_id: ben.id, role: 'viewer' },
      { user_id: randomUUID(), role: 'viewer' },
    ];
    expect(await share({ users })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/users/1' }] } });
    expect(await roles()).toEqual({ [ana.username]: 'owner' });
    expect((await client.call('GET', event, { token: ben.token })).status).toBe(404);
  });

  it('GET /api/events/{id}/permissions lists the members to every member, and to nobody else', async () => {
    await share({ users: [{ user_id: ben.id, role: 'viewer' }] });
    const all = { [ana.username]: 'owner', [ben.username]: 'viewer' };
    expect(await roles()).toEqual(all);
    expect(await roles(ben)).toEqual(all);
    expect((await client.call('GET', `${event}/permissions`, { token: cem.token })).status).toBe(404);
  });

  it('PUT /api/events/{id}/permissions/{user} changes what a person may do', async () => {
    await share({ users: [{ user_id: ben.id, role: 'viewer' }] });
    const edit = () => client.call('PUT', event, { token: ben.token, body: { title: 'Changed by Ben' } });
    expect((await edit()).status).toBe(403);
    expect((await change(ben.id, 'EDITOR')).status).toBe(200);
    expect((await edit()).status).toBe(200);
    expect((await change(ben.id, 'editor', ben)).status).toBe(403);
    expect((await change(cem.id, 'editor')).status).toBe(404);
    expect(await roles()).toEqual({ [ana.username]: 'owner', [ben.username]: 'editor' });
  });

  it('PUT /api/events/{id}/permissions/{user} transfers the ownership; there is always one owner', async () => {
    await share({ users: [{ user_id: ben.id, role: 'viewer' }] });
    expect((await change(ana.id, 'viewer')).status).toBe(409);
    expect((await change(ben.id, 'owner')).status).toBe(200);
    expect(await roles()).toEqual({ [ana.username]: 'editor', [ben.username]: 'owner' });
    expect((await client.call('DELETE', event, { token: ana.token })).status).toBe(403);
    expect((await client.call('DELETE', event, { token: ben.token })).status).toBe(204);
  });

  it('DELETE /api/events/{id}/permissions/{user} removes a person at once, and anybody may leave', async () => {
    await share({ users: [ben, cem].map(({ id: user_id }) => ({ user_id, role: 'editor' })) });
    const remove = (userId: string, who: PlainPerson) =>
      client.call('DELETE', `${event}/permissions/${userId}`, { token: who.token });
    expect((await remove(cem.id, ben)).status).toBe(403);
    expect(await remove(ben.id, ana)).toMatchObject({ status: 204, body: undefined });
    for (const path of [event, `${event}/history`, `${event}/permissions`]) {
      expect((await client.call('GET', path, { token: ben.token })).status).toBe(404);
    }
    expect((await remove(cem.id, cem)).status).toBe(204);
    expect((await remove(ana.id, ana)).status).toBe(409);
    expect(await roles()).toEqual({ [ana.username]: 'owner' });
  });
});
