import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { type Connection, Delivery } from '../../src/notifications/delivery.js';
import { outcome, slot } from '../support/calls.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let delivery: Delivery;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  delivery = app.app.get(Delivery);
});
afterAll(() => app.close());

beforeEach(async () => {
  ana = await app.signUp('ana');
  const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  for (const title of ['B', 'C', 'D', 'E'])
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
});

interface Pipe extends Connection {
  seqs: number[];
  messages: string[];
  ended: string | null;
}

function pipe(send?: (seq: number) => void, reader = ana): Pipe {
  const opened: Pipe = {
    userId: reader.id,
    sessionId: 'any',
    cursor: null,
    seqs: [],
    messages: [],
    ended: null,
    send: (item) => {
      send?.(item.seq);
      opened.seqs.push(item.seq);
      opened.messages.push(item.message);
    },
    end: (reason) => void (opened.ended = reason),
  };
  delivery.add(opened);
  return opened;
}

const became = async (seqs: () => number[], expected: number[]): Promise<void> => {
  for (let wait = 0; wait < 500 && seqs().length < expected.length; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(seqs()).toEqual(expected);
};

/** The sixth item, by the side of the API: the fifth again under the next number. */
const SIXTH = `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
  SELECT user_id, 6, gen_random_uuid(), type, event_id, event_title, version, actor_id, changed, created_at
    FROM notifications WHERE user_id = $1 AND seq = 5`;

describe('Delivery', () => {
  it('brings a pipe that joins during a read everything from its own number on', async () => {
    const early = pipe();
    delivery.start(early, 5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const client = await app.database.pool.connect();
    let late: Pipe;
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
      // Reads after 5 and waits for the lock; meanwhile somebody joins who has less.
      delivery.wake([ana.id]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      late = pipe();
      delivery.start(late, 2);
      await client.query(SIXTH, [ana.id]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await became(() => early.seqs, [6]);
    await became(() => late.seqs, [3, 4, 5, 6]);
  });

  it('sends nothing to a pipe that was not started, and nothing to one that was taken out', async () => {
    const [waiting, gone, good] = [pipe(), pipe(), pipe()];
    delivery.start(gone, 0);
    delivery.remove(gone);
    delivery.start(good, 0);
    await became(() => good.seqs, [1, 2, 3, 4, 5]);
    expect([waiting.seqs, gone.seqs]).toEqual([[], []]);
    delivery.endSessions(['any'], 'session_ended');
    expect([waiting.ended, good.ended, gone.ended]).toEqual(['session_ended', 'session_ended', null]);
  });

  it('leaves out what was still on its way of an event when its reader was removed, but not that he was', async () => {
    const [ben, carl] = [await app.signUp('ben'), await app.signUp('carl')];
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Secret', ...slot(2) } }));
    const [client, path] = [ana.client, { id }];
    const users = [ben, carl].map((guest) => ({ user_id: guest.id, role: 'viewer' as const }));
    await ok(shareEvent({ client, path, body: { users } }));
    await ok(updateEvent({ client, path, body: { title: 'Not for Ben any more' } }));
    for (const guest of [carl, ben]) {
      const removed = await outcome(revokePermission({ client, path: { id, userId: guest.id } }));
      expect(removed.status).toBe(204);
    }
    await ok(createEvent({ client: ben.client, body: { title: 'His own', ...slot(2) } }));
    const late = pipe(undefined, ben);
    delivery.start(late, 0);
    await became(() => late.seqs, [4, 5]);
    expect(late.messages).toEqual([`${ana.username} removed you from “Not for Ben any more”`, 'You created “His own”']);
  });

  it('drops a pipe that breaks and goes on with the others', async () => {
    const broken = pipe((seq) => {
      if (seq === 3) throw new Error('broken');
    });
    const good = pipe();
    delivery.start(broken, 0);
    delivery.start(good, 0);
    await became(() => good.seqs, [1, 2, 3, 4, 5]);
    expect(broken).toMatchObject({ seqs: [1, 2], ended: 'broken' });
  });

  it('tries again by itself when the database could not be read', async () => {
    await app.database.query('ALTER TABLE notifications RENAME TO out_of_reach');
    const patient = pipe();
    delivery.start(patient, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await app.database.query('ALTER TABLE out_of_reach RENAME TO notifications');
    expect(patient.seqs).toEqual([]);
    await became(() => patient.seqs, [1, 2, 3, 4, 5]);
  });
});
