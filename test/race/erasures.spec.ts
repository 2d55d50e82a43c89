import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { slot } from '../support/calls.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { makeScene, type Scene } from '../support/interleaving.js';
import { expectInvariants } from '../support/invariants.js';
import { send, type WireAnswer } from '../support/requests.js';
import { PASSWORD, startApp, type TestApp } from '../support/test-app.js';

const EVENTS = 60;

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
afterEach(() => expectInvariants(app.database));

const eraseOwner = ({ ana }: Scene): Promise<WireAnswer> =>
  send(app, '/api/auth/me', { as: ana, method: 'DELETE', body: { password: PASSWORD } });

const ownerOf = async ({ eventId }: Scene): Promise<string> => {
  const [row] = await app.database.query<{ userId: string }>(
    `SELECT user_id AS "userId" FROM event_permissions WHERE event_id = $1 AND role = 'owner'`,
    [eventId],
  );
  return row!.userId;
};

/** Lets a call about members commit while the erasure of the owner waits for the row of the event. */
async function whileErasing(scene: Scene, call: () => Promise<WireAnswer>): Promise<void> {
  const holder = await LockHolder.begin(app.database);
  try {
    await holder.lockEvent(scene.eventId);
    const change = await startWaiting(app.database, 1, call);
    const erasure = await startWaiting(app.database, 2, () => eraseOwner(scene));
    await holder.release();
    expect((await change.result).status).toBeLessThan(300);
    expect((await erasure.result).status).toBe(204);
  } finally {
    await holder.release();
  }
}

describe('an erasure that waits to pass on an event', () => {
  it('passes it on to the next in line when the first has left', async () => {
    const scene = await makeScene(app);
    // Both are editors since the same moment: the first in line has the lower id.
    const [first, second] = [scene.ben, scene.dora].sort((a, b) => (a.id < b.id ? -1 : 1)) as [
      Scene['ben'],
      Scene['ben'],
    ];
    const path = `/api/events/${scene.eventId}/permissions/${first.id}`;
    await whileErasing(scene, () => send(app, path, { as: first, method: 'DELETE' }));
    expect(await ownerOf(scene)).toBe(second.id);
  });

  it('passes it on to an editor when the first in line has become a viewer', async () => {
    const scene = await makeScene(app);
    const [first, second] = [scene.ben, scene.dora].sort((a, b) => (a.id < b.id ? -1 : 1)) as [
      Scene['ben'],
      Scene['ben'],
    ];
    const path = `/api/events/${scene.eventId}/permissions/${first.id}`;
    await whileErasing(scene, () => send(app, path, { as: scene.ana, method: 'PUT', body: { role: 'viewer' } }));
    expect(await ownerOf(scene)).toBe(second.id);
  });
});

describe('an erasure while the same person deletes events', () => {
  it.each([1, 2, 3, 4])('leaves no event behind: round %i', async () => {
    const ana = await app.signUp('ana');
    const events = Array.from({ length: EVENTS }, (_, day) => ({ title: 'Alone', ...slot(day) }));
    const created = await send(app, '/api/events/batch', { as: ana, method: 'POST', body: { events } });
    const ids = (created.json as { items: { id: string }[] }).items.map(({ id }) => id);
    const erasure = send(app, '/api/auth/me', { as: ana, method: 'DELETE', body: { password: PASSWORD } });
    const deletions = ids.slice(0, EVENTS / 2).map(async (id, index) => {
      await sleep(3 * index);
      return send(app, `/api/events/${id}`, { as: ana, method: 'DELETE' });
    });
    expect((await erasure).status).toBe(204);
    await Promise.all(deletions);
    const left = (): Promise<unknown[]> =>
      app.database.query(
        `SELECT e.id FROM events e JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner'
          WHERE p.user_id = $1 AND e.deleted_at IS NULL`,
        [ana.id],
      );
    await expect.poll(left).toEqual([]);
  });
});
