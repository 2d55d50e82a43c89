import { setImmediate as turn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getMe, login, logout, refresh } from '../../sdk/generated/sdk.gen.js';
import { AccessTokens } from '../../src/auth/access-tokens.js';
import { RefreshTokens } from '../../src/auth/refresh-tokens.js';
import { SessionsService } from '../../src/auth/sessions.service.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { atOnce, outcome, type Outcome, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let database: TestDatabase;
let app: TestApp;
let other: TestApp;
let ana: Person;
beforeAll(async () => {
  database = await createDatabase();
  [app, other] = [await startApp({}, database), await startApp({}, database)];
  ana = await app.signUp('ana');
});
afterAll(async () => {
  await Promise.all([app.close(), other.close()]);
  await database.drop();
});

const redeem = (server: TestApp, token: string): Promise<Outcome> =>
  outcome(refresh({ client: server.client(), body: { refresh_token: token } }));

describe('200 refresh tokens, each redeemed by 8 parallel requests on two servers', () => {
  it('have one successor each', async () => {
    // As a login would make them, without 200 password hashes.
    const [sessions, tokens] = [app.app.get(SessionsService), app.app.get(RefreshTokens)];
    const started = await app.app
      .get(Transactions)
      .run(NO_REQUEST, async (tx) => Array.from({ length: 200 }, () => sessions.start(tx, ana.id, 'signed_in')));
    const limit = pLimit(8);
    const rounds = await Promise.all(
      started.map(({ id }) =>
        limit(() => {
          const token = tokens.issue({ sessionId: id, count: 0 });
          return atOnce(8, (index) => redeem(index % 2 ? app : other, token));
        }),
      ),
    );
    for (const answers of rounds) {
      expect(tally(answers)).toEqual({ 200: 8 });
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    }
    const ids = started.map(({ id }) => id);
    const leaves = () =>
      database.query(
        `SELECT refresh_count, ended_at IS NOT NULL AS ended, count(*)::int FROM sessions WHERE id = ANY($1) GROUP BY 1, 2`,
        [ids],
      );
    expect(await leaves()).toEqual([{ refresh_count: 1, ended: false, count: 200 }]);
    // The one leaf of each family lives, and two who have it go on together.
    const next = await Promise.all(
      rounds.map(([first]) =>
        limit(() => atOnce(2, (index) => redeem(index ? app : other, String(first!.body.refresh_token)))),
      ),
    );
    for (const answers of next) {
      expect(tally(answers)).toEqual({ 200: 2 });
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    }
    expect(await leaves()).toEqual([{ refresh_count: 2, ended: false, count: 200 }]);
  });

  it('and their successors, redeemed together: the session lives, and every answer leads to its end', async () => {
    const signedIn = await ok(
      login({ client: app.client(), body: { username: ana.username, password: ana.password } }),
    );
    const second = String((await redeem(app, signedIn.refresh_token)).body.refresh_token);
    // A tab that lost its answer, and one that goes on, at once.
    const answers = await atOnce(12, (index) =>
      redeem(index % 2 ? app : other, index < 6 ? signedIn.refresh_token : second),
    );
    expect(tally(answers)).toEqual({ 200: 12 });
    expect(new Set(answers.slice(0, 6).map(({ body }) => body.refresh_token))).toEqual(new Set([second]));
    expect(new Set(answers.slice(6).map(({ body }) => body.refresh_token)).size).toBe(1);
    for (const { body } of answers) expect((await redeem(app, String(body.refresh_token))).status).toBe(200);
  });

  it('of which an older one comes back among good ones: the session dies and no successor works', async () => {
    const signedIn = await ok(
      login({ client: app.client(), body: { username: ana.username, password: ana.password } }),
    );
    const second = await redeem(app, signedIn.refresh_token);
    const used = await redeem(app, String(second.body.refresh_token));
    const third = await redeem(app, String(used.body.refresh_token));
    // The newest good token and one that was replaced long ago, at once: whoever comes first, the theft is seen.
    const answers = await atOnce(8, (index) =>
      redeem(index % 2 ? app : other, index < 4 ? String(third.body.refresh_token) : signedIn.refresh_token),
    );
    const good = answers.filter(({ status }) => status === 200);
    expect(answers.slice(4).every(({ status }) => status === 401)).toBe(true);
    for (const { body } of good) {
      expect((await redeem(app, String(body.refresh_token))).status).toBe(401);
    }
    expect((await redeem(app, String(third.body.refresh_token))).status).toBe(401);
  });
});

describe('logout', () => {
  const signIn = () => ok(login({ client: app.client(), body: { username: ana.username, password: ana.password } }));
  const works = async (accessToken: unknown): Promise<boolean> =>
    (await outcome(getMe({ client: app.client(String(accessToken)) }))).status === 200;

  it('8 times at once answers 204 or 401, and neither token works after the first answer', async () => {
    const { access_token: accessToken, refresh_token: refreshToken } = await signIn();
    const statuses = await atOnce(8, async () => {
      const { status } = await outcome(logout({ client: app.client(accessToken), body: {} }));
      return { status, accessWorks: await works(accessToken), refreshed: await redeem(app, refreshToken) };
    });
    expect(statuses.some(({ status }) => status === 204)).toBe(true);
    for (const { status, accessWorks, refreshed } of statuses) {
      expect([204, 401]).toContain(status);
      expect({ accessWorks, refresh: refreshed.status }).toEqual({ accessWorks: false, refresh: 401 });
    }
  });

  it('against refreshes of the same session, 500 times: after its answer no token of either works', async () => {
    const [sessions, refreshTokens, accessTokens] = [
      app.app.get(SessionsService),
      app.app.get(RefreshTokens),
      app.app.get(AccessTokens),
    ];
    const race = async (round: number): Promise<{ id: string; refreshed: number }> => {
      const { id } = await app.app
        .get(Transactions)
        .run(NO_REQUEST, async (tx) => sessions.start(tx, ana.id, 'signed_in'));
      const accessToken = accessTokens.issue(ana.id, id);
      const refreshToken = refreshTokens.issue({ sessionId: id, count: 0 });
      const refresh = () => atOnce(4, (index) => redeem((round + index) % 2 ? app : other, refreshToken));
      // Sometimes the logout comes first, sometimes after some of them, and with either token.
      const begun = round % 5 === 0 ? null : refresh();
      for (let turns = (round % 10) * 8; turns > 0; turns -= 1) await turn();
      const byAccessToken = round % 2 === 0;
      const loggedOut = byAccessToken
        ? logout({ client: app.client(accessToken), body: {} })
        : logout({ client: app.client(), body: { refresh_token: refreshToken } });
      expect((await outcome(loggedOut)).status).toBe(204);
      const refreshes = begun ?? refresh();
      expect(await works(accessToken)).toBe(false);
      const answers = await refreshes;
      const good = answers.filter(({ status }) => status === 200);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(4 - good.length);
      expect(new Set(good.map(({ body }) => body.refresh_token)).size).toBeLessThanOrEqual(1);
      for (const { body } of good) expect(await works(body.access_token)).toBe(false);
      for (const token of new Set([refreshToken, ...good.map(({ body }) => String(body.refresh_token))])) {
        expect((await redeem(round % 3 ? app : other, token)).status).toBe(401);
      }
      return { id, refreshed: good.length };
    };
    const limit = pLimit(8);
    const rounds = await Promise.all(Array.from({ length: 500 }, (_, round) => limit(() => race(round))));
    const [living] = await database.query(
      `SELECT count(*) FILTER (WHERE ended_at IS NULL)::int AS living, max(refresh_count) AS rotations FROM sessions
        WHERE id = ANY($1)`,
      [rounds.map(({ id }) => id)],
    );
    expect(living).toEqual({ living: 0, rotations: 1 });
    // Both ways of winning occurred.
    expect(new Set(rounds.map(({ refreshed }) => refreshed > 0))).toEqual(new Set([true, false]));
  });

  it('is obeyed by the requests of the session that come while another server still remembers it', async () => {
    const { access_token: accessToken } = await signIn();
    const elsewhere = other.client(accessToken);
    expect((await outcome(getMe({ client: elsewhere }))).status).toBe(200);
    await outcome(logout({ client: app.client(accessToken), body: {} }));
    expect(await works(accessToken)).toBe(false);
    // Another server may honour it for the second that it caches sessions, no longer.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await outcome(getMe({ client: elsewhere }))).status).toBe(401);
  });
});
