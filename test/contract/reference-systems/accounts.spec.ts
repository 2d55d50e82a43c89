import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, PlainClient } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

describe('accounts, as the reference systems document them', () => {
  let server: RunningServer;
  let client: PlainClient;
  beforeAll(async () => {
    server = await startServer({ ACCESS_TOKEN_SECONDS: '900' });
    client = new PlainClient(server.url);
  });
  afterAll(() => server.stop());

  const TOKENS = {
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 900,
  };

  it('POST /api/auth/register makes an account and signs it in', async () => {
    const body = { username: 'ana', email: 'ana@example.com', password: PASSWORD };
    const answer = await client.call<Tokens>('POST', '/api/auth/register', { body });
    expect(answer.status).toBe(201);
    const user = {
      username: 'ana',
      email: 'ana@example.com',
      email_verified: false,
      pending_email: null,
      role: 'user',
      time_zone: 'UTC',
    };
    expect(answer.body).toMatchObject({ ...TOKENS, user });
    expect(JSON.stringify(answer.body)).not.toContain(PASSWORD);
    expect((await client.call('GET', '/api/events', { token: answer.body.access_token })).status).toBe(200);

    const again = await client.call('POST', '/api/auth/register', { body });
    expect(again).toMatchObject({ status: 409, body: { errors: [{ pointer: '/username' }] } });
  });

  it('POST /api/auth/login takes name or e-mail, as JSON or as the OAuth 2.0 form', async () => {
    const { username, email, id } = await client.signUp('ben');
    for (const body of [
      { username, password: PASSWORD },
      { username: email, password: PASSWORD },
      { email, password: PASSWORD },
      new URLSearchParams({ username, password: PASSWORD }),
      new URLSearchParams({ grant_type: 'password', username: email, password: PASSWORD, scope: '' }),
    ]) {
      const answer = await client.call('POST', '/api/auth/login', { body });
      expect(answer).toMatchObject({ status: 200, body: { ...TOKENS, user: { id, username } } });
    }
  });

  it('POST /api/auth/login gives the same error for a wrong password and for an unknown name', async () => {
    const { username } = await client.signUp('ben');
    const attempts = [
      { username, password: 'not the password' },
      { username: 'nobody-has-this-name', password: PASSWORD },
    ];
    const answers = await Promise.all(attempts.map((body) => client.call<object>('POST', '/api/auth/login', { body })));
    for (const { status, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(headers.get('www-authenticate')).toContain('Bearer');
    }
    const [one, other] = answers.map(({ body }) => ({ ...body, request_id: null }));
    expect(one).toEqual(other);
  });

  it('POST /api/auth/refresh trades the refresh token for new ones, once', async () => {
    const { refreshToken, token } = await client.signUp('cem');
    const refresh = (refresh_token: string) =>
      client.call<Tokens>('POST', '/api/auth/refresh', { body: { refresh_token } });
    const first = await refresh(refreshToken);
    expect(first).toMatchObject({ status: 200, body: TOKENS });
    expect(first.body.refresh_token).not.toBe(refreshToken);
    expect((await client.call('GET', '/api/events', { token: first.body.access_token })).status).toBe(200);

    const second = await refresh(first.body.refresh_token);
    expect(second.status).toBe(200);
    const third = await refresh(second.body.refresh_token);
    expect(third.status).toBe(200);
    // The successor of its successor was used: somebody else has it. The whole session ends.
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(third.body.refresh_token)).status).toBe(401);
    for (const dead of [token, first.body.access_token, second.body.access_token, third.body.access_token]) {
      expect((await client.call('GET', '/api/events', { token: dead })).status).toBe(401);
    }
  });

  it('POST /api/auth/logout kills both tokens at once, and no other session', async () => {
    const { username, token, refreshToken } = await client.signUp('dea');
    const other = await client.call<Tokens>('POST', '/api/auth/login', { body: { username, password: PASSWORD } });
    expect(await client.call('POST', '/api/auth/logout', { token })).toMatchObject({ status: 204, body: undefined });

    expect((await client.call('GET', '/api/events', { token })).status).toBe(401);
    const refreshed = await client.call('POST', '/api/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(refreshed.status).toBe(401);
    expect((await client.call('GET', '/api/events', { token: other.body.access_token })).status).toBe(200);
  });

  it('nothing else is open without a token', async () => {
    for (const path of ['/api/events', '/api/notifications', '/api/auth/me']) {
      const answer = await client.call('GET', path);
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    }
  });
});
