import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUsers } from '../../sdk/generated/sdk.gen.js';
import { createMeeting } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, PASSWORD, refused, startApp, type TestApp } from '../support/test-app.js';

describe('GET /api/users', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startApp({ userLookup: 'email' })));
  afterAll(() => app.close());

  it('finds a person by exact name or e-mail in any case, and returns only id and name', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const person = { id: ben.id, username: ben.username };
    for (const query of [{ username: ben.username.toUpperCase() }, { email: ben.email.toUpperCase() }]) {
      expect(await ok(findUsers({ client: ana.client, query }))).toEqual({ items: [person] });
    }
  });

  it('takes an address in any spelling: composed or not, with an international domain or its ASCII form', async () => {
    const ana = await app.signUp('ana');
    const spellings = ['José@bücher.example', 'jose\u0301@BU\u0308CHER.example', 'josé@xn--bcher-kva.example'];
    const account = { username: 'jose.b', password: PASSWORD };
    const { json } = await send(app, '/api/auth/register', { body: { ...account, email: spellings[1] } });
    expect(json.user.email).toBe('jos\u00e9@xn--bcher-kva.example');
    const { id } = await createMeeting(ana, { show_as: 'free' });
    for (const email of spellings) {
      expect((await ok(findUsers({ client: ana.client, query: { email } }))).items).toEqual([
        { id: json.user.id, username: 'jose.b' },
      ]);
      const login = await send(app, '/api/auth/login', { body: { username: email, password: PASSWORD } });
      expect(login.status).toBe(200);
      const taken = await send(app, '/api/auth/register', { body: { ...account, username: 'other', email } });
      expect([taken.status, ...complaints(taken.json)]).toEqual([409, '/email taken']);
      const shared = await send(app, `/api/events/${id}/share`, { as: ana, body: { email, role: 'viewer' } });
      expect(shared.json.items[1].user_id).toBe(json.user.id);
    }
  });

  it('finds nobody by a part of a name', async () => {
    const ana = await app.signUp('ana');
    expect(await ok(findUsers({ client: ana.client, query: { username: ana.username.slice(0, -1) } }))).toEqual({
      items: [],
    });
  });

  it('wants exactly one kind of name', async () => {
    const ana = await app.signUp('ana');
    const problem = await refused(findUsers({ client: ana.client, query: {} }));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/query/username', code: 'required' }] });
  });
});
