import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteEvent,
  diffVersions,
  getEvent,
  listChangelog,
  restoreEvent,
  revertChange,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { createMeeting, historyCalls, hourOn, share, versionsOf } from '../support/meetings.js';
import { done } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
});
afterAll(() => app.close());

const { create, edit } = historyCalls(() => ana);
const revert = (id: string, version: number, { client } = ana): ReturnType<typeof revertChange> =>
  revertChange({ client, path: { id, version }, body: {} });

describe('POST /api/events/:id/revert/:version', () => {
  it('takes one change back and keeps the later ones, as a new version', async () => {
    const { id } = await create();
    await edit({ id }, { title: 'Lunch' });
    await edit({ id }, { location: 'Canteen' });
    await edit({ id }, { description: 'Pizza' });
    const event = await ok(revert(id, 2));
    expect(event).toMatchObject({ title: 'Team Meeting', location: 'Canteen', description: 'Pizza', version: 5 });
    const last = (await ok(listChangelog({ client: ana.client, path: { id }, query: { order: 'desc' } }))).items[0];
    expect(last).toMatchObject({ kind: 'rolled_back', comment: 'Undid version 2' });
  });

  it('is refused when a later change changed the same, and returns the fields', async () => {
    const { id } = await create();
    await edit({ id }, { title: 'Lunch', location: 'Canteen' });
    await edit({ id }, { title: 'Dinner' });
    expect(await refused(revert(id, 2))).toMatchObject({
      status: 409,
      code: 'later_changes',
      clashes: [{ field: 'title', base: 'Lunch', theirs: 'Dinner', yours: 'Team Meeting' }],
    });
    expect(await versionsOf(app.database, id)).toHaveLength(3);
  });

  it('undoes an undo', async () => {
    const { id } = await create();
    await edit({ id }, { title: 'Lunch' });
    await ok(revert(id, 2));
    expect(await ok(revert(id, 3))).toMatchObject({ title: 'Lunch', version: 4 });
  });

  it('brings a deleted event back by undoing the deletion, for its owner only', async () => {
    const { id } = await create();
    await share(ana, id, ben, 'editor');
    await done(deleteEvent({ client: ana.client, path: { id } }));
    expect(await refused(revert(id, 2, ben))).toMatchObject({ status: 404 });
    expect(await ok(revert(id, 2))).toMatchObject({ id, version: 3 });
    expect((await getEvent({ client: ben.client, path: { id } })).data).toMatchObject({ version: 3 });
  });

  it('changes nothing of what stays in the trash', async () => {
    const { id } = await create();
    await edit({ id }, { title: 'Lunch' });
    await done(deleteEvent({ client: ana.client, path: { id } }));
    expect(await refused(revert(id, 2))).toMatchObject({ status: 410, code: 'event_deleted' });
    const body = { fields: ['title' as const] };
    const call = rollbackEvent({ client: ana.client, path: { id, version: 1 }, body });
    expect(await refused(call)).toMatchObject({ status: 410, code: 'event_deleted' });
    expect(await versionsOf(app.database, id)).toHaveLength(3);
  });

  it('undoes neither the creation nor a restoration: that would delete', async () => {
    const { id } = await create();
    expect(await refused(revert(id, 1))).toMatchObject({ status: 422, errors: [{ pointer: '/path/version' }] });
    await done(deleteEvent({ client: ana.client, path: { id } }));
    await ok(restoreEvent({ client: ana.client, path: { id }, body: {} }));
    expect(await refused(revert(id, 3))).toMatchObject({ status: 422, errors: [{ pointer: '/path/version' }] });
  });

  it('is checked for conflicts', async () => {
    const event = await createMeeting(ana, hourOn(40));
    await edit(event, hourOn(41));
    await createMeeting(ana, hourOn(40));
    expect(await refused(revert(event.id, 2))).toMatchObject({ status: 409, code: 'event_conflict' });
  });
});

describe('POST /api/events/:id/rollback/:version with fields', () => {
  it('brings back only those', async () => {
    const { id } = await create({ description: 'Weekly sync' });
    await edit({ id }, { title: 'Lunch', description: 'Pizza', ...hourOn(2) });
    const body = { fields: ['title' as const] };
    const event = await ok(rollbackEvent({ client: ana.client, path: { id, version: 1 }, body }));
    expect(event).toMatchObject({ title: 'Team Meeting', description: 'Pizza', start_time: hourOn(2).start_time });
  });

  it('takes times and recurrence for one', async () => {
    const event = await create();
    await edit(event, { ...hourOn(2), recurrence_pattern: 'FREQ=DAILY' });
    const body = { fields: ['start_time' as const] };
    expect(await ok(rollbackEvent({ client: ana.client, path: { id: event.id, version: 1 }, body }))).toMatchObject({
      start_time: event.start_time,
      end_time: event.end_time,
      is_recurring: false,
    });
  });

  it('knows only fields of an event', async () => {
    const { id } = await create();
    for (const fields of [['owner'], [], ['title', 5]]) {
      const call = rollbackEvent({ client: ana.client, path: { id, version: 1 }, body: { fields } as never });
      expect(await refused(call)).toMatchObject({ status: 422, errors: [{ pointer: '/fields' }] });
    }
  });
});

describe('GET /api/events/:id/changelog', () => {
  it('contains size and previous version, and filters by field, author and kind', async () => {
    const { id } = await create({ title: 'Meeting' });
    await share(ana, id, ben, 'editor');
    await edit({ id }, { title: 'Meeting of everybody' });
    await ok(updateEvent({ client: ben.client, path: { id }, body: { location: 'Room 4' } }));
    const log = async (query: object): Promise<string[]> => {
      const { items } = await ok(listChangelog({ client: ana.client, path: { id }, query }));
      return items.map(({ version, kind, size, previous_version }) => `${previous_version}→${version} ${kind} ${size}`);
    };
    expect(await log({})).toEqual(['null→1 created 7', '1→1 shared 0', '1→2 updated 13', '2→3 updated 6']);
    expect(await log({ field: 'title' })).toEqual(['null→1 created 7', '1→2 updated 13']);
    expect(await log({ field: 'permissions' })).toEqual(['1→1 shared 0']);
    expect(await log({ author: ben.username.toUpperCase() })).toEqual(['2→3 updated 6']);
    expect(await log({ author: ben.id, kind: 'created' })).toEqual([]);
    expect(await log({ kind: 'updated', order: 'desc' })).toEqual(['2→3 updated 6', '1→2 updated 13']);
    const { total, pages } = await ok(
      listChangelog({ client: ana.client, path: { id }, query: { kind: 'updated', page: 1, page_size: 1 } }),
    );
    expect([total, pages]).toEqual([2, 2]);
    const query = { kind: 'updated' as const, page: 9, page_size: 1 };
    expect(await ok(listChangelog({ client: ana.client, path: { id }, query }))).toMatchObject({ items: [], total: 2 });
  });
});

describe('GET /api/events/:id/diff/:v1/:v2', () => {
  it('compares texts word by word', async () => {
    const { id } = await create();
    await edit({ id }, { title: 'Team Lunch' });
    const { changes } = await ok(diffVersions({ client: ana.client, path: { id, v1: '1', v2: 'current' } }));
    expect(changes.title!.text).toEqual([
      { op: 'equal', text: 'Team ' },
      { op: 'delete', text: 'Meeting' },
      { op: 'insert', text: 'Lunch' },
    ]);
  });

  it('compares with the time before the first version, in either order', async () => {
    const { id } = await create();
    const from = await ok(diffVersions({ client: ana.client, path: { id, v1: '0', v2: '1' } }));
    expect(from).toMatchObject({ from_version: 0, to_version: 1, changes: { title: { from: null, type: 'added' } } });
    const to = await ok(diffVersions({ client: ana.client, path: { id, v1: '1', v2: '0' } }));
    expect(to.changes.title).toEqual({ from: 'Team Meeting', to: null, type: 'removed' });
    expect(to.patch[0]).toEqual({ op: 'remove', path: '/title' });
  });

  it('is readable as plain text, with times in the zone of the event', async () => {
    const { id } = await create({ time_zone: 'Europe/Paris' });
    await edit({ id }, { title: 'Lunch', ...hourOn(1) });
    const response = await app.fetch(`/api/events/${id}/diff/1/2`, {
      headers: { accept: 'text/plain', authorization: `Bearer ${ana.accessToken}` },
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toBe(
      [
        'Version 1 to version 2',
        '',
        'Title',
        '- Team Meeting',
        '+ Lunch',
        '',
        'Start',
        '- Monday, 1 June 2026, 12:00',
        '+ Tuesday, 2 June 2026, 12:00',
        '',
        'End',
        '- Monday, 1 June 2026, 13:00',
        '+ Tuesday, 2 June 2026, 13:00',
        '',
      ].join('\n'),
    );
  });
});
