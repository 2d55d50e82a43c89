import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteEvent,
  patchEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { createMeeting, share, versionsOf } from '../support/meetings.js';
import { done } from '../support/requests.js';
import { type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
});
afterAll(() => app.close());

describe('a write to an event in the trash', () => {
  it('tells its owner who deleted it and how to restore it, and others nothing', async () => {
    const event = await createMeeting(ana);
    await share(ana, event.id, ben, 'editor');
    const cid = await app.signUp('cid');
    await share(ana, event.id, cid, 'viewer');
    await done(deleteEvent({ client: ana.client, path: { id: event.id } }));
    const path = { id: event.id };
    const writes = ({ client }: Person) => [
      updateEvent({ client, path, body: { title: 'x' }, headers: { 'If-Match': '"1"' } }),
      patchEvent({ client, path, body: { title: 'x' } }),
      shareEvent({ client, path, body: { users: [{ username: 'nobody', role: 'viewer' }] } }),
      rollbackEvent({ client, path: { ...path, version: 1 }, body: { fields: ['title'] } }),
      revokePermission({ client, path: { ...path, userId: cid.id } }),
    ];
    for (const call of writes(ben)) expect(await refused(call)).toMatchObject({ status: 404, code: 'not_found' });
    for (const call of writes(ana)) {
      expect(await refused(call)).toMatchObject({
        status: 410,
        code: 'event_deleted',
        deleted_at: expect.stringMatching(/Z$/),
        deleted_by: { id: ana.id, username: ana.username },
        restore_url: `/api/events/${event.id}/restore`,
      });
    }
    // Deleting it again asks for nothing that restoring would help.
    for (const query of [{}, { occurrence: event.start_time }]) {
      const call = deleteEvent({ client: ana.client, path, query });
      expect(await refused(call)).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 deleted']);
  });
});
