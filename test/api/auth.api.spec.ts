import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endSession, getMe, listSessions, login, refresh, register, updateMe } from '../../sdk/generated/sdk.gen.js';
import type { RegisterBody, TokensView } from '../../sdk/generated/types.gen.js';
import { Passwords } from '../../src/auth/passwords.js';
import { complaints, done, footprint, send } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp({ accessTokenSeconds: 900 })));
afterAll(() => app.close());

const signIn = (person: Person): Promise<TokensView> =>
  ok(login({ client: app.client(), body: { username: person.username, password: person.password } }));
const renewRefused = async (token: string): Promise<string> => {
  const { status, code } = await refused(refresh({ client: app.client(), body: { refresh_token: token } }));
  return `${status} ${code}`;
};
const statusOfMe = async (accessToken: string): Promise<number> => {
  const { response } = await getMe({ client: app.client(accessToken) });
  return response.status;
};
const liveSessions = async (person: Person): Promise<number> =>
  (await app.database.query(`SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL`, [person.id])).length;

describe('POST /api/auth/register', () => {
  const account = { username: 'testuser', email: 'test@example.com', password: PASSWORD };
  const signUp = (body: object): ReturnType<typeof register> =>
    register({ client: app.client(), body: body as RegisterBody });

  it('signs a new person up and in', async () => {
    const tokens = await ok(signUp({ ...account, time_zone: 'europe/paris' }));
    expect(tokens).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      user: {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        username: 'testuser',
        email: 'test@example.com',
        role: 'user',
        email_verified: false,
        pending_email: null,
        time_zone: 'Europe/Paris',
        created_at: expect.any(String),
      },
    });
    expect(await ok(getMe({ client: app.client(tokens.access_token) }))).toEqual(tokens.user);
  });

  it('stores the password as an Argon2id hash and nowhere else', async () => {
    const ana = await app.signUp('ana');
    const [row] = await app.database.query<{ text: string }>(`SELECT u::text AS text FROM users u WHERE id = $1`, [
      ana.id,
    ]);
    expect(row!.text).toContain('$argon2id$');
    expect(row!.text).not.toContain(PASSWORD);
  });

  it('refuses a name that somebody has in any case, and does not reveal an address', async () => {
    const ana = await app.signUp('ana');
    const before = await footprint(app.database);
    const username = ana.username.toUpperCase();
    for (const email of ['fresh@example.com', ana.email, ana.email.toUpperCase()]) {
      const problem = await refused(signUp({ ...account, username, email }));
      expect(problem).toMatchObject({ status: 409, code: 'name_taken' });
      expect(complaints(problem)).toEqual(['/username taken']);
    }
    expect(await footprint(app.database)).toEqual(before);
  });

  it('lets one of several who want a name at once have it', async () => {
    const names = Array.from({ length: 6 }, (_, index) => ({
      username: 'wanted',
      email: `wanted${index}@example.com`,
    }));
    const answers = await Promise.all(names.map((name) => signUp({ ...account, ...name })));
    expect(answers.map(({ response }) => response.status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it.each([
    [{ password: 'password1' }, '/password too_common'],
    [{ password: 'A-New-Name' }, '/password too_common'],
    [{ password: 'convene1' }, '/password too_common'],
    [{ password: '11111112' }, '/password too_common'],
    [{ password: 'short 7' }, '/password too_short'],
    [{ password: 'x'.repeat(129) }, '/password too_long'],
    [{ username: 'ab' }, '/username too_short'],
    [{ username: 'a'.repeat(81) }, '/username too_long'],
    [{ username: 'Adm1n_' }, '/username reserved'],
    [{ username: 'two words' }, '/username invalid'],
    [{ username: 'ana@home' }, '/username invalid'],
    [{ username: 'änne' }, '/username invalid'],
    [{ username: 'ana\n' }, '/username invalid'],
    [{ email: 'nobody' }, '/email invalid'],
    [{ email: '"a\r\nBcc: b"@example.com' }, '/email invalid'],
    [{ email: '"b@example.com, a"@example.com' }, '/email invalid'],
    [{ time_zone: 'Mars/Olympus' }, '/time_zone unknown_time_zone'],
    [{ role: 'admin' }, '/role unknown_field'],
    [{ id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' }, '/id unknown_field'],
    [{ username: undefined }, '/username required'],
  ])('refuses %j', async (wrong, complaint) => {
    const before = await footprint(app.database);
    const fresh = { ...account, username: 'a-new-name', email: 'new@example.com' };
    const problem = await refused(signUp({ ...fresh, ...wrong }));
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(complaints(problem)).toEqual([complaint]);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('reports everything that is wrong at once', async () => {
    const problem = await refused(signUp({ username: '!', email: '!' }));
    expect(complaints(problem).map((text) => text.split(' ')[0])).toEqual(['/username', '/email', '/password']);
    const taste = await refused(signUp({ ...account, username: 'root', password: 'convene1', time_zone: 'Nowhere' }));
    expect(complaints(taste)).toEqual(['/username reserved', '/password too_common', '/time_zone unknown_time_zone']);
    expect(taste.errors![1]).toMatchObject({ message: expect.stringContaining('easy to guess') });
  });

  it('accepts a weak password nowhere else, and still signs in a person who has one', async () => {
    const ana = await app.signUp('ana');
    const passwordHash = await app.app.get(Passwords).hash('password1');
    await app.database.query(`UPDATE users SET username = 'root', password_hash = $2 WHERE id = $1`, [
      ana.id,
      passwordHash,
    ]);
    const body = { username: 'root', password: 'password1' };
    const { user, access_token: token } = await ok(login({ client: app.client(), body }));
    expect(user).toMatchObject({ id: ana.id, username: 'root' });
    const change = { password: 'password2', current_password: 'password1' };
    const problem = await refused(updateMe({ client: app.client(token), body: change }));
    expect(complaints(problem)).toEqual(['/password too_common']);
  });
});

describe('POST /api/auth/login', () => {
  it('knows a person by name or e-mail, in any case, and starts a session each time', async () => {
    const ana = await app.signUp('ana');
    const { username, email, password } = ana;
    const names = [
      { username },
      { username: username.toUpperCase() },
      { username: email },
      { email: email.toUpperCase() },
    ];
    for (const name of names) {
      const { user } = await ok(login({ client: app.client(), body: { ...name, password } }));
      expect(user.id).toBe(ana.id);
    }
    expect(await liveSessions(ana)).toBe(5);
  });

  it('takes the OAuth 2.0 form', async () => {
    const { username, password } = await app.signUp('ana');
    const body = new URLSearchParams({ grant_type: 'password', username, password, scope: '' });
    const { status, json } = await send(app, '/api/auth/login', { body });
    expect([status, json.user.username]).toEqual([200, username]);
  });

  it('takes JSON under the form type that `curl -d` announces', async () => {
    const { username, password } = await app.signUp('ana');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signedIn = await send(app, '/api/auth/login', { body: { username, password }, headers });
    expect(signedIn.status).toBe(200);
    const account = { username: 'curl-user', email: 'curl@example.com', password };
    expect(await send(app, '/api/auth/register', { body: account, headers })).toMatchObject({ status: 201 });
  });

  it('answers an unknown name and a wrong password alike, and starts nothing', async () => {
    const ana = await app.signUp('ana');
    const wrong = await refused(
      login({ client: app.client(), body: { username: ana.username, password: 'not my password' } }),
    );
    const unknown = await refused(login({ client: app.client(), body: { username: 'nobody', password: PASSWORD } }));
    expect(wrong).toMatchObject({ status: 401, code: 'wrong_credentials' });
    expect({ ...unknown, request_id: '' }).toEqual({ ...wrong, request_id: '' });
    expect(await liveSessions(ana)).toBe(1);
  });

  it('wants a name and a password', async () => {
    const client = app.client();
    expect(complaints(await refused(login({ client, body: { password: PASSWORD } })))).toEqual(['/username required']);
    expect(complaints(await refused(login({ client, body: { username: 'ana' } as never })))).toEqual([
      '/password required',
    ]);
  });
});

describe('/api/auth/sessions', () => {
  it('lists the devices with the present one marked', async () => {
    const ana = await app.signUp('ana');
    const headers = { 'user-agent': 'Browser of the other device' };
    await send(app, '/api/auth/login', { body: { username: ana.username, password: ana.password }, headers });
    const { items } = await ok(listSessions({ client: ana.client }));
    expect(items).toHaveLength(2);
    expect(items.find((session) => session.current)).toMatchObject({ address: '127.0.0.1' });
    const other = items.find((session) => !session.current)!;
    expect(other).toMatchObject({ user_agent: 'Browser of the other device', created_at: other.last_used_at });
    const lived = Date.parse(other.expires_at) - Date.parse(other.created_at);
    expect(Math.round(lived / 86_400_000)).toBe(30);
  });

  it('ends one of them, tokens and all', async () => {
    const ana = await app.signUp('ana');
    const elsewhere = await signIn(ana);
    const { items } = await ok(listSessions({ client: ana.client }));
    const id = items.find((session) => !session.current)!.id;
    await done(endSession({ client: ana.client, path: { id } }));
    expect(await statusOfMe(elsewhere.access_token)).toBe(401);
    expect(await renewRefused(elsewhere.refresh_token)).toBe('401 refresh_token_invalid');
    expect((await ok(listSessions({ client: ana.client }))).items).toHaveLength(1);
    expect(await refused(endSession({ client: ana.client, path: { id } }))).toMatchObject({ status: 404 });
  });

  it('hides the sessions of others', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const [session] = (await ok(listSessions({ client: ben.client }))).items;
    expect(await refused(endSession({ client: ana.client, path: { id: session!.id } }))).toMatchObject({ status: 404 });
    expect(await statusOfMe(ben.accessToken)).toBe(200);
  });
});

describe('PATCH /api/auth/me', () => {
  it('changes the time zone, and the next request sees it', async () => {
    const ana = await app.signUp('ana');
    const changed = await ok(updateMe({ client: ana.client, body: { time_zone: 'asia/tokyo' } }));
    expect(changed.time_zone).toBe('Asia/Tokyo');
    const body = { title: 'x', start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
    const { json } = await send(app, '/api/events', { as: ana, body });
    expect(json).toMatchObject({ time_zone: 'Asia/Tokyo', start_time: '2026-06-01T01:00:00Z' });
  });

  it('changes the e-mail with the current password', async () => {
    const ana = await app.signUp('ana');
    const email = `new-${ana.email}`;
    await ok(updateMe({ client: ana.client, body: { email, current_password: ana.password } }));
    await ok(login({ client: app.client(), body: { email, password: ana.password } }));
    await refused(login({ client: app.client(), body: { email: ana.email, password: ana.password } }));
  });

  it('changes the password and ends the other sessions', async () => {
    const ana = await app.signUp('ana');
    const elsewhere = await signIn(ana);
    const password = 'battery staple 8';
    await ok(updateMe({ client: ana.client, body: { password, current_password: ana.password } }));
    expect(await statusOfMe(ana.accessToken)).toBe(200);
    expect(await statusOfMe(elsewhere.access_token)).toBe(401);
    expect(await renewRefused(elsewhere.refresh_token)).toBe('401 refresh_token_invalid');
    const { username } = ana;
    const old = await refused(login({ client: app.client(), body: { username, password: ana.password } }));
    expect(old.status).toBe(401);
    await ok(login({ client: app.client(), body: { username, password } }));
  });

  it('changes nothing when anything is refused', async () => {
    const ana = await app.signUp('ana');
    const current_password = ana.password;
    const cases: [object, number, string][] = [
      [{ password: 'battery staple 8' }, 422, '/current_password required'],
      [{ email: 'other@example.com' }, 422, '/current_password required'],
      [{ password: 'battery staple 8', current_password: 'wrong' }, 422, '/current_password wrong_password'],
      [{ password: 'password1', current_password }, 422, '/password too_common'],
      [{ time_zone: 'Mars/Olympus' }, 422, '/time_zone unknown_time_zone'],
      [{ time_zone: 'Asia/Tokyo', password: ana.username, current_password }, 422, '/password too_common'],
      [{ username: 'another' }, 422, '/username unknown_field'],
      [{ role: 'admin' }, 422, '/role unknown_field'],
    ];
    const before = await ok(getMe({ client: ana.client }));
    for (const [body, status, complaint] of cases) {
      const problem = await refused(updateMe({ client: ana.client, body }));
      expect([problem.status, ...complaints(problem)]).toEqual([status, complaint]);
    }
    expect(await ok(getMe({ client: ana.client }))).toEqual(before);
    await signIn(ana);
  });
});
