import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { getEvent, listPermissions } from '../../sdk/generated/sdk.gen.js';
import { makeScene, role, type Scene } from '../support/interleaving.js';
import { expectInvariants } from '../support/invariants.js';
import { send, type WireAnswer } from '../support/requests.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

/** Servers whose clocks differ: two instances, of which one is ahead while it handles a call. */
const AHEAD = 5 * 60_000;

let apps: [TestApp, TestApp];
let scene: Scene;
beforeAll(async () => {
  const first = await startApp();
  apps = [first, await startApp({}, first.database)];
});
afterAll(async () => {
  await apps[1].close();
  await apps[0].close();
});
beforeEach(async () => void (scene = await makeScene(apps[0])));
afterEach(async () => {
  vi.useRealTimers();
  await expectInvariants(apps[0].database);
});

/** Only the clock is changed, not timers: everything else goes on as usual. */
async function ahead<T>(work: (app: TestApp) => Promise<T>, by = AHEAD): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + by });
  try {
    return await work(apps[1]);
  } finally {
    vi.useRealTimers();
  }
}

const behind = <T>(work: (app: TestApp) => Promise<T>): Promise<T> => work(apps[0]);

type Write = (app: TestApp) => Promise<WireAnswer>;
const on =
  (method: string, rest: string, body?: object, by: 'ana' | 'ben' | 'dora' = 'ana'): Write =>
  (app) =>
    send(app, `/api/events/${scene.eventId}${rest}`, { as: scene[by], method, body });
const edit = (title: string): Write => on('PUT', '', { title });
const transfer =
  (by: 'ana' | 'dora' = 'ana', to: 'ana' | 'dora' = 'dora'): Write =>
  (app) =>
    role(scene, to, 'owner', by)(app);
const revoke =
  (who: 'ana' | 'ben', by: 'ana' | 'dora' = 'ana'): Write =>
  (app) =>
    send(app, `/api/events/${scene.eventId}/permissions/${scene[who].id}`, { as: scene[by], method: 'DELETE' });
const share: Write = (app) => on('POST', '/share', { username: scene.cleo.username, role: 'viewer' })(app);

const times = async (): Promise<{ entry: string; at: Date }[]> =>
  apps[0].database.query(
    `SELECT concat(kind, ' ', version) AS entry, created_at AS at
       FROM (SELECT position, kind, version, created_at FROM event_versions WHERE event_id = $1
             UNION ALL SELECT position, kind, version, created_at FROM member_changes WHERE event_id = $1) AS history
      ORDER BY position`,
    [scene.eventId],
  );

async function expectRising(): Promise<void> {
  const history = await times();
  const sorted = [...history].sort((a, b) => a.at.getTime() - b.at.getTime());
  expect(sorted.map(({ entry }) => entry)).toEqual(history.map(({ entry }) => entry));
}

async function done(write: Promise<WireAnswer>): Promise<WireAnswer> {
  const answer = await write;
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return answer;
}

describe('the history of an event that servers with different clocks write', () => {
  it.each<[string, Write, Write]>([
    ['an edit after an edit', edit('Ahead'), edit('Behind')],
    ['a rollback after an edit', edit('Ahead'), on('POST', '/rollback/1', {})],
    ['an undo after an edit', edit('Ahead'), on('POST', '/changelog/3/undo', {})],
    ['a deletion after an edit', edit('Ahead'), on('DELETE', '')],
    ['a restoration after a deletion', on('DELETE', ''), on('POST', '/restore', {})],
    ['a share after an edit', edit('Ahead'), share],
    ['a revocation after an edit', edit('Ahead'), revoke('ben')],
    ['an edit after a share', share, edit('Behind')],
    ['an edit after a revocation', revoke('ben'), edit('Behind')],
    ['a revocation after a share', share, (app) => on('DELETE', `/permissions/${scene.cleo.id}`)(app)],
    ['a share after a revocation', revoke('ben'), share],
    ['a deletion after a transfer', transfer(), on('DELETE', '', undefined, 'dora')],
    ['a transfer after a transfer', transfer(), transfer('dora', 'ana')],
    ['a revocation after a transfer', transfer(), revoke('ana', 'dora')],
  ])('is dated in order: %s', async (_what, first, second) => {
    await done(ahead(first));
    await done(behind(second));
    await expectRising();
  });

  it('is dated in order also from the tail of a split on', async () => {
    const following = '?occurrence=2026-06-02T10:00:00Z&scope=following';
    await done(behind(on('PUT', '', { recurrence_pattern: 'FREQ=DAILY;COUNT=3' })));
    const { json } = await done(ahead(on('PUT', following, { title: 'From here' })));
    const edited = await done(
      behind((app) => send(app, `/api/events/${json.id}`, { as: scene.ana, method: 'PUT', body: { title: 'Edited' } })),
    );
    expect(Date.parse(edited.json.updated_at)).toBeGreaterThan(Date.parse(json.updated_at));
    await expectRising();
  });

  it('is read as of each of its moments in the order in which it was written', async () => {
    for (const [index, title] of ['One', 'Two', 'Three', 'Four'].entries()) {
      await done(index % 2 === 0 ? ahead(edit(title)) : behind(edit(title)));
    }
    const moments = (await times()).filter(({ entry }) => entry.startsWith('updated'));
    // The clock that reads is further ahead than those that wrote.
    await ahead(async (app) => {
      for (const [index, { at }] of moments.entries()) {
        const query = { as_of: at.toISOString() };
        const event = await ok(
          getEvent({ client: app.client(scene.ana.accessToken), path: { id: scene.eventId }, query }),
        );
        expect([event.version, event.title]).toEqual([index + 2, ['One', 'Two', 'Three', 'Four'][index]]);
      }
    }, 2 * AHEAD);
  });

  it('has exactly one owner as of each of its moments', async () => {
    await done(ahead(transfer()));
    await done(behind(revoke('ana', 'dora')));
    const moments = [new Date(), ...(await times()).map(({ at }) => at)];
    await ahead(async (app) => {
      const client = app.client(scene.dora.accessToken);
      for (const moment of moments) {
        const { items } = await ok(
          listPermissions({ client, path: { id: scene.eventId }, query: { as_of: moment.toISOString() } }),
        );
        expect(items.filter((member) => member.role === 'owner').length, moment.toISOString()).toBe(1);
      }
    }, 2 * AHEAD);
  });
});
