import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  checkConflicts,
  createEvent,
  diffVersions,
  exportEvent,
  findTime,
  getEvent,
  getFreeBusy,
  getVersion,
  listChangelog,
  listInvitations,
  listOccurrences,
  listPermissions,
  listVersions,
  revokePermission,
  shareEvent,
  undoChange,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { Client } from '../../sdk/generated/client/index.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { HeldAnswers } from '../support/held-answers.js';
import { startMailApp } from '../support/mail-box.js';
import { stopJobs } from '../support/stop-jobs.js';
import { ok, type Person, type TestApp } from '../support/test-app.js';

/** What the statement contains that looks at the role on an event, and at the people with whom somebody shares one. */
const ROLE = 'FROM event_permissions p JOIN events e';
const KNOWN_PEOPLE = 'FROM (SELECT v.event_id FROM visible_spans v';

let database: TestDatabase;
let proxy: HeldAnswers;
let app: TestApp;
let close: () => Promise<void>;
let ana: Person;
let ben: Person;
let cleo: Person;
beforeAll(async () => {
  database = await createDatabase();
  proxy = await HeldAnswers.before(database.url);
  // Without names, every statement says its text.
  ({ app, close } = await startMailApp({ databaseUrl: proxy.url, databasePrepares: false }, database));
  await stopJobs(app);
  [ana, ben, cleo] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cleo')];
});
afterAll(async () => {
  proxy.release();
  await close();
  proxy.close();
  await database.drop();
});

let hour = 0;
let id: string;
beforeEach(async () => {
  hour += 10;
  id = (await ok(createEvent({ client: ana.client, body: { title: 'Before', ...slot(hour) } }))).id;
  await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'viewer' } }));
});

/** Takes the access away; then changes the event, its members, and when the owner is busy. */
async function revokeAndWrite(): Promise<void> {
  const path = { id };
  await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
  await ok(updateEvent({ client: ana.client, path, body: { title: 'Secret', ...slot(hour + 1) } }));
  await ok(shareEvent({ client: ana.client, path, body: { user_id: cleo.id, role: 'viewer' } }));
}

const from = (): string => slot(hour).start_time;
const to = (): string => slot(hour + 5).start_time;

type Read = (client: Client) => Promise<{ data?: unknown; error?: unknown; response?: Response }>;

const READS: [name: string, asked: string, read: Read, statuses: number[]][] = [
  ['the event', 'FROM event_permissions', (client) => getEvent({ client, path: { id } }), [200]],
  ['its versions', ROLE, (client) => listVersions({ client, path: { id } }), [200]],
  ['its versions, numbered', ROLE, (client) => listVersions({ client, path: { id }, query: { page: 1 } }), [200]],
  ['a version', ROLE, (client) => getVersion({ client, path: { id, version: 2 } }), [404]],
  ['its changelog', ROLE, (client) => listChangelog({ client, path: { id }, query: { order: 'desc' } }), [200]],
  ['a comparison', ROLE, (client) => diffVersions({ client, path: { id, v1: '1', v2: 'current' } }), [200]],
  ['its members', ROLE, (client) => listPermissions({ client, path: { id } }), [200]],
  ['its occurrences', 'event_permissions', (client) => listOccurrences({ client, path: { id } }), [200]],
  ['its file', 'event_permissions', (client) => exportEvent({ client, path: { id } }), [200]],
  [
    'when its owner is busy',
    KNOWN_PEOPLE,
    (client) => getFreeBusy({ client, query: { user_ids: [ana.id], from: from(), to: to() } }),
    [200],
  ],
  [
    'a time for both',
    KNOWN_PEOPLE,
    (client) => findTime({ client, body: { user_ids: [ana.id], duration_minutes: 60, from: from(), to: to() } }),
    [200],
  ],
];

describe('somebody whose access ends while their request is answered', () => {
  it.each(READS)('reads nothing that was written later: %s', async (_name, asked, read, statuses) => {
    const before = await read(ben.client);
    const held = proxy.hold(asked);
    const reading = read(ben.client);
    await held;
    await revokeAndWrite();
    proxy.release();
    const { data, error, response } = await reading;
    expect(statuses).toContain(response?.status);
    // As it was, to the letter.
    expect(withoutId(data ?? error)).toEqual(withoutId(before.data ?? before.error));
    expect((await read(ben.client)).response?.status).toBeGreaterThanOrEqual(400);
  });

  it('reads nothing that was written later: whether the event would conflict', async () => {
    // Of the owner, at the time to which she moves the event: then it is no new conflict.
    await ok(createEvent({ client: ana.client, body: { title: 'Other', ...slot(hour + 1) } }));
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'editor' } }));
    const check = (): ReturnType<typeof checkConflicts> =>
      checkConflicts({ client: ben.client, body: { event_id: id, end_time: slot(hour + 1).end_time } });
    const held = proxy.hold(ROLE);
    const checking = check();
    await held;
    await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
    const body = { ...slot(hour + 1), on_conflict: 'allow' as const };
    await ok(updateEvent({ client: ana.client, path: { id }, body }));
    proxy.release();
    expect((await checking).data?.conflicts).toHaveLength(1);
    expect((await check()).response?.status).toBe(404);
  });

  it('reads nothing that was written later: the invitations, as an owner until then', async () => {
    const read = (): ReturnType<typeof listInvitations> => listInvitations({ client: ana.client, path: { id } });
    const held = proxy.hold(ROLE);
    const reading = read();
    await held;
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } }));
    const body = { email: `guest-${hour}@example.com`, role: 'viewer' as const };
    await ok(shareEvent({ client: ben.client, path: { id }, body }));
    proxy.release();
    expect((await reading).data).toEqual({ items: [] });
    expect((await read()).response?.status).toBe(403);
  });
});

describe('somebody whose access ends after the guard of a write has let them in', () => {
  // The revocation itself, a change of the content, one of the members, an invitation, and none.
  const laterChanges = [1, 2, 3, 4, 5].flatMap((later) => [false, true].map((hasKey) => ({ later, hasKey })));
  it.each(laterChanges)('is told nothing of a later change: $later, with a key: $hasKey', async ({ later, hasKey }) => {
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'editor' } }));
    const { items } = await ok(listChangelog({ client: ana.client, path: { id }, query: { order: 'desc' } }));
    const position = items[0]!.position + later;
    const headers = hasKey ? { 'Idempotency-Key': `undo ${id} ${position}` } : {};
    const held = proxy.hold(ROLE);
    const undoing = undoChange({ client: ben.client, path: { id, position }, body: {}, headers });
    await held;
    await revokeAndWrite();
    await ok(
      shareEvent({ client: ana.client, path: { id }, body: { email: `for-${id}@example.com`, role: 'viewer' } }),
    );
    proxy.release();
    const { error, response } = await undoing;
    expect([response?.status, (error as { detail?: string }).detail]).toEqual([404, undefined]);
  });
});

/** Without the id of the request, which a refusal has. */
const withoutId = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data), (key, value: unknown) => (key === 'request_id' ? null : value));
