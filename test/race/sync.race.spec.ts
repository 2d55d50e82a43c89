import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteEvent, revokePermission, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { createMeeting, share } from '../support/meetings.js';
import { SyncedList } from '../support/synced-list.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

type Change = (owner: Person, id: string, member: Person) => Promise<unknown>;

const CHANGES: [string, Change][] = [
  ['an edit', ({ client }, id) => updateEvent({ client, path: { id }, body: { title: 'late' } })],
  ['a deletion', ({ client }, id) => deleteEvent({ client, path: { id } })],
  ['a removal', ({ client }, id, { id: userId }) => revokePermission({ client, path: { id, userId } })],
];

describe('a change that has waited for its number while a list was read', () => {
  it.each(CHANGES)('is in the next sync: %s', async (_name, change) => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await createMeeting(ana);
    await share(ana, id, ben, 'viewer');
    const holder = await LockHolder.begin(app.database);
    try {
      await holder.query('SELECT FROM notification_streams WHERE user_id = $1 FOR UPDATE', [ben.id]);
      // It has written the event, and waits for its number in Ben's stream.
      const waiting = await startWaiting(app.database, 1, () => change(ana, id, ben));
      const copy = await SyncedList.read(ben);
      expect(copy.contents()).toMatchObject([{ title: 'Team Meeting' }]);
      await holder.release();
      await waiting.result;
      await copy.sync();
      expect(copy.contents()).toEqual(await copy.fresh());
      expect(copy.contents().map(({ title }) => title)).not.toContain('Team Meeting');
    } finally {
      await holder.release();
    }
  });
});
