import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Delivery } from '../../src/live/delivery.js';
import type { ServerFrames } from '../../src/live/live-frames.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { Connection, type Transport } from '../../src/live/connection.js';
import { outcome, slot } from '../support/calls.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let delivery: Delivery;
let pipes: OpenConnections;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  delivery = app.app.get(Delivery);
  pipes = app.app.get(OpenConnections);
});
afterAll(() => app.close());

beforeEach(async () => {
  ana = await app.signUp('ana');
  const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  for (const title of ['B', 'C', 'D', 'E'])
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
});

interface Recorded {
  pipe: Connection;
  seqs: number[];
  messages: string[];
  names: string[];
  ended: string | null;
  /** Bytes that the reader has not taken. */
  unsent: number;
  start(after: number): void;
}

/** A pipe whose frames are kept in place of being sent. */
function record(onItem?: (seq: number, recorded: Recorded) => void, reader = ana): Recorded {
  const transport: Transport = {
    kind: 'web_socket',
    send: (name, frame) => {
      recorded.names.push(name);
      if (name !== 'change') return;
      const item = frame as ServerFrames['change'];
      onItem?.(item.seq, recorded);
      recorded.seqs.push(item.seq);
      recorded.messages.push(item.message);
    },
    unsent: () => recorded.unsent,
    close: (reason) => void (recorded.ended = reason),
  };
  const pipe = new Connection(reader.id, 'any', transport, (closed) => pipes.remove(closed));
  const recorded: Recorded = {
    ...{ pipe, seqs: [], messages: [], names: [], ended: null, unsent: 0 },
    start: (after) => {
      pipe.start(after);
      delivery.wake([reader.id]);
    },
  };
  pipes.add(pipe);
  return recorded;
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
    const early = record();
    early.start(5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const client = await app.database.pool.connect();
    let late: Recorded;
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
      // Reads after 5 and waits for the lock; meanwhile somebody joins who has less.
      delivery.wake([ana.id]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      late = record();
      late.start(2);
      await client.query(SIXTH, [ana.id]);
      await client.query('UPDATE notification_streams SET last_seq = 6 WHERE user_id = $1', [ana.id]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await became(() => early.seqs, [6]);
    await became(() => late.seqs, [3, 4, 5, 6]);
  });

  it('sends nothing to a pipe that was not started, and nothing to one that was taken out', async () => {
    const [waiting, gone, good] = [record(), record(), record()];
    gone.start(0);
    gone.pipe.left();
    good.start(0);
    await became(() => good.seqs, [1, 2, 3, 4, 5]);
    expect([waiting.seqs, gone.seqs]).toEqual([[], []]);
    for (const one of pipes.of(ana.id)) one.end('session_ended');
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
    const late = record(undefined, ben);
    late.start(0);
    await became(() => late.seqs, [1, 4, 5]);
    // A hole that is told is no loss.
    expect(late.names).toEqual(['change', 'withheld', 'change', 'change']);
    expect(late.messages.slice(1)).toEqual([
      `${ana.username} removed you from “Not for Ben any more”`,
      'You created “His own”',
    ]);
  });

  it('drops a pipe that breaks and goes on with the others', async () => {
    const broken = record((seq) => {
      if (seq === 3) throw new Error('broken');
    });
    const good = record();
    broken.start(0);
    good.start(0);
    await became(() => good.seqs, [1, 2, 3, 4, 5]);
    expect(broken).toMatchObject({ seqs: [1, 2], ended: 'broken' });
  });

  it('tries again by itself when the database could not be read', async () => {
    await app.database.query('ALTER TABLE notifications RENAME TO out_of_reach');
    const patient = record();
    patient.start(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await app.database.query('ALTER TABLE out_of_reach RENAME TO notifications');
    expect(patient.seqs).toEqual([]);
    await became(() => patient.seqs, [1, 2, 3, 4, 5]);
  });

  it('keeps nothing for a reader who is slow, and goes on where he stopped', async () => {
    const slow = record((seq, recorded) => void (recorded.unsent = seq === 2 ? 70_000 : 0));
    slow.start(0);
    await became(() => slow.seqs, [1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(slow.seqs).toEqual([1, 2]);
    slow.unsent = 0;
    await became(() => slow.seqs, [1, 2, 3, 4, 5]);
  });

  it('cuts a reader off who has not taken what was sent when his access ends, and nobody else', async () => {
    const [slow, good] = [record(), record()];
    slow.unsent = 1;
    delivery.narrow([ana.id]);
    expect([slow.ended, good.ended]).toEqual(['access_changed', null]);
  });

  it('reads again what was read when the access of its reader ended', async () => {
    const reader = record();
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
      reader.start(0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      delivery.narrow([ana.id]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await became(() => reader.seqs, [1, 2, 3, 4, 5]);
  });

  it('brings a pipe its news while another of the same person is far behind', async () => {
    await app.database.query(
      `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
       SELECT user_id, next, gen_random_uuid(), type, event_id, event_title, version, actor_id, changed, created_at
         FROM notifications, generate_series(6, 2000) AS next WHERE user_id = $1 AND seq = 5`,
      [ana.id],
    );
    await app.database.query('UPDATE notification_streams SET last_seq = 2000 WHERE user_id = $1', [ana.id]);
    const behind = record();
    let had = 0;
    const ahead = record(() => (had = behind.seqs.length));
    behind.start(0);
    ahead.start(1_999);
    await became(
      () => behind.seqs,
      Array.from({ length: 2_000 }, (_, n) => n + 1),
    );
    expect(ahead.seqs).toEqual([2_000]);
    expect(had).toBeLessThanOrEqual(200);
  });

  it('says resync when the stream no longer reaches back, and goes on at its end', async () => {
    await app.database.query('DELETE FROM notifications WHERE user_id = $1 AND seq <= 3', [ana.id]);
    const reader = record();
    reader.start(1);
    await became(() => [...reader.names, reader.pipe.cursor!] as never, ['resync', 5] as never);
    await app.database.query('UPDATE notification_streams SET last_seq = 6 WHERE user_id = $1', [ana.id]);
    await app.database.query(SIXTH, [ana.id]);
    delivery.wake([ana.id]);
    await became(() => reader.seqs, [6]);
  });
});
