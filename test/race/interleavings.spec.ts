import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
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
import { startApp, type TestApp } from '../support/test-app.js';
import { HOUR, OF_INVITATIONS, WRITE_CALLS, type WriteCall } from '../support/write-operations.js';

/**
 * What changes while a write waits for its locks: its guard has let it in, and the change commits first. The queue for
 * the lock decides the order, not the clock (see `inOrder`).
 */
let app: TestApp;
let scene: Scene;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
beforeEach(async () => void (scene = await makeScene(app)));
afterEach(() => expectInvariants(app.database));

/** Who makes a call: Ben needs the role of an editor, Ana that of the owner. */
const ACTORS: Record<string, Name> = {
  createEvent: 'ana',
  createEvents: 'ana',
  updateEvent: 'ben',
  patchEvent: 'ben',
  deleteEvent: 'ana',
  'deleteEvent of one occurrence': 'ben',
  restoreEvent: 'ana',
  rollbackEvent: 'ben',
  revertChange: 'ben',
  'undoChange of a version': 'ben',
  'undoChange of a share': 'ana',
  'undoChange of a handover': 'ana',
  shareEvent: 'ana',
  changeRole: 'ana',
  revokePermission: 'ana',
};

const LEAVE: WriteCall = {
  operation: 'revokePermission',
  circumstance: ' of oneself',
  request: ({ ben, eventId }) => ({ method: 'DELETE', path: `/api/events/${eventId}/permissions/${ben.id}` }),
  changes: ['revoked 1'],
  notified: ['ben'],
};

interface Row {
  name: string;
  write: WriteCall;
  by: Name;
}

const ROWS: Row[] = WRITE_CALLS.map((write) => {
  const name = write.operation + (write.circumstance ?? '');
  return { name, write, by: (ACTORS[name] ?? ACTORS[write.operation])! };
});
const named = (...names: string[]): Row[] =>
  ROWS.filter(({ name, write }) => names.includes(name) || names.includes(write.operation));
const CREATIONS = named('createEvent', 'createEvents');
const RESTORATIONS = named('restoreEvent');
/** Writes of an event that is there, by an editor and by the owner. */
const EDITS = ROWS.filter(({ by }) => by === 'ben');
const OWNED = ROWS.filter((row) => row.by === 'ana' && !CREATIONS.includes(row) && !RESTORATIONS.includes(row));
const LEAVING: Row = { name: LEAVE.operation + LEAVE.circumstance, write: LEAVE, by: 'ben' };

const changes = ({ write, by }: Row): string[] => write.changes.map((change) => `${change} by ${by}`);

/** Runs a change, and after it the write that has waited for it. */
async function overtaken(
  { write, by }: Row,
  change: (app: TestApp) => Promise<WireAnswer>,
  lock: Lock = eventRow,
): Promise<{ status: number; code: string | undefined; json: WireAnswer['json']; entries: string[] }> {
  await write.before?.(scene);
  const before = await historyOf(app.database, scene);
  const calls = [() => change(app), () => call(app, scene, write, by)] as const;
  const [first, { status, json }] = await inOrder(app.database, scene, lock, calls);
  expect(first.status, JSON.stringify(first.json)).toBeLessThan(300);
  return { status, code: json?.code, json, entries: await entriesSince(app.database, scene, before) };
}

const done = (status: number): boolean => [200, 201, 204].includes(status);
const revoke = (who: Name) => (): Promise<WireAnswer> =>
  send(app, `/api/events/${scene.eventId}/permissions/${scene[who].id}`, { as: scene.ana, method: 'DELETE' });
const remove = (): Promise<WireAnswer> =>
  send(app, `/api/events/${scene.eventId}`, { as: scene.ana, method: 'DELETE' });
const become = (who: Name, name: string) => (): Promise<WireAnswer> => role(scene, who, name)(app);

describe('the writes on events', () => {
  it('all have rows here', () => {
    const { paths } = openApiDocument(app.app) as unknown as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const writes = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/events'))
      .flatMap(([, methods]) => Object.entries(methods).filter(([method]) => method !== 'get'))
      .map(([, { operationId }]) => operationId)
      .filter((id) => id !== 'checkConflicts');
    const called = ROWS.map(({ write }) => write.operation);
    expect([...new Set([...called, ...OF_INVITATIONS])].sort()).toEqual(writes.sort());
    expect(ROWS.filter(({ by }) => by === undefined)).toEqual([]);
    expect(new Set([...CREATIONS, ...RESTORATIONS, ...EDITS, ...OWNED])).toEqual(new Set(ROWS));
  });
});

describe('a write that waits while its author', () => {
  it.each(EDITS)('is made a viewer is refused: $name', async (row) => {
    const { status, code, entries } = await overtaken(row, become('ben', 'viewer'));
    const expected = [expect.stringMatching(/^role_changed \d by ana$/)];
    expect({ status, code, entries }).toEqual({ status: 403, code: 'forbidden', entries: expected });
  });

  it('is made a viewer is done when a viewer may do it: leaving', async () => {
    const { status, entries } = await overtaken(LEAVING, become('ben', 'viewer'));
    expect({ status, entries }).toEqual({ status: 204, entries: ['revoked 1 by ben', 'role_changed 1 by ana'] });
  });

  it.each([...EDITS, LEAVING])('loses access is refused as if the event were not there: $name', async (row) => {
    const { status, code, entries } = await overtaken(row, revoke('ben'));
    const expected = [expect.stringMatching(/^revoked \d by ana$/)];
    expect({ status, code, entries }).toEqual({ status: 404, code: 'not_found', entries: expected });
  });

  // The owner can only lose their role by a transfer, which makes them an editor.
  it.each(OWNED)('stops being the owner is refused: $name', async (row) => {
    const { status, code, entries } = await overtaken(row, become('dora', 'owner'));
    const expected = [expect.stringMatching(/^ownership_transferred \d by ana$/)];
    expect({ status, code, entries }).toEqual({ status: 403, code: 'forbidden', entries: expected });
  });

  it.each(EDITS)('becomes the owner is done once: $name', async (row) => {
    const { status, json, entries } = await overtaken(row, become('ben', 'owner'));
    expect(done(status), JSON.stringify(json)).toBe(true);
    expect(entries.filter((entry) => !entry.startsWith('ownership'))).toEqual(changes(row).sort());
    // A deletion has no body.
    if (status !== 204) expect(json).toMatchObject({ owner: { id: scene.ben.id } });
  });

  it('becomes the owner is refused when the owner may not do it: leaving', async () => {
    const { status, code, entries } = await overtaken(LEAVING, become('ben', 'owner'));
    expect({ status, code, entries }).toEqual({
      status: 409,
      code: 'owner_required',
      entries: ['ownership_transferred 1 by ana'],
    });
  });
});

describe('a write that waits while the event', () => {
  it.each(EDITS)('gets another owner is done once: $name', async (row) => {
    const { status, json, entries } = await overtaken(row, become('dora', 'owner'));
    expect(done(status), JSON.stringify(json)).toBe(true);
    expect(entries.filter((entry) => !entry.startsWith('ownership'))).toEqual(changes(row).sort());
    // A deletion has no body.
    if (status !== 204) expect(json).toMatchObject({ owner: { id: scene.dora.id } });
  });

  it.each([...EDITS, ...OWNED, LEAVING])('is deleted is refused: $name', async (row) => {
    const { status, code, entries } = await overtaken(row, remove);
    const expected = [expect.stringMatching(/^deleted \d by ana$/)];
    const isTold = row.by === 'ana' && row.write.operation !== 'deleteEvent';
    const refusal = isTold ? { status: 410, code: 'event_deleted' } : { status: 404, code: 'not_found' };
    expect({ status, code, entries }).toEqual({ ...refusal, entries: expected });
  });

  it.each(named('rollbackEvent'))('is deleted brings it back when its author is the owner: $name', async (row) => {
    const { status, json, entries } = await overtaken({ ...row, by: 'ana' }, remove);
    expect([status, json.version, entries]).toEqual([200, 4, ['deleted 3 by ana', 'rolled_back 4 by ana']]);
  });

  it.each(named('revertChange', 'undoChange of a version'))(
    'is deleted is refused to its owner too, for undoing another change leaves it in the trash: $name',
    async (row) => {
      const { status, code, entries } = await overtaken({ ...row, by: 'ana' }, remove);
      expect({ status, code, entries }).toEqual({
        status: 410,
        code: 'event_deleted',
        entries: ['deleted 3 by ana'],
      });
    },
  );

  it.each(RESTORATIONS)('is restored by somebody else changes nothing: $name', async (row) => {
    const restore = (): Promise<WireAnswer> => call(app, scene, row.write, 'ana');
    const { status, json, entries } = await overtaken(row, restore);
    expect({ status, version: json.version, entries }).toEqual({ status: 200, version: 3, entries: changes(row) });
  });
});

describe('a write that waits while the owner becomes busy at that time', () => {
  const book = (hour: typeof HOUR) => (): Promise<WireAnswer> =>
    send(app, '/api/events', { as: scene.ana, body: { title: 'Taken', ...hour } });

  it.each(named('createEvents', 'createEvent').filter(({ name }) => !name.includes('leaves')))(
    'is refused: $name',
    async (row) => {
      const hour = { start_time: '2026-07-01T08:00:00Z', end_time: '2026-07-01T09:00:00Z' };
      const { status, json, entries } = await overtaken(row, book(hour), availabilityOf('ana'));
      expect({ status, entries }).toEqual({ status: 409, entries: ['created 1 by ana'] });
      expect(json.conflicts).toContainEqual(expect.objectContaining({ title: 'Taken' }));
    },
  );

  it('leaves that occurrence out too, when conflicts are to be left out: createEvent', async () => {
    const hour = { start_time: '2026-06-02T10:00:00Z', end_time: '2026-06-02T11:00:00Z' };
    const row = named('createEvent that leaves clashes out')[0]!;
    const { status, json } = await overtaken(row, book(hour), availabilityOf('ana'));
    expect([status, json.skipped]).toEqual([201, ['2026-06-01T10:00:00Z', '2026-06-02T10:00:00Z']]);
  });

  it.each(RESTORATIONS)('is refused: $name', async (row) => {
    const { status, json, entries } = await overtaken(row, book(HOUR), availabilityOf('ana'));
    expect({ status, entries }).toEqual({ status: 409, entries: ['created 1 by ana'] });
    expect(json.conflicts).toMatchObject([{ title: 'Taken' }]);
  });
});

/**
 * Logging out ends a token for the next request. A request that was let in before may finish: it was made in a session
 * that was alive, and its author cannot tell it from one that was answered before.
 */
describe('a write that waits while its session ends', () => {
  it.each([...ROWS, LEAVING])('is done once, and the token is refused from then on: $name', async (row) => {
    const { write, by } = row;
    await write.before?.(scene);
    const before = await historyOf(app.database, scene);
    const holder = await LockHolder.begin(app.database);
    try {
      await (CREATIONS.includes(row) ? availabilityOf('ana') : eventRow)(holder, scene);
      const waiting = await startWaiting(app.database, 1, () => call(app, scene, write, by));
      expect((await send(app, '/api/auth/logout', { as: scene[by], body: {} })).status).toBe(204);
      expect((await call(app, scene, write, by)).status).toBe(401);
      await holder.release();
      const { status, json } = await waiting.result;
      expect(done(status), JSON.stringify(json)).toBe(true);
    } finally {
      await holder.release();
    }
    expect((await call(app, scene, write, by)).status).toBe(401);
    expect(await entriesSince(app.database, scene, before)).toEqual(changes(row).sort());
  });
});
