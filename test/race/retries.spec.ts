import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { updateEvent } from '../../sdk/generated/sdk.gen.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { LockHolder, start, startWaiting } from '../support/held-locks.js';
import { entriesSince, historyOf, makeScene, type Scene } from '../support/interleaving.js';
import { expectInvariants } from '../support/invariants.js';
import { footprint, send, sendUndocumented, type WireAnswer } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

/** Transactions that PostgreSQL ends, which must run again and commit once, or leave nothing behind. */
let database: TestDatabase;
let app: TestApp;
let scene: Scene;
let superuserUrl: string;

beforeAll(async () => {
  database = await createDatabase();
  const url = new URL(inject('superuserUrl'));
  url.pathname = new URL(database.url).pathname;
  superuserUrl = url.href;
  // The application's own transactions look for deadlocks soon; those of the tests practically never do, so that
  // PostgreSQL always ends the transaction of the application.
  const superuser = await LockHolder.begin(database, superuserUrl);
  await superuser.query('COMMIT');
  await superuser.query(`ALTER DATABASE ${url.pathname.slice(1)} SET deadlock_timeout = '20ms'`);
  await superuser.release();
  app = await startApp({}, database);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(async () => void (scene = await makeScene(app)));
afterEach(() => expectInvariants(database));

const call = (path: string, method: string, body: object, key?: string): Promise<WireAnswer> =>
  send(app, `/api/events/${scene.eventId}${path}`, {
    as: scene.ben,
    method,
    body,
    headers: key ? { 'idempotency-key': key } : {},
  });

type LockOf = (holder: LockHolder) => Promise<void>;

/**
 * Makes a call and another transaction wait for each other. The other one has `second` and waits for `first` behind the
 * call, which locks `first` and then asks for `second`. Returns the answer, given after the other one has let go.
 */
async function deadlock(first: LockOf, second: LockOf, work: () => Promise<WireAnswer>): Promise<WireAnswer> {
  const [gate, other] = [await LockHolder.begin(database), await LockHolder.begin(database, superuserUrl)];
  try {
    await other.query(`SET LOCAL deadlock_timeout = '10min'`);
    await second(other);
    await first(gate);
    const waiting = await startWaiting(database, 1, work);
    const crossing = await startWaiting(database, 2, () => first(other));
    await gate.release();
    // Granted because the call was rolled back: it had `first`, and could not have committed without `second`.
    await crossing.result;
    const isAnswered = await Promise.race([waiting.result.then(() => true), startWaitingAgain()]);
    expect(isAnswered).toBe(false);
    await other.release();
    return await waiting.result;
  } finally {
    await gate.release();
    await other.release();
  }
}

/** Returns false when the call waits for a lock again. */
const startWaitingAgain = async (): Promise<false> => {
  const never = start(() => new Promise<never>(() => undefined));
  await startWaiting(database, 1, () => never.result);
  return false;
};

const stream =
  (userId: () => string): LockOf =>
  async (holder) => {
    await holder.query('SELECT FROM notification_streams WHERE user_id = $1 FOR UPDATE', [userId()]);
  };

describe('a write that PostgreSQL ends to resolve a deadlock', () => {
  /** The two recipients whose streams are locked first and last. */
  const recipients = (): [string, string] => {
    const ids = [scene.ana, scene.ben, scene.dora].map(({ id }) => id).sort();
    return [ids[0]!, ids.at(-1)!];
  };

  it('runs again and commits once: two streams of recipients', async () => {
    const before = await historyOf(database, scene);
    const [first, last] = recipients();
    const { status, json } = await deadlock(
      stream(() => first),
      stream(() => last),
      () => call('', 'PUT', { title: 'Renamed' }),
    );
    expect([status, json.version]).toEqual([200, 2]);
    expect(await entriesSince(database, scene, before)).toEqual(['updated 2 by ben']);
  });

  it('runs again and commits once: a series and its tail', async () => {
    const body = { recurrence_pattern: 'FREQ=DAILY;COUNT=3' };
    await ok(updateEvent({ client: scene.ana.client, path: { id: scene.eventId }, body }));
    const following = '?occurrence=2026-06-02T10:00:00Z&scope=following';
    const tail = (await call(following, 'PUT', { title: 'From here' })).json.id as string;
    const before = await historyOf(database, scene);
    const { status, json } = await deadlock(
      (holder) => holder.lockEvent(scene.eventId),
      (holder) => holder.lockEvent(tail),
      () => call('/rollback/2', 'POST', {}),
    );
    expect([status, json.version]).toEqual([200, 4]);
    expect(await entriesSince(database, scene, before)).toEqual(['deleted 2 by ben', 'rolled_back 4 by ben']);
  });

  it('keeps one answer for its Idempotency-Key', async () => {
    await ok(updateEvent({ client: scene.ana.client, path: { id: scene.eventId }, body: { title: 'Renamed' } }));
    const before = await historyOf(database, scene);
    const [first, last] = recipients();
    const rollback = (): Promise<WireAnswer> => call('/rollback/1', 'POST', {}, 'a deadlock');
    const answer = await deadlock(
      stream(() => first),
      stream(() => last),
      rollback,
    );
    const replayed = await rollback();
    expect([answer.status, replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true']);
    expect(replayed.bytes).toEqual(answer.bytes);
    expect(await entriesSince(database, scene, before)).toEqual(['rolled_back 3 by ben']);
  });
});

describe.each([
  ['a statement', 'BEFORE UPDATE ON events FOR EACH ROW', 'NEW'],
  ['COMMIT', 'AFTER UPDATE ON events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW', 'NULL'],
])('a write of which %s fails', (_what, timing, returned) => {
  /** Makes each write of an event fail until it was tried `times` times. Counted in a sequence: it is not rolled back. */
  async function failing(state: string, times: number, work: () => Promise<WireAnswer>): Promise<WireAnswer> {
    await database.query('CREATE SEQUENCE attempts');
    await database.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('attempts') <= ${times} THEN RAISE EXCEPTION 'fails' USING ERRCODE = '${state}'; END IF;
      RETURN ${returned}; END $$`);
    const kind = timing.includes('DEFERRABLE') ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
    await database.query(`CREATE ${kind} fail ${timing} EXECUTE FUNCTION fail()`);
    try {
      return await work();
    } finally {
      await database.query('DROP FUNCTION fail CASCADE');
      await database.query('DROP SEQUENCE attempts');
    }
  }

  const rename = (): Promise<WireAnswer> => call('', 'PUT', { title: 'Renamed' });
  const attempts = async (): Promise<number> => {
    const [row] = await database.query<{ n: string }>('SELECT last_value AS n FROM attempts');
    return Number(row!.n);
  };

  it.each(['serialization_failure', 'deadlock_detected'])('with %s runs again and commits once', async (state) => {
    const before = await historyOf(database, scene);
    const { status, json } = await failing(state, 2, async () => {
      const answer = await rename();
      expect(await attempts()).toBe(3);
      return answer;
    });
    expect([status, json.version]).toEqual([200, 2]);
    expect(await entriesSince(database, scene, before)).toEqual(['updated 2 by ben']);
  });

  it('each time ends with 503 and the time to try again, and leaves nothing behind', async () => {
    const before = await footprint(database);
    const { status, json, headers } = await failing('serialization_failure', 1_000, async () => {
      const answer = await rename();
      expect(await attempts()).toBe(8);
      return answer;
    });
    expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(await footprint(database)).toEqual(before);
    expect((await rename()).status).toBe(200);
  });

  it('for another reason is not tried again', async () => {
    const before = await footprint(database);
    const { status } = await failing('check_violation', 1_000, async () => {
      // No operation promises an internal error.
      const request = { as: scene.ben, method: 'PUT', body: { title: 'Renamed' } };
      const answer = await sendUndocumented(app, `/api/events/${scene.eventId}`, request);
      expect(await attempts()).toBe(1);
      return answer;
    });
    expect(status).toBe(500);
    expect(await footprint(database)).toEqual(before);
  });
});
