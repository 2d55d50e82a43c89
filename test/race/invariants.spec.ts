import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { outcome, slot } from '../support/calls.js';
import { expectInvariants } from '../support/invariants.js';
import { tampered } from '../support/tampering.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
const named: Record<string, string> = {};
beforeAll(async () => {
  app = await startApp();
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const ids: string[] = [];
  for (const hour of [1, 2, 3]) {
    const { id } = await ok(createEvent({ client: ana.client, body: { title: `At ${hour}`, ...slot(hour) } }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { users: [{ user_id: ben.id, role: 'editor' }] } }));
    await ok(updateEvent({ client: ben.client, path: { id }, body: { location: 'Room 4' } }));
    ids.push(id);
  }
  await outcome(deleteEvent({ client: ana.client, path: { id: ids[2]! } }));
  Object.assign(named, { $first: ids[0], $second: ids[1], $deleted: ids[2], $ana: ana.id, $ben: ben.id });
});
afterAll(() => app.close());

/** Ways to spoil good data, which the schema may or may not allow, each within a transaction that is not committed. */
const SPOILED: [string, string][] = [
  ['a version is missing', `DELETE FROM event_versions WHERE event_id = '$first' AND version = 1`],
  ['the row is ahead of its history', `UPDATE events SET version = 3 WHERE id = '$first'`],
  ['the row is not its last snapshot', `UPDATE events SET title = 'Other' WHERE id = '$first'`],
  ['the last author is another', `UPDATE events SET updated_by = '$ana' WHERE id = '$first'`],
  [
    'history has another order',
    `ALTER TABLE event_versions DROP CONSTRAINT event_versions_row_check;
     UPDATE event_versions SET position = 0 WHERE event_id = '$first' AND version = 2`,
  ],
  [
    'a change of members is dated after the version that follows it',
    `UPDATE member_changes SET created_at = created_at + interval '1 hour' WHERE event_id = '$first'`,
  ],
  ['a member does not find an event', `DELETE FROM visible_spans WHERE event_id = '$first' AND user_id = '$ben'`],
  ['a member finds an event at another time', `UPDATE visible_spans SET span = '(,)' WHERE event_id = '$first'`],
  [
    'a member finds an event in the trash',
    `INSERT INTO visible_spans SELECT '$deleted', user_id, kind, start_time, span, since, created_at FROM visible_spans LIMIT 1`,
  ],
  [
    'an event counts as newer than it is',
    `UPDATE visible_spans SET created_at = created_at + interval '1 hour' WHERE event_id = '$first'`,
  ],
  [
    'a span is older than its event',
    `UPDATE visible_spans SET since = since - interval '1 hour' WHERE event_id = '$first'`,
  ],
  ['an event has no owner', `UPDATE event_permissions SET role = 'editor' WHERE event_id = '$first'`],
  [
    'an event has two owners',
    `DROP INDEX event_permissions_one_owner_idx; UPDATE event_permissions SET role = 'owner' WHERE event_id = '$first'`,
  ],
  [
    'two events overlap',
    `ALTER TABLE event_occupancy DROP CONSTRAINT event_occupancy_no_overlap;
     UPDATE event_occupancy SET busy = (SELECT busy FROM event_occupancy WHERE event_id = '$second')`,
  ],
  ['a busy event occupies nothing', `DELETE FROM event_occupancy WHERE event_id = '$first'`],
  ['a deleted event occupies its time', `UPDATE event_occupancy SET event_id = '$deleted' WHERE event_id = '$first'`],
  ['the time of another is occupied', `UPDATE event_occupancy SET owner_id = '$ben' WHERE event_id = '$first'`],
  ['a stream has a hole', `DELETE FROM notifications WHERE user_id = '$ben' AND seq = 2`],
  [
    'a stream ends too early',
    `DELETE FROM notifications WHERE user_id = '$ben' AND seq = (SELECT last_seq FROM notification_streams WHERE user_id = '$ben')`,
  ],
  ['a stream counted too far', `UPDATE notification_streams SET last_seq = last_seq + 1 WHERE user_id = '$ben'`],
  [
    'somebody was told of another event',
    `UPDATE notifications SET event_id = '$second' WHERE user_id = '$ben' AND seq = 1`,
  ],
  [
    'somebody was told another story',
    `UPDATE notifications SET type = 'event_deleted' WHERE user_id = '$ben' AND seq = 2`,
  ],
  ['somebody has a role without history', `UPDATE event_permissions SET role = 'viewer' WHERE user_id = '$ben'`],
  ['a change of people was forgotten', `DELETE FROM member_changes WHERE event_id = '$first'`],
];

describe('the invariants that every stress test ends with', () => {
  it('hold for what the application writes', () => expectInvariants(app.database));

  it.each(SPOILED)('see that %s', async (_name, sql) => {
    const statements = sql.replace(/\$\w+/g, (name) => named[name]!);
    await tampered(app.database, statements, async (database) => {
      await expect(expectInvariants(database)).rejects.toThrow(/expected/);
    });
  });
});
