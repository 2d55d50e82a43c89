import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getEvent, listVersions, restoreEvent } from '../../sdk/generated/sdk.gen.js';
import { historyCalls, hourOn, MEETING, share, versionsOf } from '../support/meetings.js';
import { complaints, footprint, send } from '../support/requests.js';
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

describe('POST /api/events/:id/rollback/:version', () => {
  it('writes the old content as a new version, and rewrites nothing', async () => {
    const event = await create({ description: 'Weekly sync' });
    await edit(event, { title: 'Lunch', ...hourOn(3), recurrence_pattern: 'FREQ=DAILY' });
    const before = await app.database.query(`SELECT * FROM event_versions WHERE event_id = $1`, [event.id]);
    const { version, updated_at, ...content } = await ok(rolling(event, 1));
    const { version: _one, updated_at: created, ...original } = event;
    expect(content).toEqual(original);
    expect([version, updated_at > created]).toEqual([3, true]);
    const after = await app.database.query(`SELECT * FROM event_versions WHERE event_id = $1 AND version < 3`, [
      event.id,
    ]);
    expect(after).toEqual(before);
    expect(await diff(event, 1, 3)).toMatchObject({ changes: {} });
    const [latest] = (await ok(listVersions({ client: ana.client, path: { id: event.id } }))).items;
    expect(latest).toMatchObject({ kind: 'rolled_back', comment: 'Rolled back to version 1' });
  });

  it('keeps a custom comment, and notifies everybody', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'viewer');
    await edit(event, { title: 'Lunch' });
    const { status, headers } = await send(app, `/api/events/${event.id}/rollback/1`, {
      as: ana,
      body: { change_comment: 'Not hungry' },
    });
    expect([status, headers.get('etag')]).toEqual([200, expect.stringMatching(/^"3\./)]);
    const [latest] = (await ok(listVersions({ client: ana.client, path: { id: event.id } }))).items;
    expect(latest!.comment).toBe('Not hungry');
    const notifications = await app.database.query(
      `SELECT type FROM notifications WHERE event_id = $1 AND user_id = $2 ORDER BY seq DESC LIMIT 1`,
      [event.id, ben.id],
    );
    expect(notifications).toEqual([{ type: 'event_rolled_back' }]);
  });

  it('is for editors', async () => {
    const event = await create();
    const cid = await app.signUp('cid');
    await edit(event, { title: 'Lunch' });
    await share(ana, event.id, ben, 'viewer');
    expect(await refused(rolling(event, 1, {}, ben))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refused(rolling(event, 1, {}, cid))).toMatchObject({ status: 404, code: 'not_found' });
    await share(ana, event.id, ben, 'editor');
    expect(await ok(rolling(event, 1, {}, ben))).toMatchObject({ title: MEETING.title, updated_by: { id: ben.id } });
  });

  it('can itself be rolled back', async () => {
    const event = await create();
    await edit(event, { title: 'Lunch' });
    await ok(rolling(event, 1));
    expect(await ok(rolling(event, 2))).toMatchObject({ title: 'Lunch', version: 4 });
  });

  it('brings a deleted event back, for its owner only', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    await edit(event, { title: 'Lunch' });
    await remove(event);
    expect(await refused(rolling(event, 1, {}, ben))).toMatchObject({ status: 404 });
    expect(await ok(rolling(event, 1))).toMatchObject({ title: MEETING.title, version: 4 });
    expect(await ok(getEvent({ client: ben.client, path: { id: event.id } }))).toMatchObject({ version: 4 });
  });

  it('has no deletion for its target', async () => {
    const event = await create();
    await remove(event);
    await ok(restoreEvent({ client: ana.client, path: { id: event.id }, body: {} }));
    const problem = await refused(rolling(event, 2));
    expect([problem.status, ...complaints(problem)]).toEqual([422, '/path/version not_allowed']);
    expect(await versionsOf(app.database, event.id)).toHaveLength(3);
  });

  it('leaves no trace when it is refused', async () => {
    const event = await create();
    const before = await footprint(app.database);
    const rollback = (version: string, body: unknown = {}): ReturnType<typeof send> =>
      send(app, `/api/events/${event.id}/rollback/${version}`, { as: ana, body });
    expect((await rollback('2')).status).toBe(404);
    expect(complaints((await rollback('0')).json)).toEqual(['/path/version invalid']);
    expect(complaints((await rollback('1', { version: 1 })).json)).toEqual(['/version unknown_field']);
    expect(await footprint(app.database)).toEqual(before);
  });
});
