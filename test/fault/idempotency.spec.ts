import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { type Answer, PlainClient, type PlainPerson } from '../support/plain-client.js';
import { type RunningServer, startServerOn } from '../support/running-server.js';
import { PATIENCE_MS } from '../support/patient.js';

const ROUNDS = 3;
const AT_ONCE = 40;

describe('a server that is killed with kill -9', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let ana: PlainPerson;

  const start = async (): Promise<void> => void (server = await startServerOn(database));
  const killAndStart = async (): Promise<void> => {
    process.kill(server.pid, 'SIGKILL');
    await server.stop();
    await start();
  };

  beforeEach(async () => {
    database = await createDatabase();
    await start();
    ana = await new PlainClient(server.url).signUp('ana');
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  /** The answer, or null when the server died before it gave one. */
  const create = (key: string): Promise<Answer<{ id: string }> | null> =>
    new PlainClient(server.url)
      .call<{ id: string }>('POST', '/api/events', {
        token: ana.token,
        headers: { 'idempotency-key': key },
        body: {
          title: key,
          start_time: '2030-01-01T10:00:00Z',
          end_time: '2030-01-01T11:00:00Z',
          show_as: 'free',
        },
      })
      .catch(() => null);

  const committed = async (): Promise<string[]> =>
    (await database.query<{ key: string }>(`SELECT key FROM idempotency_keys`)).map(({ key }) => key);
  const eventsOf = (key: string): Promise<{ id: string }[]> =>
    database.query<{ id: string }>(`SELECT id FROM events WHERE title = $1`, [key]);
  const waitFor = async (sql: string): Promise<void> => {
    for (const deadline = Date.now() + PATIENCE_MS; (await database.query(sql)).length === 0; await sleep(5)) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${sql}`);
    }
  };

  it('between COMMIT and answer: the answer is given by its successor, and nothing is done again', async () => {
    // COMMIT takes a while, so that the server can be stopped before it hears of its end.
    await database.query(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$`);
    await database.query(`
      CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON idempotency_keys DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION linger()`);
    const lost = create('lost');
    await waitFor(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`);
    process.kill(server.pid, 'SIGSTOP');
    await waitFor(`SELECT 1 FROM idempotency_keys`);
    await killAndStart();
    expect(await lost).toBeNull();
    const stored = await eventsOf('lost');
    expect(stored).toHaveLength(1);

    const again = await create('lost');
    expect(again).toMatchObject({ status: 201, body: { id: stored[0]!.id } });
    expect(again!.headers.get('idempotent-replayed')).toBe('true');
    expect(again!.headers.get('location')).toBe(`/api/events/${stored[0]!.id}`);
    expect(await eventsOf('lost')).toEqual(stored);
    await expectInvariants(database);
  });

  it('before COMMIT: nothing was done, and its successor does it', async () => {
    await database.query(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$`);
    await database.query(
      `CREATE TRIGGER linger AFTER INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION linger()`,
    );
    const lost = create('undone');
    await waitFor(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`);
    await killAndStart();
    expect(await lost).toBeNull();
    expect([await eventsOf('undone'), await committed()]).toEqual([[], []]);

    const again = await create('undone');
    expect([again!.status, again!.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect(await eventsOf('undone')).toEqual([{ id: again!.body.id }]);
    await expectInvariants(database);
  });

  it('at any moment, with many requests under way: all sent again, each is done exactly once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const keys = Array.from({ length: AT_ONCE }, (_, index) => `round ${round} request ${index}`);
      const before = (await committed()).length;
      const first = keys.map((key) => create(key));
      // Some are done, some are under way.
      while ((await committed()).length < before + 5 + round * 5) await sleep(1);
      await killAndStart();
      const answered = await Promise.all(first);
      const kept = new Set(await committed());

      const again = await Promise.all(keys.map((key) => untilAnswered(key)));
      for (const [index, key] of keys.entries()) {
        const [earlier, later] = [answered[index]!, again[index]!];
        // What was acknowledged is there, and what was committed is not done again.
        if (earlier) expect([kept.has(key), later.body.id], key).toEqual([true, earlier.body.id]);
        expect([later.status, later.headers.get('idempotent-replayed') === 'true'], key).toEqual([201, kept.has(key)]);
        expect(await eventsOf(key), key).toEqual([{ id: later.body.id }]);
      }
    }
    await expectInvariants(database);
  });

  /** The killed server's transactions may live on for a moment in the database. */
  async function untilAnswered(key: string): Promise<Answer<{ id: string }>> {
    for (;;) {
      const answer = await create(key);
      if (answer!.status !== 409) return answer!;
      await sleep(20);
    }
  }
});
