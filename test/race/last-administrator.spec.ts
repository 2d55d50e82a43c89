import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoteAccount,
  disableAccount,
  enableAccount,
  eraseAccount,
  eraseMe,
  promoteAccount,
  register,
} from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const ROUNDS = 4;
type Act = (server: TestApp, by: Person, on: Person) => Promise<{ response?: Response; error?: unknown }>;
const ACTS: Record<string, Act> = {
  demotes: (server, by, on) => demoteAccount({ client: server.client(by.accessToken), path: { id: on.id } }),
  disables: (server, by, on) => disableAccount({ client: server.client(by.accessToken), path: { id: on.id } }),
  erases: (server, by, on) => eraseAccount({ client: server.client(by.accessToken), path: { id: on.id } }),
  'erases themselves at the same time as': (server, _by, on) =>
    eraseMe({ client: server.client(on.accessToken), body: { password: PASSWORD } }),
};

let database: TestDatabase;
let servers: [TestApp, TestApp];
beforeAll(async () => {
  database = await createDatabase();
  servers = [await startApp({}, database), await startApp({}, database)];
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

const listAdmins = (): Promise<{ id: string }[]> =>
  database.query(`SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL AND erased_at IS NULL ORDER BY id`);

describe('two administrators of two servers', () => {
  it.each(Object.keys(ACTS))('never both succeed, so that one is left: one %s the other', async (name) => {
    const [here, there] = servers;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ana, ben] = [await here.signUp('ana'), await there.signUp('ben')];
      await database.query(
        `UPDATE users SET role = CASE WHEN id = ANY($1::uuid[]) THEN 'admin' ELSE 'user' END WHERE erased_at IS NULL`,
        [[ana.id, ben.id]],
      );
      const act = ACTS[name]!;
      // Both have passed the guard, and wait for the accounts.
      const holder = await LockHolder.begin(database);
      await holder.query('SELECT FROM users WHERE id = ANY($1::uuid[]) FOR UPDATE', [[ana.id, ben.id]]);
      const waiting = await startWaiting(database, 2, () => Promise.all([act(here, ana, ben), act(there, ben, ana)]));
      await holder.release();
      const answers = await waiting.result;
      expect(await listAdmins()).toHaveLength(1);
      const statuses = answers.map(({ response }) => response!.status).sort((a, b) => a - b);
      expect([200, 204]).toContain(statuses[0]);
      // The other one is refused: no administrator any more, or the last.
      expect([401, 403, 409]).toContain(statuses[1]);
    }
  });

  it('are one of two when the other is disabled', async () => {
    const [here, there] = servers;
    const [ana, ben] = [await here.signUp('ana'), await there.signUp('ben')];
    await database.query(`UPDATE users SET role = 'user'`);
    await database.query(`UPDATE users SET role = 'admin' WHERE id = ANY($1::uuid[])`, [[ana.id, ben.id]]);
    const client = here.client(ana.accessToken);
    await ok(disableAccount({ client, path: { id: ben.id } }));
    expect((await demoteAccount({ client, path: { id: ana.id } })).response.status).toBe(409);
    await ok(enableAccount({ client, path: { id: ben.id } }));
    await ok(promoteAccount({ client, path: { id: ben.id } }));
    await ok(demoteAccount({ client, path: { id: ana.id } }));
    expect(await listAdmins()).toEqual([{ id: ben.id }]);
  });
});

describe('ADMIN_USERNAME on an empty database', () => {
  const body = (username: string): { username: string; email: string; password: string } => ({
    username,
    email: `${randomBytes(6).toString('hex')}@example.com`,
    password: PASSWORD,
  });

  /** Starts servers on a database of their own. */
  async function withServers(names: string[], work: (servers: TestApp[], own: TestDatabase) => Promise<void>) {
    const own = await createDatabase();
    const started = await Promise.all(
      names.map((adminUsername) => startApp({ adminUsername, registration: 'open' }, own)),
    );
    try {
      await work(started, own);
    } finally {
      await Promise.all(started.map((server) => server.close()));
      await own.drop();
    }
  }

  it('makes one administrator of those who register with it at once, in any case, on two servers', async () => {
    await withServers(['Chief', 'chief'], async (started, own) => {
      const outcomes = await atOnce(12, (index) =>
        outcome(register({ client: started[index % 2]!.client(), body: body(index % 3 === 0 ? 'CHIEF' : 'chief') })),
      );
      expect(tally(outcomes)).toEqual({ 201: 1, 409: 11 });
      expect(await own.query(`SELECT username FROM users WHERE role = 'admin'`)).toHaveLength(1);
    });
  });

  it('makes one administrator although two servers name two', async () => {
    await withServers(['chief', 'boss'], async ([first, second], own) => {
      const holder = await LockHolder.begin(own);
      await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended('first_admin', 0))`);
      const waiting = await startWaiting(own, 2, () =>
        Promise.all([
          ok(register({ client: first!.client(), body: body('chief') })),
          ok(register({ client: second!.client(), body: body('boss') })),
        ]),
      );
      await holder.release();
      const roles = (await waiting.result).map(({ user }) => user.role).sort((a, b) => (a < b ? -1 : 1));
      expect(roles).toEqual(['admin', 'user']);
    });
  });

  it('makes none of a name that looks like it, nor of the name once there is an administrator', async () => {
    await withServers(['chief', 'second'], async ([server, renamed], own) => {
      for (const name of ['ch1ef', 'chief.', 'c-hief', 'chief2']) {
        expect((await ok(register({ client: server!.client(), body: body(name) }))).user.role).toBe('user');
      }
      // Letters of another script.
      expect((await register({ client: server!.client(), body: body('сhief') })).response.status).toBe(422);
      expect((await ok(register({ client: server!.client(), body: body('chief') }))).user.role).toBe('admin');
      // The setting has another name now.
      expect((await ok(register({ client: renamed!.client(), body: body('second') }))).user.role).toBe('user');
      expect(await own.query(`SELECT username FROM users WHERE role = 'admin'`)).toEqual([{ username: 'chief' }]);
    });
  });
});
