import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { LockHolder, start, startWaiting, untilBlockedBy } from '../support/held-locks.js';
import {
  availabilityOf,
  call,
  entriesSince,
  eventRow,
  historyOf,
  inOrder,
  type Lock,
  makeScene,
  type Name,
  role,
  type Scene,
} from '../support/interleaving.js';
import { expectInvariants } from '../support/invariants.js';
import { send, type WireAnswer } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';
import { HOUR, type WriteCall } from '../support/write-operations.js';

/** Writes that occupy the time of somebody who becomes the owner, or becomes busy, while they wait. */
let app: TestApp;
let scene: Scene;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
beforeEach(async () => void (scene = await makeScene(app)));
afterEach(() => expectInvariants(app.database));

const LATER = { start_time: '2026-06-01T15:00:00Z', end_time: '2026-06-01T16:00:00Z' };

interface Move extends Pick<WriteCall, 'before' | 'request' | 'changes'> {
  name: string;
  /** The hour at which it wants the owner to be free. */
  hour: typeof HOUR;
}

const on =
  (method: string, rest: string, body: object): WriteCall['request'] =>
  ({ eventId }) => ({ method, path: `/api/events/${eventId}${rest}`, body });
const moved = ({ ana, eventId }: Pick<Scene, 'ana' | 'eventId'>): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id: eventId }, body: LATER }));
const daily = ({ ana, eventId }: Pick<Scene, 'ana' | 'eventId'>): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id: eventId }, body: { recurrence_pattern: 'FREQ=DAILY;COUNT=3' } }));
const SECOND = '2026-06-02T10:00:00Z';
const onSecond = { start_time: '2026-06-02T15:00:00Z', end_time: '2026-06-02T16:00:00Z' };

/** Every way in which an editor can move an event to another hour. */
const MOVES: Move[] = [
  { name: 'updateEvent', request: on('PUT', '', LATER), hour: LATER, changes: ['updated 2'] },
  { name: 'patchEvent', request: on('PATCH', '', LATER), hour: LATER, changes: ['updated 2'] },
  {
    name: 'updateEvent of one occurrence',
    before: daily,
    request: on('PUT', `?occurrence=${SECOND}`, onSecond),
    hour: onSecond,
    changes: ['updated 3'],
  },
  {
    name: 'updateEvent that splits a series',
    before: daily,
    request: on('PUT', `?occurrence=${SECOND}&scope=following`, onSecond),
    hour: onSecond,
    changes: ['split 1', 'split 3'],
  },
  {
    name: 'rollbackEvent',
    before: moved,
    request: on('POST', '/rollback/1', {}),
    hour: HOUR,
    changes: ['rolled_back 3'],
  },
  { name: 'revertChange', before: moved, request: on('POST', '/revert/2', {}), hour: HOUR, changes: ['rolled_back 3'] },
  {
    name: 'undoChange',
    before: moved,
    request: on('POST', '/changelog/3/undo', {}),
    hour: HOUR,
    changes: ['rolled_back 3'],
  },
];

const book = (who: Name, hour: typeof HOUR): Promise<unknown> =>
  ok(createEvent({ client: scene[who].client, body: { title: `Busy ${who}`, ...hour } }));
const transfer = (): Promise<WireAnswer> => role(scene, 'dora', 'owner')(app);

describe('a move that waits while the ownership is transferred', () => {
  it.each(MOVES)('is refused when the new owner is busy then: $name', async (move) => {
    await move.before?.(scene);
    await book('dora', move.hour);
    const before = await historyOf(app.database, scene);
    const calls = [transfer, () => call(app, scene, move, 'ben')] as const;
    const [first, { status, json }] = await inOrder(app.database, scene, eventRow, calls);
    expect([first.status, status, json.code]).toEqual([200, 409, 'event_conflict']);
    // Ben is not a member of Dora's other event.
    expect(json.conflicts).toEqual([expect.objectContaining({ event_id: null, start_time: move.hour.start_time })]);
    expect(JSON.stringify(json)).not.toContain('Busy');
    expect(await entriesSince(app.database, scene, before)).toEqual([
      expect.stringMatching(/^ownership_transferred \d by ana$/),
    ]);
  });

  it.each(MOVES)('is done once when only the old owner is busy then: $name', async (move) => {
    await move.before?.(scene);
    await book('ana', move.hour);
    const before = await historyOf(app.database, scene);
    const calls = [transfer, () => call(app, scene, move, 'ben')] as const;
    const [first, { status, json }] = await inOrder(app.database, scene, eventRow, calls);
    expect([first.status, status, json.owner?.id]).toEqual([200, 200, scene.dora.id]);
    expect(await entriesSince(app.database, scene, before)).toEqual([
      expect.stringMatching(/^ownership_transferred \d by ana$/),
      ...move.changes.map((change) => `${change} by ben`),
    ]);
  });

  // Without a new start, the write would hold the lock of the old owner, and judge the time of the new one without theirs.
  it.each(MOVES)('starts again and waits for the availability of the new owner: $name', async (move) => {
    await move.before?.(scene);
    const before = await historyOf(app.database, scene);
    const [row, availability] = [await LockHolder.begin(app.database), await LockHolder.begin(app.database)];
    try {
      await row.lockEvent(scene.eventId);
      const first = await startWaiting(app.database, 1, transfer);
      // Behind the transfer, which has the availability of both owners and waits for the row.
      const locked = await startWaiting(app.database, 2, () => availability.lockAvailability(scene.dora.id));
      const waiting = await startWaiting(app.database, 3, () => call(app, scene, move, 'ben'));
      await row.release();
      expect((await first.result).status).toBe(200);
      await locked.result;
      await untilBlockedBy(app.database, availability.pid, waiting);
      await availability.release();
      expect((await waiting.result).status).toBe(200);
    } finally {
      await row.release();
      await availability.release();
    }
    expect(await entriesSince(app.database, scene, before)).toHaveLength(1 + move.changes.length);
  });
});

describe('a transfer of ownership that waits while the next owner', () => {
  const undoTransfer: WriteCall['request'] = ({ eventId }) => ({
    method: 'POST',
    path: `/api/events/${eventId}/changelog/3/undo`,
    body: {},
  });
  const transferred: Lock = async (holder) => {
    expect((await transfer()).status).toBe(200);
    await holder.lockAvailability(scene.ana.id);
  };

  it('becomes busy at that time is refused: changeRole', async () => {
    const before = await historyOf(app.database, scene);
    const busy = (): Promise<WireAnswer> =>
      send(app, '/api/events', { as: scene.dora, body: { title: 'Busy dora', ...HOUR } });
    const [first, { status, json }] = await inOrder(app.database, scene, availabilityOf('dora'), [busy, transfer]);
    expect([first.status, status, json.code]).toEqual([201, 409, 'event_conflict']);
    expect(await entriesSince(app.database, scene, before)).toEqual(['created 1 by dora']);
  });

  it('becomes busy at that time is refused: undoChange of a transfer', async () => {
    const busy = (): Promise<WireAnswer> =>
      send(app, '/api/events', { as: scene.ana, body: { title: 'Busy ana', ...HOUR } });
    const undo = (): Promise<WireAnswer> => call(app, scene, { request: undoTransfer }, 'dora');
    const [first, { status, json }] = await inOrder(app.database, scene, transferred, [busy, undo]);
    expect([first.status, status, json.code]).toEqual([201, 409, 'event_conflict']);
  });

  it('loses access is refused as for a stranger', async () => {
    const revoke = (): Promise<WireAnswer> =>
      send(app, `/api/events/${scene.eventId}/permissions/${scene.dora.id}`, { as: scene.ana, method: 'DELETE' });
    const [first, { status, json }] = await inOrder(app.database, scene, eventRow, [revoke, transfer]);
    expect([first.status, status, json.code]).toEqual([204, 404, 'not_found']);
  });

  it('gets the same event by another request changes nothing more', async () => {
    const before = await historyOf(app.database, scene);
    const [first, second] = await inOrder(app.database, scene, eventRow, [transfer, transfer]);
    // Ana is an editor by then.
    expect([first.status, second.status]).toEqual([200, 403]);
    expect(await entriesSince(app.database, scene, before)).toEqual(['ownership_transferred 1 by ana']);
  });
});

describe('an edit for an older version that waits', () => {
  const edit = (by: Name, body: object) => (): Promise<WireAnswer> =>
    send(app, `/api/events/${scene.eventId}`, { as: scene[by], method: 'PUT', body, headers: { 'if-match': '"1"' } });

  it('is merged with the edit that was faster', async () => {
    const calls = [edit('ben', { title: 'By Ben' }), edit('dora', { location: 'Room 4' })] as const;
    const [, { status, json, headers }] = await inOrder(app.database, scene, eventRow, calls);
    expect([status, headers.get('convene-merged'), json.version]).toEqual([200, '1..2', 3]);
    expect(json).toMatchObject({ title: 'By Ben', location: 'Room 4' });
  });

  it('is refused with the clash when both changed the same', async () => {
    const calls = [edit('ben', { title: 'By Ben' }), edit('dora', { title: 'By Dora' })] as const;
    const [first, { status, json }] = await inOrder(app.database, scene, eventRow, calls);
    expect([first.status, status, json.code]).toEqual([200, 412, 'stale_version']);
    expect(json.clashes).toMatchObject([{ field: 'title', theirs: 'By Ben', yours: 'By Dora' }]);
  });
});

describe('a rollback that would rejoin a split', () => {
  it('leaves a tail alone that was edited while it waited, and is refused', async () => {
    await daily(scene);
    const query = { occurrence: SECOND, scope: 'following' as const };
    const { ben, eventId } = scene;
    const body = { title: 'From here' };
    const tail = await ok(updateEvent({ client: ben.client, path: { id: eventId }, query, body }));
    const onTail: Lock = (holder) => holder.lockEvent(tail.id);
    const edit = (): Promise<WireAnswer> =>
      send(app, `/api/events/${tail.id}`, { as: ben, method: 'PUT', body: { location: 'Room 4' } });
    const rollback = (): Promise<WireAnswer> => call(app, scene, { request: on('POST', '/rollback/2', {}) }, 'ben');
    const [first, second] = await inOrder(app.database, scene, onTail, [edit, rollback]);
    expect([first.status, second.status, second.json.code]).toEqual([200, 409, 'later_changes']);
  });

  it('leaves a tail alone on which its author lost their role while it waited', async () => {
    await daily(scene);
    const query = { occurrence: SECOND, scope: 'following' as const };
    const { ben, ana, eventId } = scene;
    const tail = await ok(
      updateEvent({ client: ben.client, path: { id: eventId }, query, body: { title: 'From here' } }),
    );
    const onTail: Lock = (holder) => holder.lockEvent(tail.id);
    const demote = (): Promise<WireAnswer> =>
      send(app, `/api/events/${tail.id}/permissions/${ben.id}`, { as: ana, method: 'PUT', body: { role: 'viewer' } });
    const rollback = (): Promise<WireAnswer> => call(app, scene, { request: on('POST', '/rollback/2', {}) }, 'ben');
    const [first, second] = await inOrder(app.database, scene, onTail, [demote, rollback]);
    expect([first.status, second.status, second.json.code]).toEqual([200, 409, 'later_changes']);
  });
});

it('starting a call reports one that does not wait', async () => {
  const early = startWaiting(app.database, 1, async () => 'early');
  await expect(early).rejects.toThrow(/without waiting.*early/);
  const failed = start(async () => Promise.reject(new Error('no')));
  await expect(untilBlockedBy(app.database, -1, failed)).rejects.toThrow(/without waiting.*no/);
});
