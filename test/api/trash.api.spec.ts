import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  eraseMe,
  getEvent,
  listAudit,
  listChangelog,
  listEvents,
  listVersions,
  restoreEvent,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { TimeZoneUpdateService } from '../../src/events/time-zone-update.service.js';
import { TrashService } from '../../src/events/trash.service.js';
import { slot } from '../support/calls.js';
import { done } from '../support/requests.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;

let app: TestApp;
let other: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp({ trashDays: 30 });
  other = await startApp({}, app.database);
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
});
afterAll(async () => {
  await other.close();
  await expectInvariants(app.database);
  await app.close();
});

/** What the job does when so many days have passed. */
const purgeAfter = (days: number): Promise<number> =>
  app.app.get(TrashService).purge({ now: new Date(Date.now() + days * DAY_MS) });
async function deletedEvent(): Promise<string> {
  const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Team meeting', ...slot(1) } }));
  await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'editor' } }));
  await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Renamed' } }));
  await done(deleteEvent({ client: ana.client, path: { id } }));
  return id;
}
const trash = async (): Promise<string[]> =>
  (await ok(listEvents({ client: ana.client, query: { deleted: true, limit: 200 } }))).items.map(({ id }) => id);

describe('the trash', () => {
  it('keeps an event for the configured time, and then for good', async () => {
    const id = await deletedEvent();
    expect(await purgeAfter(29)).toBe(0);
    expect(await trash()).toContain(id);
    expect(await purgeAfter(31)).toBe(1);
    expect(await purgeAfter(31)).toBe(0);
    expect(await trash()).not.toContain(id);
    expect(await app.database.query('SELECT event_id FROM event_texts WHERE event_id = $1', [id])).toEqual([]);
  });

  it('restores nothing that was removed from it, in whichever way, on whichever server', async () => {
    const id = await deletedEvent();
    await purgeAfter(31);
    for (const { client } of [ana, { client: other.client(ana.accessToken) }]) {
      for (const write of [
        restoreEvent({ client, path: { id } }),
        rollbackEvent({ client, path: { id, version: 1 } }),
        updateEvent({ client, path: { id }, body: { title: 'Back' } }),
        shareEvent({ client, path: { id }, body: { username: ben.username, role: 'viewer' } }),
      ]) {
        expect(await refused(write)).toMatchObject({
          status: 410,
          code: 'event_purged',
          purged_at: expect.any(String),
        });
      }
      expect(await refused(deleteEvent({ client, path: { id } }))).toMatchObject({ status: 404 });
    }
    expect(await refused(restoreEvent({ client: ben.client, path: { id } }))).toMatchObject({ status: 404 });
    expect(await refused(getEvent({ client: ana.client, path: { id } }))).toMatchObject({ status: 404 });
  });

  it('leaves the history to its owner, whole', async () => {
    const id = await deletedEvent();
    await purgeAfter(31);
    const versions = await ok(listVersions({ client: ana.client, path: { id } }));
    expect(versions.items.map(({ kind }) => kind)).toEqual(['deleted', 'updated', 'created']);
    const log = await ok(listChangelog({ client: ana.client, path: { id } }));
    expect(log.items.map(({ kind }) => kind)).toEqual(['created', 'shared', 'updated', 'deleted']);
    expect(await refused(listVersions({ client: ben.client, path: { id } }))).toMatchObject({ status: 404 });
    const { items } = await ok(listAudit({ client: ana.client, query: { kind: 'event_purged', event_id: id } }));
    expect(items).toMatchObject([{ actor: { username: 'convene-system' }, subject: { id: ana.id } }]);
  });

  it('is not mistaken for the present by new time zone data or an erased owner', async () => {
    const cleo = await app.signUp('cleo');
    const { id } = await ok(createEvent({ client: cleo.client, body: { title: 'Plan', ...slot(3) } }));
    await done(deleteEvent({ client: cleo.client, path: { id } }));
    await purgeAfter(31);
    await app.database.query(`UPDATE events SET tzdata = '2020a'`);
    await app.app.get(TimeZoneUpdateService).recompute();
    await done(eraseMe({ client: cleo.client, body: { password: cleo.password } }));
    expect(await app.database.query('SELECT version FROM events WHERE id = $1', [id])).toEqual([{ version: 2 }]);
  });

  it('removes an event or lets it be restored, never both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await deletedEvent();
      const [restored] = await Promise.all([
        restoreEvent({ client: ana.client, path: { id }, body: { on_conflict: 'allow' } }),
        purgeAfter(31),
      ]);
      const [row] = await app.database.query<{ restored: boolean; purged: boolean }>(
        'SELECT deleted_at IS NULL AS restored, purged_at IS NOT NULL AS purged FROM events WHERE id = $1',
        [id],
      );
      expect(row!.restored).toBe(restored.response?.status === 200);
      expect(row!.purged).toBe(!row!.restored);
      if (row!.restored) await done(deleteEvent({ client: ana.client, path: { id } }));
    }
  });
});
