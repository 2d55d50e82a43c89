import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  deleteEvent,
  listNotifications,
  readAllNotifications,
  readNotification,
  restoreEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView, NotificationsView, NotificationView } from '../../sdk/generated/types.gen.js';
import { createMeeting, share } from '../support/meetings.js';
import { complaints, done, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let cid: Person;
let event: EventView;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
beforeEach(async () => {
  [ana, ben, cid] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cid')];
  event = await createMeeting(ana, { title: 'Lunch' });
});

const inbox = ({ client }: Person, query: object = {}): Promise<NotificationsView> =>
  ok(listNotifications({ client, query }));
const edit = (body: object, { client } = ana): Promise<EventView> =>
  ok(updateEvent({ client, path: { id: event.id }, body }));
const changing = (person: Person, role: 'viewer' | 'editor' | 'owner', { client } = ana): Promise<unknown> =>
  ok(changeRole({ client, path: { id: event.id, userId: person.id }, body: { role } }));
const revoke = (person: Person, { client } = ana): Promise<void> =>
  done(revokePermission({ client, path: { id: event.id, userId: person.id } }));
/** `seq type`, oldest first. */
const stream = async (person: Person): Promise<string[]> =>
  (await inbox(person, { limit: 200 })).items.map(({ seq, type }) => `${seq} ${type}`).reverse();

describe('a stream', () => {
  it('contains everything that happens while a user is a member, numbered without gaps', async () => {
    const path = { id: event.id };
    await edit({ title: 'Early lunch' });
    await share(ana, event.id, ben, 'editor');
    await edit({ title: 'Late lunch' }, ben);
    await ok(rollbackEvent({ client: ana.client, path: { ...path, version: 1 }, body: {} }));
    await changing(ben, 'viewer');
    await done(deleteEvent({ client: ana.client, path }));
    await ok(restoreEvent({ client: ana.client, path, body: {} }));
    await changing(ben, 'owner');
    expect(await stream(ben)).toEqual([
      '1 event_shared',
      '2 event_updated',
      '3 event_rolled_back',
      '4 role_changed',
      '5 event_deleted',
      '6 event_restored',
      '7 ownership_transferred',
    ]);
    const types = (await stream(ben)).map((entry) => entry.split(' ')[1]);
    expect(await stream(ana)).toEqual(
      ['event_created', 'event_updated', ...types].map((type, index) => `${index + 1} ${type}`),
    );
  });

  it('is one per user, for all events', async () => {
    const other = await createMeeting(ben, { title: 'Dinner' });
    await share(ben, other.id, ana, 'viewer');
    await share(ana, event.id, ben, 'viewer');
    expect(await stream(ana)).toEqual(['1 event_created', '2 event_shared', '3 event_shared']);
    expect(await stream(ben)).toEqual(['1 event_created', '2 event_shared', '3 event_shared']);
    expect((await inbox(ana)).items.map(({ event_title }) => event_title)).toEqual(['Lunch', 'Dinner', 'Lunch']);
  });

  it('has no item for a refused write', async () => {
    await share(ana, event.id, ben, 'viewer');
    await refused(updateEvent({ client: ana.client, path: { id: event.id }, body: { title: '' } }));
    await refused(updateEvent({ client: ben.client, path: { id: event.id }, body: { title: 'x' } }));
    const body = { ...event, title: 'clash' };
    await send(app, '/api/events', {
      as: ana,
      body: { title: 'x', start_time: body.start_time, end_time: body.end_time },
    });
    await edit({ title: 'Dinner' });
    expect(await stream(ana)).toEqual(['1 event_created', '2 event_shared', '3 event_updated']);
    expect(await stream(ben)).toEqual(['1 event_shared', '2 event_updated']);
  });

  it('ends with access_revoked for a member who is removed', async () => {
    await share(ana, event.id, ben, 'editor');
    await revoke(ben);
    await edit({ title: 'Secret' });
    await done(deleteEvent({ client: ana.client, path: { id: event.id } }));
    expect(await stream(ben)).toEqual(['2 access_revoked']);
    const { items } = await inbox(ben);
    expect(items[0]!.message).toBe(`${ana.username} removed you from “Lunch”`);
    expect(JSON.stringify(items)).not.toContain('Secret');
  });

  it('has only the revocation for a member who was added and removed while away', async () => {
    await edit({ title: 'Secret' });
    const users = [ben, cid].map(({ username }) => ({ username, role: 'editor' as const }));
    await ok(shareEvent({ client: ana.client, path: { id: event.id }, body: { users } }));
    const [shared] = (await inbox(ben)).items;
    await edit({ title: 'Plan' });
    await changing(ben, 'viewer');
    await revoke(ben);
    const { items, unread_count: unread } = await inbox(ben);
    expect(items.map(({ seq, message }) => [seq, message])).toEqual([[4, `${ana.username} removed you from “Plan”`]]);
    expect(unread).toBe(1);
    expect(await inbox(ben, { unread: true, page: 1 })).toMatchObject({ total: 1, items: [{ seq: 4 }] });
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`Secret|${cid.username}`));
    const { client } = ben;
    expect(await refused(readNotification({ client, path: { id: shared!.id } }))).toMatchObject({ status: 404 });
    expect(await ok(readAllNotifications({ client }))).toEqual({ updated: 1 });
    // Others keep theirs, and a member who returns sees what they were sent while they were one.
    expect((await inbox(cid)).items[0]!.message).toBe(`${ana.username} removed ${ben.username} from “Plan”`);
    await share(ana, event.id, ben, 'viewer');
    expect((await inbox(ben)).items.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
  });

  it('continues with the next number when a user becomes a member again', async () => {
    await share(ana, event.id, ben, 'viewer');
    await revoke(ben, ben);
    await edit({ title: 'Unseen' });
    await share(ana, event.id, ben, 'viewer');
    await edit({ title: 'Seen' });
    expect(await stream(ben)).toEqual(['1 event_shared', '2 access_revoked', '3 event_shared', '4 event_updated']);
  });
});

describe('an item', () => {
  it('contains what happened, to which event, by whom and when', async () => {
    await share(ana, event.id, ben, 'editor');
    const changed = await edit({ title: 'Dinner', location: 'Room 4' });
    const [item] = (await inbox(ben)).items;
    expect(item).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      seq: 2,
      type: 'event_updated',
      event_id: event.id,
      event_title: 'Dinner',
      version: 2,
      actor: { id: ana.id, username: ana.username },
      changed: ['title', 'location'],
      message: `${ana.username} updated “Dinner”: changed the title from “Lunch” to “Dinner”; set the location to “Room 4”`,
      timestamp: changed.updated_at,
      read_at: null,
    });
  });

  it('addresses its recipient', async () => {
    const cid = await app.signUp('cid');
    const users = [ben, cid].map(({ id }) => ({ user_id: id, role: 'viewer' as const }));
    await ok(shareEvent({ client: ana.client, path: { id: event.id }, body: { users } }));
    await changing(ben, 'editor');
    await edit({ title: 'Dinner' }, ben);
    await revoke(cid, cid);
    const messages = async (person: Person): Promise<string[]> =>
      (await inbox(person)).items.map(({ message }) => message).reverse();
    const [a, b, c] = [ana.username, ben.username, cid.username];
    expect(await messages(ana)).toEqual([
      'You created “Lunch”',
      `You shared “Lunch” with ${b} and ${c} as viewers`,
      `You changed ${b}’s role on “Lunch” from viewer to editor`,
      `${b} renamed “Lunch” to “Dinner”`,
      `${c} left “Dinner”`,
    ]);
    expect(await messages(ben)).toEqual([
      `${a} shared “Lunch” with you and ${c} as viewers`,
      `${a} changed your role on “Lunch” from viewer to editor`,
      'You renamed “Lunch” to “Dinner”',
      `${c} left “Dinner”`,
    ]);
    expect((await messages(cid)).at(-1)).toBe('You left “Dinner”');
  });
});

describe('GET /api/notifications', () => {
  it('returns your own actions as read', async () => {
    await share(ana, event.id, ben, 'editor');
    await edit({ title: 'Dinner' }, ben);
    const [mine, theirs] = [await inbox(ana), await inbox(ben)];
    const read = ({ items }: NotificationsView): boolean[] => items.map(({ read_at }) => read_at !== null);
    expect([mine.unread_count, read(mine)]).toEqual([1, [false, true, true]]);
    expect([theirs.unread_count, read(theirs)]).toEqual([1, [true, false]]);
  });

  it('can return only unread notifications', async () => {
    await share(ana, event.id, ben, 'viewer');
    await edit({ title: 'Dinner' });
    const [latest] = (await inbox(ben)).items;
    await ok(readNotification({ client: ben.client, path: { id: latest!.id } }));
    const unread = await inbox(ben, { unread: true });
    expect([unread.unread_count, unread.items.map(({ seq }) => seq)]).toEqual([1, [1]]);
    expect((await inbox(ben, { unread: false })).items).toHaveLength(2);
  });

  it('returns pages, newest first, without gaps while items are added', async () => {
    await share(ana, event.id, ben, 'viewer');
    for (let count = 0; count < 6; count += 1) await edit({ title: `Lunch ${count}` });
    const seen: number[] = [];
    for (let cursor: string | undefined; ;) {
      const page: NotificationsView = await inbox(ben, { limit: 3, cursor });
      seen.push(...page.items.map(({ seq }) => seq));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
      await edit({ title: `Later ${seen.length}` });
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
    const numbered = await inbox(ben, { page: 2, page_size: 4, unread: true });
    expect(numbered).toMatchObject({ total: 9, pages: 3, unread_count: 9 });
    expect(numbered.items.map(({ seq }) => seq)).toEqual([5, 4, 3, 2]);
  });

  it('is empty for a new user', async () => {
    expect(await inbox(ben)).toEqual({ items: [], next_cursor: null, unread_count: 0 });
  });

  it('refuses unknown or invalid parameters', async () => {
    for (const [query, complaint] of [
      ['unread=perhaps', '/query/unread invalid'],
      ['limit=-1', '/query/limit too_small'],
      ['type=x', '/query/type unknown_field'],
    ]) {
      const { status, json } = await send(app, `/api/notifications?${query}`, { as: ana });
      expect([status, ...complaints(json)]).toEqual([422, complaint]);
    }
  });
});

describe('reading', () => {
  const readOne = ({ id }: { id: string }, { client } = ben): ReturnType<typeof readNotification> =>
    readNotification({ client, path: { id } });
  let item: NotificationView;
  beforeEach(async () => {
    await share(ana, event.id, ben, 'viewer');
    await edit({ title: 'Dinner' });
    item = (await inbox(ben)).items[0]!;
  });

  it('marks one notification, and keeps the first time on a second call', async () => {
    const read = await ok(readOne(item));
    expect(read).toEqual({ ...item, read_at: expect.any(String) });
    expect(await ok(readOne(item))).toEqual(read);
    expect((await inbox(ben)).unread_count).toBe(1);
  });

  it('hides the notifications of other users', async () => {
    expect(await refused(readOne(item, ana))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refused(readOne({ id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' }))).toMatchObject({ status: 404 });
    expect((await inbox(ben)).items[0]!.read_at).toBeNull();
  });

  it('marks all notifications and returns how many were unread', async () => {
    expect(await ok(readAllNotifications({ client: ben.client }))).toEqual({ updated: 2 });
    expect(await ok(readAllNotifications({ client: ben.client }))).toEqual({ updated: 0 });
    expect(await inbox(ben)).toMatchObject({ unread_count: 0, items: [{}, {}] });
    expect((await inbox(ben, { unread: true })).items).toEqual([]);
    await edit({ title: 'Breakfast' });
    expect((await inbox(ben)).unread_count).toBe(1);
  });

  it('marks those up to a number, and leaves what arrived since unread', async () => {
    const { items } = await inbox(ben);
    const body = { up_to: items[1]!.seq };
    for (const updated of [1, 0]) {
      const { status, json } = await send(app, '/api/notifications/read-all', { as: ben, body });
      expect([status, json]).toEqual([200, { updated }]);
    }
    expect((await inbox(ben, { unread: true })).items.map(({ seq }) => seq)).toEqual([items[0]!.seq]);
    for (const up_to of [-1, 1.5, '1', null, 2 ** 53]) {
      const { status, json } = await send(app, '/api/notifications/read-all', { as: ben, body: { up_to } });
      expect([status, json.errors[0].pointer]).toEqual([422, '/up_to']);
    }
    expect((await inbox(ben)).unread_count).toBe(1);
  });

  it('leaves the notifications of other users unread', async () => {
    const cid = await app.signUp('cid');
    await share(ana, event.id, cid, 'viewer');
    await ok(readAllNotifications({ client: ben.client }));
    expect((await inbox(cid)).unread_count).toBe(1);
  });
});
