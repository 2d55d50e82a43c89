import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { createEvent, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Connection } from '../../src/live/connection.js';
import { Delivery } from '../../src/live/delivery.js';
import type { ServerFrames } from '../../src/live/live-frames.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import type { Transport } from '../../src/live/transport.js';
import { StreamRecorder } from '../../src/notifications/stream-recorder.js';
import { Streams } from '../../src/notifications/streams.js';
import { outcome, slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let delivery: Delivery;
let connections: OpenConnections;
let ana: Person;
/** The event of ana, which five items are about. */
let event: string;
beforeAll(async () => {
  app = await startApp();
  delivery = app.app.get(Delivery);
  connections = app.app.get(OpenConnections);
});
afterAll(() => app.close());
afterEach(() => vi.restoreAllMocks());

beforeEach(async () => {
  ana = await app.signUp('ana');
  const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  event = id;
  for (const title of ['B', 'C', 'D', 'E'])
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
});

type Reads = MockInstance<Streams['readParts']>;

interface Recorded {
  connection: Connection;
  seqs: number[];
  messages: string[];
  names: string[];
  ended: string | null;
  /** Bytes that the client has not received. */
  unsent: number;
  start(after: number): void;
}

/** Adds a connection that records its frames instead of sending them. */
function record(onItem?: (seq: number, recorded: Recorded) => void, person = ana): Recorded {
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
    unsentBytes: () => recorded.unsent,
    close: (reason) => void (recorded.ended = reason),
  };
  const connection = new Connection(person.id, 'any', transport, (closed) => connections.remove(closed));
  const recorded: Recorded = {
    ...{ connection, seqs: [], messages: [], names: [], ended: null, unsent: 0 },
    start: (after) => {
      connection.start(after);
      delivery.wake([person.id]);
    },
  };
  connections.add(connection);
  return recorded;
}

const waitForSeqs = async (seqs: () => number[], expected: number[]): Promise<void> => {
  for (let wait = 0; wait < 500 && seqs().length < expected.length; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(seqs()).toEqual(expected);
};

/** Inserts a copy of the fifth item as the sixth. */
const INSERT_SIXTH = `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
  SELECT user_id, 6, gen_random_uuid(), type, event_id, event_title, version, actor_id, changed, created_at
    FROM notifications WHERE user_id = $1 AND seq = 5`;

describe('Delivery', () => {
  it('sends a connection that opens during a read every item after its own number', async () => {
    const early = record();
    early.start(5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const client = await app.database.pool.connect();
    let late: Recorded;
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
      // This read starts after 5 and waits for the lock; meanwhile a connection opens with a lower number.
      delivery.wake([ana.id]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      late = record();
      late.start(2);
      await client.query(INSERT_SIXTH, [ana.id]);
      await client.query('UPDATE notification_streams SET last_seq = 6 WHERE user_id = $1', [ana.id]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await waitForSeqs(() => early.seqs, [6]);
    await waitForSeqs(() => late.seqs, [3, 4, 5, 6]);
  });

  it('sends nothing to a connection that was not started or was closed', async () => {
    const [waiting, gone, good] = [record(), record(), record()];
    gone.start(0);
    gone.connection.markClosed();
    good.start(0);
    await waitForSeqs(() => good.seqs, [1, 2, 3, 4, 5]);
    expect([waiting.seqs, gone.seqs]).toEqual([[], []]);
    for (const one of connections.of(ana.id)) one.end('session_ended');
    expect([waiting.ended, good.ended, gone.ended]).toEqual(['session_ended', 'session_ended', null]);
  });

  it('leaves out unsent items of an event to which access was revoked, but not the revocation', async () => {
    const [ben, carl] = [await app.signUp('ben'), await app.signUp('carl')];
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Secret', ...slot(2) } }));
    const [client, path] = [ana.client, { id }];
    const users = [ben, carl].map((guest) => ({ user_id: guest.id, role: 'viewer' as const }));
    await ok(shareEvent({ client, path, body: { users } }));
    await ok(updateEvent({ client, path, body: { title: 'Not for Ben' } }));
    for (const guest of [carl, ben]) {
      const removed = await outcome(revokePermission({ client, path: { id, userId: guest.id } }));
      expect(removed.status).toBe(204);
    }
    await ok(createEvent({ client: ben.client, body: { title: 'Own', ...slot(2) } }));
    const late = record(undefined, ben);
    late.start(0);
    await waitForSeqs(() => late.seqs, [4, 5]);
    // `withheld` explains the gap.
    expect(late.names).toEqual(['withheld', 'change', 'change']);
    expect(late.messages).toEqual([`${ana.username} removed you from “Not for Ben”`, 'You created “Own”']);
  });

  it('ends a connection that fails and serves the others', async () => {
    const broken = record((seq) => {
      if (seq === 3) throw new Error('broken');
    });
    const good = record();
    broken.start(0);
    good.start(0);
    await waitForSeqs(() => good.seqs, [1, 2, 3, 4, 5]);
    expect(broken).toMatchObject({ seqs: [1, 2], ended: 'broken' });
  });

  it('retries when the database cannot be read', async () => {
    await app.database.query('ALTER TABLE notifications RENAME TO unavailable_notifications');
    const waiting = record();
    waiting.start(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await app.database.query('ALTER TABLE unavailable_notifications RENAME TO notifications');
    expect(waiting.seqs).toEqual([]);
    await waitForSeqs(() => waiting.seqs, [1, 2, 3, 4, 5]);
  });

  it('queues nothing for a slow client, and continues where it stopped', async () => {
    const slow = record((seq, recorded) => void (recorded.unsent = seq === 2 ? 70_000 : 0));
    slow.start(0);
    await waitForSeqs(() => slow.seqs, [1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(slow.seqs).toEqual([1, 2]);
    slow.unsent = 0;
    await waitForSeqs(() => slow.seqs, [1, 2, 3, 4, 5]);
  });

  it('ends connections with unsent bytes when access is revoked, and no others', async () => {
    const [slow, good] = [record(), record()];
    slow.unsent = 1;
    delivery.revoke([ana.id]);
    expect([slow.ended, good.ended]).toEqual(['access_changed', null]);
  });

  it('reads again when access is revoked during a read', async () => {
    const reader = record();
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
      reader.start(0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      delivery.revoke([ana.id]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await waitForSeqs(() => reader.seqs, [1, 2, 3, 4, 5]);
  });

  it('sends an item of this server after the one before it, though both were committed during a read', async () => {
    const streams = app.app.get(Streams, { strict: false });
    const read = streams.readParts.bind(streams);
    let letGo: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const reads = vi.spyOn(streams, 'readParts').mockImplementationOnce(async (...args) => {
      const parts = await read(...args);
      await gate;
      return parts;
    });
    const [reader, ready] = [record(), record()];
    ready.connection.start(5);
    reader.start(3);
    await until(() => reads.mock.calls.length === 1);
    const path = { id: event };
    await ok(updateEvent({ client: ana.client, path, body: { title: 'F' } }));
    await ok(updateEvent({ client: ana.client, path, body: { title: 'G' } }));
    expect([reader.seqs, ready.seqs]).toEqual([[], []]);
    letGo!();
    await waitForSeqs(() => reader.seqs, [4, 5, 6, 7]);
    await waitForSeqs(() => ready.seqs, [6, 7]);
  });

  it('reads what another server committed before an item of this one', async () => {
    const [reader, ready] = [record(), record()];
    ready.connection.start(6);
    reader.connection.start(5);
    await app.database.query(INSERT_SIXTH, [ana.id]);
    await app.database.query('UPDATE notification_streams SET last_seq = 6 WHERE user_id = $1', [ana.id]);
    await ok(updateEvent({ client: ana.client, path: { id: event }, body: { title: 'F' } }));
    await waitForSeqs(() => reader.seqs, [6, 7]);
    await waitForSeqs(() => ready.seqs, [7]);
  });

  it('keeps an item of this server for a client that is slow', async () => {
    const [slow, good] = [record(), record()];
    slow.unsent = 70_000;
    for (const one of [slow, good]) one.connection.start(5);
    await ok(updateEvent({ client: ana.client, path: { id: event }, body: { title: 'F' } }));
    await waitForSeqs(() => good.seqs, [6]);
    expect(slow.seqs).toEqual([]);
    slow.unsent = 0;
    await waitForSeqs(() => slow.seqs, [6]);
  });

  it('reads an item of this server that could not be sent at once, and nothing is left of it', async () => {
    const reads = vi.spyOn(app.app.get(Streams, { strict: false }), 'readParts');
    const reader = record();
    reader.connection.start(5);
    let letGo: (() => void) | undefined;
    const busy = new Promise<void>((resolve) => (letGo = resolve));
    delivery['committed'] = delivery['committed'].then(() => busy);
    await ok(updateEvent({ client: ana.client, path: { id: event }, body: { title: 'F' } }));
    const answered = performance.now();
    await until(() => performance.now() > answered + 150);
    expect([reader.seqs, reads.mock.calls.length]).toEqual([[], 0]);
    letGo!();
    await waitForSeqs(() => reader.seqs, [6]);
    expect(reads).toHaveBeenCalled();
    expect(delivery['toSend'].size).toBe(0);
  });

  it('sends items of this server to others when a connection fails to the last', async () => {
    const fail = (): never => {
      throw new Error('broken');
    };
    const good = record();
    const transport: Transport = { kind: 'web_socket', send: fail, unsentBytes: () => 0, close: fail };
    const broken = new Connection(ana.id, 'any', transport, (closed) => connections.remove(closed));
    connections.add(broken);
    for (const one of [broken, good.connection]) one.start(5);
    for (const title of ['F', 'G']) await ok(updateEvent({ client: ana.client, path: { id: event }, body: { title } }));
    await waitForSeqs(() => good.seqs, [6, 7]);
    expect(broken.closed).toBe(true);
  });

  it.each([
    ['is to be read', async () => undefined],
    ['could not be read', (reads: Reads) => until(() => reads.mock.settledResults[0]?.type === 'rejected')],
    ['has been sent', (_reads: Reads, { seqs }: Recorded) => until(() => seqs.length > 0)],
  ])('does not send an item that is heard of when the loss of access after it %s', async (what, moment) => {
    const ben = await app.signUp('ben');
    const path = { id: event };
    await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
    const reader = record(undefined, ben);
    reader.connection.start(1);
    const { published } = app.app.get(StreamRecorder, { strict: false });
    const notify = published.notify.bind(published);
    const heard: Parameters<typeof notify>[] = [];
    const notified = vi.spyOn(published, 'notify').mockImplementation((...args) => void heard.push(args));
    await ok(updateEvent({ client: ana.client, path, body: { title: 'Not for Ben' } }));
    await outcome(revokePermission({ client: ana.client, path: { ...path, userId: ben.id } }));
    notified.mockRestore();
    expect(heard).toHaveLength(2);
    expect(heard[0]![2].map(({ userId }) => userId).sort()).toEqual([ana.id, ben.id].sort());
    const reads = vi.spyOn(app.app.get(Streams, { strict: false }), 'readParts');
    if (what === 'could not be read') reads.mockRejectedValueOnce(new Error('gone'));
    notify(...heard[1]!);
    await moment(reads, reader);
    notify(...heard[0]!);
    await waitForSeqs(() => reader.seqs, [3]);
    expect(reader.names).toEqual(['withheld', 'change']);
    expect(reader.messages).toEqual([`${ana.username} removed you from “Not for Ben”`]);
  });

  it('sends new items to a connection while another of the same user is far behind', async () => {
    await app.database.query(
      `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
       SELECT user_id, next, gen_random_uuid(), type, event_id, event_title, version, actor_id, changed, created_at
         FROM notifications, generate_series(6, 2000) AS next WHERE user_id = $1 AND seq = 5`,
      [ana.id],
    );
    await app.database.query('UPDATE notification_streams SET last_seq = 2000 WHERE user_id = $1', [ana.id]);
    const behind = record();
    let sentBehind = 0;
    const ahead = record(() => (sentBehind = behind.seqs.length));
    behind.start(0);
    ahead.start(1_999);
    await waitForSeqs(
      () => behind.seqs,
      Array.from({ length: 2_000 }, (_, n) => n + 1),
    );
    expect(ahead.seqs).toEqual([2_000]);
    expect(sentBehind).toBeLessThanOrEqual(200);
  });

  it('sends resync when items have been pruned, and continues at the end of the stream', async () => {
    await app.database.query('DELETE FROM notifications WHERE user_id = $1 AND seq <= 3', [ana.id]);
    const reader = record();
    reader.start(1);
    await waitForSeqs(() => [...reader.names, reader.connection.cursor!] as never, ['resync', 5] as never);
    await app.database.query('UPDATE notification_streams SET last_seq = 6 WHERE user_id = $1', [ana.id]);
    await app.database.query(INSERT_SIXTH, [ana.id]);
    delivery.wake([ana.id]);
    await waitForSeqs(() => reader.seqs, [6]);
  });
});
