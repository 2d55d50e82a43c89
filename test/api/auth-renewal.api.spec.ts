import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getMe, login, logout, refresh } from '../../sdk/generated/sdk.gen.js';
import type { TokensView } from '../../sdk/generated/types.gen.js';
import { done, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp({ accessTokenSeconds: 900 })));
afterAll(() => app.close());

const signIn = (person: Person): Promise<TokensView> =>
  ok(login({ client: app.client(), body: { username: person.username, password: person.password } }));
const renew = (token: string): Promise<TokensView> =>
  ok(refresh({ client: app.client(), body: { refresh_token: token } }));
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

describe('POST /api/auth/refresh', () => {
  it('trades a token for the next one of the same session', async () => {
    const ana = await app.signUp('ana');
    const next = await renew(ana.refreshToken);
    expect(next).toMatchObject({ token_type: 'Bearer', expires_in: 900, user: { id: ana.id } });
    expect(next.refresh_token).not.toBe(ana.refreshToken);
    expect(await statusOfMe(next.access_token)).toBe(200);
    expect(await statusOfMe(ana.accessToken)).toBe(200);
    expect(await liveSessions(ana)).toBe(1);
  });

  it('gives the token just replaced the same successor again, for two tabs', async () => {
    const ana = await app.signUp('ana');
    const [first, second] = [await renew(ana.refreshToken), await renew(ana.refreshToken)];
    expect(second.refresh_token).toBe(first.refresh_token);
    expect(await statusOfMe(second.access_token)).toBe(200);
  });

  it('gives any number of parallel redemptions one successor', async () => {
    const ana = await app.signUp('ana');
    const answers = await Promise.all(Array.from({ length: 8 }, () => renew(ana.refreshToken)));
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
  });

  /** As if the last rotation of her sessions had been so many seconds earlier. */
  const waitAfterRotation = (person: Person, seconds: number): Promise<unknown> =>
    app.database.query(`UPDATE sessions SET rotated_at = rotated_at - make_interval(secs => $2) WHERE user_id = $1`, [
      person.id,
      seconds,
    ]);

  it('lets a client whose response was lost try again, however late', async () => {
    const ana = await app.signUp('ana');
    const lost = await renew(ana.refreshToken);
    await waitAfterRotation(ana, 7 * 86_400);
    const again = await renew(ana.refreshToken);
    expect(again.refresh_token).toBe(lost.refresh_token);
    const next = await renew(again.refresh_token);
    expect(await statusOfMe(next.access_token)).toBe(200);
    expect(await liveSessions(ana)).toBe(1);
  });

  it('returns the same successor for the grace after that was used, and not a newer one', async () => {
    const ana = await app.signUp('ana');
    const second = await renew(ana.refreshToken);
    const third = await renew(second.refresh_token);
    const again = await renew(ana.refreshToken);
    expect(again.refresh_token).toBe(second.refresh_token);
    expect((await renew(again.refresh_token)).refresh_token).toBe(third.refresh_token);
    expect(await liveSessions(ana)).toBe(1);
  });

  it('takes a token for stolen once its successor was used and the grace is over', async () => {
    const ana = await app.signUp('ana');
    const third = await renew((await renew(ana.refreshToken)).refresh_token);
    await waitAfterRotation(ana, 9);
    await renew(ana.refreshToken);
    await waitAfterRotation(ana, 1);
    expect(await renewRefused(ana.refreshToken)).toBe('401 refresh_token_invalid');
    expect(await renewRefused(third.refresh_token)).toBe('401 refresh_token_invalid');
    expect(await statusOfMe(third.access_token)).toBe(401);
  });

  it('takes an older token for stolen and ends the whole session', async () => {
    const ana = await app.signUp('ana');
    const third = await renew((await renew(ana.refreshToken)).refresh_token);
    const fourth = await renew(third.refresh_token);
    expect(await renewRefused(ana.refreshToken)).toBe('401 refresh_token_invalid');
    expect(await renewRefused(fourth.refresh_token)).toBe('401 refresh_token_invalid');
    for (const token of [ana.accessToken, fourth.access_token]) expect(await statusOfMe(token)).toBe(401);
    expect(await liveSessions(ana)).toBe(0);
  });

  it('ends only the session of the stolen token', async () => {
    const ana = await app.signUp('ana');
    const elsewhere = await signIn(ana);
    await renew((await renew((await renew(ana.refreshToken)).refresh_token)).refresh_token);
    await renewRefused(ana.refreshToken);
    expect(await statusOfMe(elsewhere.access_token)).toBe(200);
  });

  it('refuses what is no refresh token, and lets the session live', async () => {
    const ana = await app.signUp('ana');
    const forged = ana.refreshToken.replace(/\.0\./, '.1.');
    for (const token of [ana.accessToken, forged, 'x', `${ana.refreshToken}x`]) {
      expect(await renewRefused(token)).toBe('401 refresh_token_invalid');
    }
    expect(await statusOfMe(ana.accessToken)).toBe(200);
  });

  it('refuses a token after its 30 days', async () => {
    const ana = await app.signUp('ana');
    const [row] = await app.database.query<{ days: number }>(
      `UPDATE sessions SET expires_at = expires_at - interval '30 days' WHERE user_id = $1
       RETURNING round(extract(epoch FROM expires_at - created_at) / 86400)::int AS days`,
      [ana.id],
    );
    expect(row!.days).toBe(0);
    expect(await renewRefused(ana.refreshToken)).toBe('401 refresh_token_invalid');
  });
});

describe('POST /api/auth/logout', () => {
  it('kills access and refresh tokens of the session at once', async () => {
    const ana = await app.signUp('ana');
    const elsewhere = await signIn(ana);
    expect(await statusOfMe(ana.accessToken)).toBe(200);
    await done(logout({ client: ana.client, body: {} }));
    expect(await statusOfMe(ana.accessToken)).toBe(401);
    expect(await renewRefused(ana.refreshToken)).toBe('401 refresh_token_invalid');
    expect(await statusOfMe(elsewhere.access_token)).toBe(200);
  });

  it('ends every session of the person with `all`, and nobody else’s', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const elsewhere = await signIn(ana);
    await done(logout({ client: ana.client, body: { all: true } }));
    for (const token of [ana.accessToken, elsewhere.access_token]) expect(await statusOfMe(token)).toBe(401);
    expect(await renewRefused(elsewhere.refresh_token)).toBe('401 refresh_token_invalid');
    expect(await statusOfMe(ben.accessToken)).toBe(200);
  });

  /** Logs out as a client whose access token is this, if it has one. */
  const logoutWith = (body: object, accessToken?: string): ReturnType<typeof send> =>
    send(app, '/api/auth/logout', {
      body,
      headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
    });

  it.each([
    ['no access token', undefined],
    ['an access token that has expired', 'eyJhbGciOiJIUzI1NiJ9.e30.expired'],
  ])('takes the refresh token of a client with %s', async (_what, accessToken) => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const elsewhere = await signIn(ana);
    const body = { refresh_token: ana.refreshToken };
    expect((await logoutWith(body, accessToken)).status).toBe(204);
    expect(await statusOfMe(ana.accessToken)).toBe(401);
    expect(await renewRefused(ana.refreshToken)).toBe('401 refresh_token_invalid');
    for (const token of [elsewhere.access_token, ben.accessToken]) expect(await statusOfMe(token)).toBe(200);
    // The session has ended: there is nothing left to do.
    expect((await logoutWith(body, accessToken)).status).toBe(204);
    expect((await logoutWith({ refresh_token: elsewhere.refresh_token, all: true })).status).toBe(204);
    expect(await liveSessions(ana)).toBe(0);
    expect(await statusOfMe(ben.accessToken)).toBe(200);
  });

  it('takes a refresh token that was replaced, and both tokens together', async () => {
    const ana = await app.signUp('ana');
    const next = await renew(ana.refreshToken);
    expect((await logoutWith({ refresh_token: ana.refreshToken })).status).toBe(204);
    expect(await renewRefused(next.refresh_token)).toBe('401 refresh_token_invalid');
    const [first, second] = [await signIn(ana), await signIn(ana)];
    expect((await logoutWith({ refresh_token: second.refresh_token }, first.access_token)).status).toBe(204);
    expect(await liveSessions(ana)).toBe(0);
  });

  it('refuses a client with neither token, and what is no refresh token', async () => {
    const ana = await app.signUp('ana');
    const forged = ana.refreshToken.replace(/\.0\./, '.1.');
    const refusals: [number, string, object, string?][] = [
      [401, 'unauthenticated', {}],
      [401, 'unauthenticated', { all: true }, 'garbage'],
      [401, 'refresh_token_invalid', { refresh_token: forged }],
      [401, 'refresh_token_invalid', { refresh_token: ana.accessToken, all: true }, ana.accessToken],
      [422, 'validation_failed', { refresh_token: null }],
      [422, 'validation_failed', { refresh_token: ' '.repeat(600) }],
    ];
    for (const [status, code, body, accessToken] of refusals) {
      expect(await logoutWith(body, accessToken)).toMatchObject({ status, json: { code } });
    }
    expect(await statusOfMe(ana.accessToken)).toBe(200);
    expect(await liveSessions(ana)).toBe(1);
  });

  it('needs no body', async () => {
    const ana = await app.signUp('ana');
    expect((await send(app, '/api/auth/logout', { as: ana, method: 'POST' })).status).toBe(204);
    expect((await send(app, '/api/auth/logout', { as: ana, method: 'POST' })).status).toBe(401);
  });
});
