import {
  changeRole,
  createEvent,
  deleteEvent,
  restoreEvent,
  revokePermission,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { createMeeting, hourOn, share } from './meetings.js';
import { ok, type Person, type TestApp } from './test-app.js';

/** An event to which everything has happened, and a series in three parts. */
export interface EventfulHistory {
  ana: Person;
  ben: Person;
  event: string;
  /** The first part of the series. */
  head: string;
}

/** Makes every kind of change through the API: edits, shares, roles, a transfer, the trash, a rollback, splits. */
export async function liveEventfully(app: TestApp): Promise<EventfulHistory> {
  const [ana, ben, eve] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('eve')];
  const event = (await createMeeting(ana)).id;
  await createMeeting(ana, hourOn(30));
  const path = { id: event };
  const edit = (title: string): Promise<unknown> =>
    ok(updateEvent({ client: ana.client, path, body: { title, change_comment: 'Why not' } }));
  await share(ana, event, ben, 'viewer');
  await edit('Überraschung 🎉 "quoted" \\ \u2028');
  await share(ana, event, ben, 'editor');
  await share(ana, event, eve, 'viewer');
  await ok(updateEvent({ client: ben.client, path, body: { description: 'x\ny', location: 'Room 4' } }));
  await ok(changeRole({ client: ana.client, path: { id: event, userId: ben.id }, body: { role: 'owner' } }));
  await deleteEvent({ client: ben.client, path, throwOnError: true });
  await ok(restoreEvent({ client: ben.client, path, body: {} }));
  await ok(rollbackEvent({ client: ben.client, path: { id: event, version: 1 }, body: {} }));
  await revokePermission({ client: ben.client, path: { id: event, userId: eve.id }, throwOnError: true });
  await edit('The end');

  const pattern = { frequency: 'daily' as const, count: 10 };
  const series = { title: 'Daily', ...hourOn(60), time_zone: 'Europe/Paris', recurrence_pattern: pattern };
  const head = (await ok(createEvent({ client: ana.client, body: series }))).id;
  await share(ana, head, ben, 'editor');
  const part = (day: number, scope: 'this' | 'following'): { occurrence: string; scope: 'this' | 'following' } => ({
    occurrence: hourOn(60 + day).start_time,
    scope,
  });
  const body = { title: 'From here on' };
  await ok(updateEvent({ client: ben.client, path: { id: head }, query: part(1, 'this'), body: hourOn(61, 15) }));
  const tail = await ok(updateEvent({ client: ben.client, path: { id: head }, query: part(5, 'following'), body }));
  await share(ana, head, eve, 'viewer');
  await revokePermission({ client: ana.client, path: { id: tail.id, userId: ben.id }, throwOnError: true });
  await ok(
    updateEvent({ client: ana.client, path: { id: tail.id }, query: part(7, 'following'), body: { title: 'And on' } }),
  );
  return { ana, ben, event, head };
}
