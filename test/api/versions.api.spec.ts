import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvents,
  diffVersions,
  getEvent,
  getVersion,
  listChangelog,
  listVersions,
  restoreEvent,
  revokePermission,
} from '../../sdk/generated/sdk.gen.js';
import { createMeeting, historyCalls, hourOn, MEETING, share, versionsOf } from '../support/meetings.js';
import { complaints, done, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
});
afterAll(() => app.close());

const { create, edit, remove, rolling, diff } = historyCalls(() => ana);

describe('every kind of write', () => {
  it('makes exactly one version', async () => {
    const event = await create();
    await edit(event, { title: 'Lunch' });
    await edit(event, { ...hourOn(2), recurrence_pattern: 'FREQ=DAILY;COUNT=2' });
    await share(ana, event.id, ben, 'editor');
    await ok(rolling(event, 1));
    await remove(event);
    await ok(restoreEvent({ client: ana.client, path: { id: event.id }, body: {} }));
    await ok(changeRole({ client: ana.client, path: { id: event.id, userId: ben.id }, body: { role: 'viewer' } }));
    expect(await versionsOf(app.database, event.id)).toEqual([
      '1 created',
      '2 updated',
      '3 updated',
      '4 rolled_back',
      '5 deleted',
      '6 restored',
    ]);
    const { items } = await ok(
      createEvents({ client: ana.client, body: { events: [{ ...MEETING, show_as: 'free' }] } }),
    );
    expect(await versionsOf(app.database, items[0]!.id)).toEqual(['1 created']);
  });

  it('cannot go around it, not even in SQL', async () => {
    const event = await create();
    const writes = [
      `UPDATE events SET title = 'x' WHERE id = $1`,
      `UPDATE events SET title = 'x', version = version + 1 WHERE id = $1`,
      `DELETE FROM events WHERE id = $1`,
    ];
    for (const sql of writes) await expect(app.database.query(sql, [event.id])).rejects.toThrow();
    expect(await ok(getEvent({ client: ana.client, path: { id: event.id } }))).toEqual(event);
  });
});

describe('GET /api/events/:id/history', () => {
  it('lists newest first who changed what, when and why', async () => {
    const event = await create({ description: 'Weekly sync' });
    await share(ana, event.id, ben, 'editor');
    const changed = await edit(event, { title: 'Lunch', description: null, change_comment: 'Hungry' }, ben);
    await remove(event);
    const { items, next_cursor: cursor } = await ok(listVersions({ client: ana.client, path: { id: event.id } }));
    const [byAna, byBen] = [ana, ben].map(({ id, username }) => ({ id, username }));
    expect(cursor).toBeNull();
    expect(items).toEqual([
      {
        version: 3,
        kind: 'deleted',
        author: byAna,
        created_at: expect.any(String),
        comment: null,
        changed: ['deleted'],
      },
      {
        version: 2,
        kind: 'updated',
        author: byBen,
        created_at: changed.updated_at,
        comment: 'Hungry',
        changed: ['title', 'description'],
      },
      {
        version: 1,
        kind: 'created',
        author: byAna,
        created_at: event.created_at,
        comment: null,
        changed: ['title', 'description', 'start_time', 'end_time', 'time_zone', 'show_as'],
      },
    ]);
  });

  it('comes in pages', async () => {
    const event = await create();
    for (const title of ['a', 'b', 'c', 'd']) await edit(event, { title });
    const path = { id: event.id };
    const seen: number[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await ok(listVersions({ client: ana.client, path, query: { limit: 2, cursor } }));
      seen.push(...page.items.map(({ version }) => version));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
      // A version that is written meanwhile belongs to none of the pages to come.
      await edit(event, { title: `later ${seen.length}` });
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    const numbered = await ok(listVersions({ client: ana.client, path, query: { page: 2, page_size: 3 } }));
    expect(numbered).toMatchObject({
      total: 7,
      page: 2,
      pages: 3,
      items: [{ version: 4 }, { version: 3 }, { version: 2 }],
    });
  });
});

describe('GET /api/events/:id/history/:version', () => {
  it('contains the complete content after the change', async () => {
    const event = await create({ description: 'Weekly sync', recurrence_pattern: 'FREQ=DAILY;COUNT=3' });
    await edit(event, { title: 'Lunch', is_recurring: false });
    const version = (number: number) => ok(getVersion({ client: ana.client, path: { id: event.id, version: number } }));
    const { title, description, location, start_time, end_time, time_zone, all_day, show_as, url, status } = event;
    const { excluded, added, overrides } = event;
    const content = {
      title,
      description,
      location,
      start_time,
      end_time,
      time_zone,
      all_day,
      show_as,
      url,
      status,
      excluded,
      added,
      overrides,
    };
    expect((await version(1)).snapshot).toEqual({
      ...content,
      is_recurring: true,
      recurrence_pattern: { frequency: 'daily', interval: 1, count: 3 },
      deleted: false,
    });
    expect(await version(2)).toMatchObject({
      kind: 'updated',
      changed: ['title', 'is_recurring', 'recurrence_pattern'],
      snapshot: { title: 'Lunch', is_recurring: false, recurrence_pattern: null },
    });
  });

  it('shows that the event was deleted', async () => {
    const event = await create();
    await remove(event);
    const { snapshot } = await ok(getVersion({ client: ana.client, path: { id: event.id, version: 2 } }));
    expect(snapshot).toMatchObject({ title: event.title, deleted: true });
  });

  it.each([
    ['0', 422],
    ['-1', 422],
    ['1.5', 422],
    ['current', 422],
    ['9999999999', 422],
    ["1'--", 422],
    ['2', 404],
    ['999999999', 404],
  ])('answers %s with %i', async (version, expected) => {
    const event = await create();
    const path = `/api/events/${event.id}/history/${encodeURIComponent(version)}`;
    const { status, json } = await send(app, path, { as: ana });
    expect([status, ...complaints(json)]).toEqual(expected === 422 ? [422, '/path/version invalid'] : [404]);
  });

  it('never shows another event’s version, however many that has', async () => {
    const [mine, theirs] = [await create(), await createMeeting(ben, { show_as: 'free' })];
    for (const title of ['secret 2', 'secret 3']) await edit(theirs, { title }, ben);
    for (const person of [ana, ben]) {
      const foreign = person === ana ? theirs : mine;
      const path = { id: foreign.id, version: 1 };
      expect(await refused(getVersion({ client: person.client, path }))).toMatchObject({ status: 404 });
    }
    expect(await refused(getVersion({ client: ana.client, path: { id: mine.id, version: 3 } }))).toMatchObject({
      status: 404,
    });
    expect(await refused(rolling(mine, 3))).toMatchObject({ status: 404 });
    const path = { id: mine.id, v1: '1', v2: '3' };
    expect(await refused(diffVersions({ client: ana.client, path }))).toMatchObject({ status: 404 });
    expect(await versionsOf(app.database, mine.id)).toEqual(['1 created']);
  });
});

describe('GET /api/events/:id/changelog', () => {
  it('lists all changes in order, including those of members', async () => {
    const event = await create();
    const path = { id: event.id };
    const userId = ben.id;
    await share(ana, event.id, ben, 'viewer');
    await ok(changeRole({ client: ana.client, path: { ...path, userId }, body: { role: 'editor' } }));
    await edit(event, { title: 'Lunch', location: 'Room 4', change_comment: 'Hungry' }, ben);
    await ok(changeRole({ client: ana.client, path: { ...path, userId }, body: { role: 'owner' } }));
    await ok(changeRole({ client: ben.client, path: { ...path, userId: ana.id }, body: { role: 'owner' } }));
    await done(revokePermission({ client: ana.client, path: { ...path, userId } }));
    await ok(rolling(event, 1));
    await remove(event);
    await ok(restoreEvent({ client: ana.client, path, body: {} }));

    const { items } = await ok(listChangelog({ client: ana.client, path }));
    expect(items.map(({ version, kind, actor }) => `${version} ${kind} ${actor.username.split('-')[0]}`)).toEqual([
      '1 created ana',
      '1 shared ana',
      '1 role_changed ana',
      '2 updated ben',
      '2 ownership_transferred ana',
      '2 ownership_transferred ben',
      '2 revoked ana',
      '3 rolled_back ana',
      '4 deleted ana',
      '5 restored ana',
    ]);
    const person = { id: ben.id, username: ben.username };
    expect(items[1]).toMatchObject({
      summary: `Shared with ${ben.username} as a viewer`,
      changes: [{ field: 'permissions', from: null, to: 'viewer', type: 'added', person }],
    });
    expect(items[2]!.changes).toEqual([
      { field: 'permissions', from: 'viewer', to: 'editor', type: 'changed', person },
    ]);
    expect(items[3]).toMatchObject({
      comment: 'Hungry',
      summary: 'Changed the title from “Team Meeting” to “Lunch”. Set the location to “Room 4”',
      changes: [
        { field: 'title', from: 'Team Meeting', to: 'Lunch', type: 'changed' },
        { field: 'location', from: null, to: 'Room 4', type: 'added' },
      ],
    });
    expect(items[6]!.changes).toEqual([{ field: 'permissions', from: 'editor', to: null, type: 'removed', person }]);
    expect(items[7]!.changes.map(({ field, type }) => `${field} ${type}`)).toEqual([
      'title changed',
      'location removed',
    ]);
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).sort());

    const newest = await ok(listChangelog({ client: ana.client, path, query: { order: 'desc' } }));
    expect(newest.items).toEqual([...items].reverse());
    const walked: unknown[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await ok(listChangelog({ client: ana.client, path, query: { limit: 3, cursor } }));
      walked.push(...page.items);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(walked).toEqual(items);
  });
});

describe('GET /api/events/:id/diff/:v1/:v2', () => {
  it('compares every field, in either order', async () => {
    const event = await create({ description: 'Weekly sync' });
    await edit(event, { title: 'Lunch', description: null });
    await edit(event, { location: 'Room 4' });
    expect(await diff(event, 1, 3)).toEqual({
      from_version: 1,
      to_version: 3,
      changes: {
        title: {
          from: 'Team Meeting',
          to: 'Lunch',
          type: 'changed',
          text: [
            { op: 'delete', text: 'Team Meeting' },
            { op: 'insert', text: 'Lunch' },
          ],
        },
        description: { from: 'Weekly sync', to: null, type: 'removed' },
        location: { from: null, to: 'Room 4', type: 'added' },
      },
      patch: [
        { op: 'replace', path: '/title', value: 'Lunch' },
        { op: 'replace', path: '/description', value: null },
        { op: 'replace', path: '/location', value: 'Room 4' },
      ],
      summary: [
        'Title changed from “Team Meeting” to “Lunch”',
        'Description removed (was “Weekly sync”)',
        'Location set to “Room 4”',
      ],
    });
    const back = await diff(event, 3, 1);
    expect(back).toMatchObject({ from_version: 3, to_version: 1 });
    expect(back.changes.location).toEqual({ from: 'Room 4', to: null, type: 'removed' });
  });

  it('accepts the current state by name, and finds no difference between a version and itself', async () => {
    const event = await create();
    await edit(event, { title: 'Lunch' });
    expect(await diff(event, 1, 'current')).toMatchObject({ from_version: 1, to_version: 2 });
    expect(await diff(event, 'current', 1)).toMatchObject({ from_version: 2, to_version: 1 });
    expect(await diff(event, 2, 'current')).toMatchObject({ changes: {}, patch: [], summary: [] });
  });

  it('refuses versions that are none', async () => {
    const event = await create();
    const ask = (v1: string, v2: string): ReturnType<typeof send> =>
      send(app, `/api/events/${event.id}/diff/${v1}/${v2}`, { as: ana });
    expect((await ask('1', '7')).status).toBe(404);
    expect(complaints((await ask('x', '1')).json)).toEqual(['/path/v1 invalid']);
    expect(complaints((await ask('1', '-1')).json)).toEqual(['/path/v2 invalid']);
  });
});
