import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUsers, getMe, login, register, updateMe } from '../../sdk/generated/sdk.gen.js';
import type { TokensView } from '../../sdk/generated/types.gen.js';
import { createMeeting } from '../support/meetings.js';
import { complaints, send } from '../support/requests.js';
import { ok, PASSWORD, refused, startApp, type TestApp } from '../support/test-app.js';

const OTHER_PASSWORD = 'battery staple 8';
const unused = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;
const newcomer = (email: string, password = OTHER_PASSWORD): { username: string; email: string; password: string } => ({
  username: unused('eve'),
  email,
  password,
});

describe('an e-mail address of somebody else', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startApp()));
  afterAll(() => app.close());

  const signUp = (account: object): ReturnType<typeof send> => send(app, '/api/auth/register', { body: account });
  /** What a stranger can see of a response: without what is random in each. */
  const visible = ({ status, headers, json }: Awaited<ReturnType<typeof send>>): object => ({
    status,
    headers: [...headers.keys()].sort(),
    json: {
      ...json,
      access_token: '',
      refresh_token: '',
      user: { ...json.user, id: '', username: '', email: '', created_at: '' },
    },
  });

  it('finds nobody, whether somebody has it or not', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    for (const email of [ben.email, ana.email, 'nobody@example.com', 'no address']) {
      expect(await ok(findUsers({ client: ana.client, query: { email } }))).toEqual({ items: [] });
    }
    const { items } = await ok(findUsers({ client: ana.client, query: { username: ben.username } }));
    expect(items).toEqual([{ id: ben.id, username: ben.username }]);
  });

  it('registers like one that is free, and signs in the account that names it', async () => {
    const ana = await app.signUp('ana');
    const [free, taken] = [newcomer(`${unused('free')}@example.com`), newcomer(ana.email.toUpperCase())];
    const [one, other] = [await signUp(free), await signUp(taken)];
    expect(other.status).toBe(201);
    expect(visible(other)).toEqual(visible(one));
    for (const { username, email, password } of [free, taken]) {
      for (const name of [{ username }, { username: email }, { email }]) {
        const { user } = await ok(login({ client: app.client(), body: { ...name, password } }));
        expect(user).toMatchObject({ username, email });
      }
    }
    const holder = await ok(login({ client: app.client(), body: { email: ana.email, password: PASSWORD } }));
    expect(holder.user.id).toBe(ana.id);
  });

  it('is accepted by a change of the account like one that is free', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const body = { email: ana.email, current_password: ben.password };
    expect(await ok(updateMe({ client: ben.client, body }))).toMatchObject({ id: ben.id, email: ana.email });
    // Both have the same password: the account that holds the address is meant.
    const { user } = await ok(login({ client: app.client(), body: { email: ana.email, password: PASSWORD } }));
    expect(user.id).toBe(ana.id);
    expect((await ok(getMe({ client: ben.client }))).email).toBe(ana.email);
  });

  it('shares nothing on a server that sends no mails, like one that nobody has', async () => {
    const [owner, ana] = [await app.signUp('owner'), await app.signUp('ana')];
    const { id } = await createMeeting(owner, { show_as: 'free' });
    for (const email of [ana.email, owner.email, 'nobody@example.com']) {
      const { status, json } = await send(app, `/api/events/${id}/share`, {
        as: owner,
        body: { email, role: 'viewer' },
      });
      expect([status, ...complaints(json)]).toEqual([422, ' not_available']);
    }
  });

  it('belongs to the next account once its holder has another, and never to two', async () => {
    const ana = await app.signUp('ana');
    const eve: TokensView = (await signUp(newcomer(ana.email))).json;
    const moved = { email: `${unused('moved')}@example.com`, current_password: PASSWORD };
    await ok(updateMe({ client: ana.client, body: moved }));
    const again = { email: ana.email, current_password: OTHER_PASSWORD };
    await ok(updateMe({ client: app.client(eve.access_token), body: again }));
    await ok(updateMe({ client: ana.client, body: { email: ana.email, current_password: PASSWORD } }));
    const rows = await app.database.query(`SELECT id, holds_email AS holds FROM users WHERE email = $1`, [ana.email]);
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: eve.user.id, holds: true },
        { id: ana.id, holds: false },
      ]),
    );
  });
});

describe('an e-mail address of somebody else, with USER_LOOKUP=email', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startApp({ userLookup: 'email' })));
  afterAll(() => app.close());

  it('is refused at registration and in a change, with a pointer to each value that is taken', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const [username, email] = [ana.username.toUpperCase(), ana.email.toUpperCase()];
    const cases: [object, string[]][] = [
      [newcomer(email), ['/email taken']],
      [{ ...newcomer(email), username }, ['/username taken', '/email taken']],
      [{ ...newcomer('free@example.com'), username }, ['/username taken']],
    ];
    for (const [body, pointers] of cases) {
      const problem = await refused(register({ client: app.client(), body: body as never }));
      expect([problem.status, complaints(problem)]).toEqual([409, pointers]);
    }
    const body = { email, current_password: ben.password };
    const problem = await refused(updateMe({ client: ben.client, body }));
    expect([problem.status, complaints(problem)]).toEqual([409, ['/email taken']]);
    expect((await ok(getMe({ client: ben.client }))).email).toBe(ben.email);
  });
});
