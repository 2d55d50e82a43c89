import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getMe, login, logout, refresh } from '../../sdk/generated/sdk.gen.js';
import { RefreshTokens } from '../../src/auth/refresh-tokens.js';
import { SessionsService } from '../../src/auth/sessions.service.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { atOnce, outcome, type Outcome, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let database: TestDatabase;
let app: TestApp;
let other: TestApp;
let ana: Person;
beforeAll(async () => {
  database = await createDatabase();
  // However busy the machine is: 64 requests at once wait for one row each eight.
  const patient = { databaseWaitSeconds: 60 };
  [app, other] = [await startApp(patient, database), await startApp(patient, database)];
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
    const device = { address: null, userAgent: null };
    const started = await app.app
      .get(Transactions)
      .run(async (tx) => Array.from({ length: 200 }, () => sessions.start(tx, ana.id, device)));
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
    const stored = await database.query(
      `SELECT refresh_count, ended_at IS NOT NULL AS ended, count(*)::int FROM sessions WHERE id = ANY($1) GROUP BY 1, 2`,
      [started.map(({ id }) => id)],
    );
    expect(stored).toEqual([{ refresh_count: 1, ended: false, count: 200 }]);
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

  it('against refreshes of the same session: after its answer no token of either works', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { access_token: accessToken, refresh_token: refreshToken } = await signIn();
      const refreshes = atOnce(6, (index) => redeem(index % 2 ? app : other, refreshToken));
      const { status } = await outcome(logout({ client: app.client(accessToken), body: {} }));
      expect(status).toBe(204);
      expect(await works(accessToken)).toBe(false);
      expect((await redeem(app, refreshToken)).status).toBe(401);
      for (const { status: refreshed, body } of await refreshes) {
        expect([200, 401]).toContain(refreshed);
        if (refreshed !== 200) continue;
        expect(await works(body.access_token)).toBe(false);
        expect((await redeem(other, String(body.refresh_token))).status).toBe(401);
      }
    }
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
