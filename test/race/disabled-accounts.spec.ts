import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  disableAccount,
  enableAccount,
  login,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const ROUNDS = 12;

let database: TestDatabase;
let servers: [TestApp, TestApp];
let root: Person;
beforeAll(async () => {
  database = await createDatabase();
  // The second server hears of ended sessions only when its cache expires: the database alone refuses its writes.
  servers = [await startApp({}, database), await startApp({ sessionCacheSeconds: 60 }, database)];
  root = await servers[0].signUp('chief');
  await database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
});
afterAll(async () => {
  await expectInvariants(database);
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

/** How many entries of history a person has written. */
const countWritten = async (person: Person): Promise<number> => {
  const [row] = await database.query<{ n: number }>(
    `SELECT ((SELECT count(*) FROM event_versions WHERE author_id = $1)
           + (SELECT count(*) FROM member_changes WHERE actor_id = $1))::int AS n`,
    [person.id],
  );
  return row!.n;
};

describe('an account that is disabled while it writes on two servers', () => {
  it('has written nothing after the act', async () => {
    const [here, there] = servers;
    const guest = await here.signUp('guest');
    for (let round = 0; round < ROUNDS; round += 1) {
      const ana = await there.signUp('ana');
      const { id } = await ok(
        createEvent({ client: ana.client, body: { title: 'Plan', show_as: 'free', ...slot(1) } }),
      );
      let isOver = false;
      let accepted = 0;
      const write = async (server: TestApp, n: number): Promise<void> => {
        const client = server.client(ana.accessToken);
        const call =
          n % 3 === 0
            ? createEvent({ client, body: { title: `New ${n}`, show_as: 'free', ...slot(n) } })
            : n % 3 === 1
              ? updateEvent({ client, path: { id }, body: { title: `Plan ${round} ${n}` } })
              : shareEvent({
                  client,
                  path: { id },
                  body: { username: guest.username, role: n % 2 ? 'viewer' : 'editor' },
                });
        const { response } = await call;
        expect([200, 201, 401]).toContain(response.status);
        if (response.status < 300) accepted += 1;
      };
      const writers = servers.flatMap((server) =>
        [0, 1, 2].map(async (first) => {
          for (let n = first; !isOver; n += 1) await write(server, n);
        }),
      );
      while (accepted < 6) await new Promise((resolve) => setImmediate(resolve));
      await ok(disableAccount({ client: root.client, path: { id: ana.id } }));
      const atTheAct = await countWritten(ana);
      // Whatever is sent now is refused by the server that knows, and by the database for the other.
      await Promise.all(servers.flatMap((server) => [0, 1, 2].map((n) => write(server, n))));
      isOver = true;
      await Promise.all(writers);
      expect(await countWritten(ana)).toBe(atTheAct);
    }
  });

  it('has no session that a sign-in started meanwhile', async () => {
    const [here, there] = servers;
    for (let round = 0; round < ROUNDS; round += 1) {
      const ana = await here.signUp('ana');
      const body = { username: ana.username, password: PASSWORD };
      const signIns = [here, there, here, there].map((server) => login({ client: server.client(), body }));
      await ok(disableAccount({ client: root.client, path: { id: ana.id } }));
      const answers = await Promise.all(signIns);
      await ok(enableAccount({ client: root.client, path: { id: ana.id } }));
      const live = await database.query('SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL', [ana.id]);
      expect(live).toEqual([]);
      expect(answers.every(({ response }) => [200, 401, 403].includes(response.status))).toBe(true);
    }
  });
});
