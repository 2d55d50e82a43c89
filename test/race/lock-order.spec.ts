import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { expectInvariants } from '../support/invariants.js';
import { send, type WireAnswer } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';
import { HOUR } from '../support/write-operations.js';

/**
 * Locks are taken in the order of ids, so that two transactions never wait for each other. A wrong order would only cost
 * time, as deadlocks run again: what a waiting call has locked shows the order.
 */
let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
afterEach(() => expectInvariants(app.database));

/** An event whose owner has the last id, shared with the others in the order in which they came. */
async function makeScene(): Promise<{ first: Person; last: Person; eventId: string }> {
  const people: Person[] = [];
  for (const name of ['ana', 'ben', 'cleo']) people.push(await app.signUp(name));
  people.sort((a, b) => (a.id < b.id ? -1 : 1));
  const [first, , last] = people as [Person, Person, Person];
  const { id } = await ok(createEvent({ client: last.client, body: { title: 'Meeting', ...HOUR } }));
  const users = people.slice(0, 2).map(({ username }) => ({ username, role: 'editor' as const }));
  await ok(shareEvent({ client: last.client, path: { id }, body: { users } }));
  return { first, last, eventId: id };
}

/** Runs a call that waits for a lock, and returns what `isFree` sees meanwhile. */
async function whileWaiting(
  lock: (holder: LockHolder) => Promise<unknown>,
  call: () => Promise<WireAnswer>,
  isFree: () => Promise<object[]>,
): Promise<object[]> {
  const holder = await LockHolder.begin(app.database);
  try {
    await lock(holder);
    const waiting = await startWaiting(app.database, 1, call);
    const seen = await isFree();
    await holder.release();
    expect((await waiting.result).status).toBe(200);
    return seen;
  } finally {
    await holder.release();
  }
}

describe('locks are taken in the order of ids', () => {
  it('of the availability of the old and the next owner', async () => {
    const { first, last, eventId } = await makeScene();
    const path = `/api/events/${eventId}/permissions/${first.id}`;
    const seen = await whileWaiting(
      (holder) => holder.lockAvailability(first.id),
      () => send(app, path, { as: last, method: 'PUT', body: { role: 'owner' } }),
      () =>
        app.database.query('SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 0)) AS "isFree"', [last.id]),
    );
    expect(seen).toEqual([{ isFree: true }]);
  });

  it('of the streams of recipients', async () => {
    const { first, last, eventId } = await makeScene();
    const stream = 'SELECT user_id FROM notification_streams WHERE user_id = $1 FOR UPDATE';
    const seen = await whileWaiting(
      (holder) => holder.query(stream, [first.id]),
      () => send(app, `/api/events/${eventId}`, { as: last, method: 'PUT', body: { title: 'Renamed' } }),
      () => app.database.query(`${stream} SKIP LOCKED`, [last.id]),
    );
    expect(seen).toEqual([{ user_id: last.id }]);
  });
});
