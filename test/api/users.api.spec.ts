import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUsers } from '../../sdk/generated/sdk.gen.js';
import { ok, refused, startApp, type TestApp } from '../support/test-app.js';

describe('GET /api/users', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startApp()));
  afterAll(() => app.close());

  it('finds a person by exact name or e-mail in any case, and returns only id and name', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const person = { id: ben.id, username: ben.username };
    for (const query of [{ username: ben.username.toUpperCase() }, { email: ben.email.toUpperCase() }]) {
      expect(await ok(findUsers({ client: ana.client, query }))).toEqual({ items: [person] });
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
