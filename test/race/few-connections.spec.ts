import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  createEvents,
  deleteEvent,
  getEvent,
  listNotifications,
  restoreEvent,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { atOnce, slot } from '../support/calls.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp({ databasePoolSize: 2 })));
afterAll(() => app.close());

describe('a server with two connections to the database', () => {
  it('does everything for 16 callers at once: no request ever holds one connection and waits for another', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    await atOnce(16, async (index) => {
      const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(index * 4) } }));
      const path = { id };
      await ok(shareEvent({ client: ana.client, path, body: { users: [{ user_id: ben.id, role: 'editor' }] } }));
      await ok(updateEvent({ client: ben.client, path, body: slot(index * 4 + 1) }));
      await ok(rollbackEvent({ client: ben.client, path: { id, version: 1 }, body: {} }));
      expect((await deleteEvent({ client: ana.client, path })).response.status).toBe(204);
      await ok(restoreEvent({ client: ana.client, path, body: {} }));
      await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } }));
      await ok(createEvents({ client: ana.client, body: { events: [{ title: 'Next', ...slot(index * 4 + 2) }] } }));
      await ok(listNotifications({ client: ben.client }));
      expect(await ok(getEvent({ client: ana.client, path }))).toMatchObject({ version: 5, owner: { id: ben.id } });
    });
    await expectInvariants(app.database);
  });
});
