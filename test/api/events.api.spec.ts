import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  deleteEvent,
  diffVersions,
  getEvent,
  getVersion,
  listChangelog,
  listEvents,
  listPermissions,
  listVersions,
  patchEvent,
  restoreEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventItemView, EventView } from '../../sdk/generated/types.gen.js';
import { createMeeting, MEETING, share, versionsOf } from '../support/meetings.js';
import { complaints, done, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben', 'Europe/Paris')];
});
afterAll(() => app.close());

/** Meetings of these tests don't get in each other's way. */
const free = { show_as: 'free' } as const;
const create = (changes: Partial<CreateEventBody> = {}, owner = ana): Promise<EventView> =>
  createMeeting(owner, { ...free, ...changes });
const read = ({ id }: { id: string }, person = ana): Promise<EventView> =>
  ok(getEvent({ client: person.client, path: { id } }));
const put = (event: { id: string }, body: object, person = ana): Promise<EventView> =>
  ok(updateEvent({ client: person.client, path: { id: event.id }, body }));
const refusedPut = (event: { id: string }, body: object, person = ana): ReturnType<typeof refused> =>
  refused(updateEvent({ client: person.client, path: { id: event.id }, body }));
const refusedCreate = (body: object): ReturnType<typeof refused> =>
  refused(createEvent({ client: ana.client, body: { ...MEETING, ...free, ...body } }));

describe('POST /api/events', () => {
  it('creates the event of the README, under curl’s content type too', async () => {
    const body =
      '{"title":"Team Meeting","description":"Weekly sync","start_time":"2023-06-01T10:00:00","end_time":"2023-06-01T11:00:00"}';
    for (const [person, type] of [
      [ana, 'application/json'],
      [ben, 'application/x-www-form-urlencoded'],
    ] as const) {
      const answer = await send(app, '/api/events', { as: person, body, headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 201, json: { title: 'Team Meeting', description: 'Weekly sync' } });
      expect(answer.json.start_time).toBe(person === ana ? '2023-06-01T10:00:00Z' : '2023-06-01T08:00:00Z');
      expect(answer.headers.get('location')).toBe(`/api/events/${answer.json.id}`);
      expect(answer.headers.get('etag')).toMatch(/^"1\./);
    }
  });

  it('answers with everything there is to know about it', async () => {
    const event = await ok(createEvent({ client: ana.client, body: { ...MEETING, ...free } }));
    const me = { id: ana.id, username: ana.username };
    expect(event).toEqual({
      ...MEETING,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      uid: `${event.id}@convene`,
      description: null,
      location: null,
      url: null,
      status: 'confirmed',
      time_zone: 'UTC',
      all_day: false,
      is_recurring: false,
      recurrence_pattern: null,
      rrule: null,
      excluded: [],
      added: [],
      overrides: [],
      series_id: event.id,
      split_from: null,
      show_as: 'free',
      version: 1,
      owner: me,
      role: 'owner',
      can: ['read', 'edit', 'share', 'delete'],
      permissions: [{ user_id: ana.id, username: ana.username, role: 'owner' }],
      created_at: expect.any(String),
      updated_at: event.created_at,
      updated_by: me,
    });
    expect(await read(event)).toEqual(event);
  });

  it('writes version 1 with the comment, and one notification to its owner', async () => {
    const event = await create({ change_comment: 'Asked for by Ben' });
    const { items } = await ok(listVersions({ client: ana.client, path: { id: event.id } }));
    expect(items).toMatchObject([{ version: 1, kind: 'created', comment: 'Asked for by Ben' }]);
    const notifications = await app.database.query(`SELECT user_id, type FROM notifications WHERE event_id = $1`, [
      event.id,
    ]);
    expect(notifications).toEqual([{ user_id: ana.id, type: 'event_created' }]);
  });

  it('is busy by default', async () => {
    const cid = await app.signUp('cid');
    expect((await createMeeting(cid)).show_as).toBe('busy');
  });

  it('keeps text as it was sent, up to the limits', async () => {
    const texts = {
      title: '🗓️'.padEnd(255, 'x'),
      description: `<b>"'\\</b>\n\t${'é'.repeat(19_900)}`,
      location: 'ñ'.repeat(255),
    };
    expect(await read(await create(texts))).toMatchObject(texts);
  });

  it.each([
    [{ title: undefined }, '/title required'],
    [{ title: '' }, '/title too_short'],
    [{ title: ' \t' }, '/title invalid'],
    [{ title: '\u200b\u2060' }, '/title invalid'],
    [{ title: 'x'.repeat(256) }, '/title too_long'],
    [{ description: 'x'.repeat(20_001) }, '/description too_long'],
    [{ location: 'x'.repeat(256) }, '/location too_long'],
    [{ change_comment: 'x'.repeat(1_001) }, '/change_comment too_long'],
    [{ start_time: undefined }, '/start_time required'],
    [{ end_time: null }, '/end_time required'],
    [{ end_time: MEETING.start_time }, '/end_time end_not_after_start'],
    [{ end_time: '2026-06-01T09:00:00Z' }, '/end_time end_not_after_start'],
    [{ start_time: 'next tuesday' }, '/start_time not_an_instant'],
    [{ start_time: '2026-02-30T10:00:00' }, '/start_time not_an_instant'],
    [{ time_zone: 'Mars/Olympus' }, '/time_zone unknown_time_zone'],
    [{ all_day: 'yes' }, '/all_day invalid'],
    [{ all_day: true }, '/start_time not_a_date', '/end_time not_a_date'],
    [{ show_as: 'away' }, '/show_as not_allowed'],
    [{ on_conflict: 'skip-it' }, '/on_conflict not_allowed'],
    [{ owner_id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' }, '/owner_id unknown_field'],
    [{ version: 7 }, '/version unknown_field'],
    [{ id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' }, '/id unknown_field'],
    [{ permissions: [] }, '/permissions unknown_field'],
  ])('refuses %j and stores nothing', async (wrong, ...pointers) => {
    const before = await footprint(app.database);
    const problem = await refusedCreate(wrong);
    expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(complaints(problem)).toEqual(pointers);
    expect(await footprint(app.database)).toEqual(before);
  });
});

describe('the time of an event', () => {
  it('is the instant that an offset names, whatever the zone', async () => {
    const event = await create({
      start_time: '2026-06-01T10:00:00+02:00',
      end_time: '2026-06-01T10:00:00Z',
      time_zone: 'America/New_York',
    });
    expect(event).toMatchObject({ start_time: '2026-06-01T08:00:00Z', end_time: '2026-06-01T10:00:00Z' });
    expect(event.time_zone).toBe('America/New_York');
  });

  it('is wall time in its zone without one, and in the caller’s zone when it names none', async () => {
    const times = { start_time: '2026-01-01T10:00:00', end_time: '2026-01-01T11:00:00' };
    const here = await create(times, ben);
    expect(here).toMatchObject({ start_time: '2026-01-01T09:00:00Z', time_zone: 'Europe/Paris' });
    const there = await create({ ...times, time_zone: 'Asia/Kolkata' }, ben);
    expect(there).toMatchObject({ start_time: '2026-01-01T04:30:00Z', time_zone: 'Asia/Kolkata' });
  });

  it('moves out of a gap of the clocks by the gap, and is the first of two', async () => {
    const gap = await create({ start_time: '2026-03-29T02:30:00', end_time: '2026-03-29T05:00:00' }, ben);
    const moved = { start_time: '2026-03-29T01:30:00Z', end_time: '2026-03-29T04:00:00Z', adjusted: true };
    expect(gap).toMatchObject(moved);
    const twice = await create({ start_time: '2026-10-25T02:30:00', end_time: '2026-10-25T05:00:00' }, ben);
    expect(twice).toMatchObject({ start_time: '2026-10-25T00:30:00Z', end_time: '2026-10-25T04:00:00Z' });
  });

  it('is plain dates when it lasts all day', async () => {
    const dates = { start_time: '2026-03-29', end_time: '2026-03-31', all_day: true };
    const event = await create(dates, ben);
    expect(event).toMatchObject(dates);
    const [row] = await app.database.query(`SELECT start_time, end_time FROM events WHERE id = $1`, [event.id]);
    // Two days, an hour short for the change of the clocks.
    expect(row).toEqual({ start_time: new Date('2026-03-28T23:00Z'), end_time: new Date('2026-03-30T22:00Z') });
  });

  it('is read in the zone of the event when it is changed', async () => {
    const event = await create({ time_zone: 'Asia/Tokyo' });
    const moved = await put(event, { start_time: '2026-06-01T09:00:00', end_time: '2026-06-01T10:00:00' });
    expect(moved).toMatchObject({ start_time: '2026-06-01T00:00:00Z', time_zone: 'Asia/Tokyo' });
  });

  it('stays the same in a new zone, and is required again when all-day is switched', async () => {
    const event = await create();
    expect(await put(event, { time_zone: 'Asia/Tokyo' })).toMatchObject({ ...MEETING, time_zone: 'Asia/Tokyo' });
    expect(complaints(await refusedPut(event, { all_day: true }))).toEqual([
      '/start_time required',
      '/end_time required',
    ]);
    const dates = { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' };
    expect(await put(event, dates)).toMatchObject(dates);
  });
});

describe('GET /api/events/:id', () => {
  it('returns the role of each person and what they may do', async () => {
    const [event, cid] = [await create(), await app.signUp('cid')];
    await share(ana, event.id, ben, 'editor');
    await share(ana, event.id, cid, 'viewer');
    const people = [
      { user_id: ana.id, username: ana.username, role: 'owner' },
      { user_id: ben.id, username: ben.username, role: 'editor' },
      { user_id: cid.id, username: cid.username, role: 'viewer' },
    ];
    const seen = [];
    for (const person of [ana, ben, cid]) seen.push(await read(event, person));
    expect(seen.map(({ role }) => role)).toEqual(['owner', 'editor', 'viewer']);
    expect(seen.map(({ can }) => can)).toEqual([['read', 'edit', 'share', 'delete'], ['read', 'edit'], ['read']]);
    for (const view of seen) expect(view).toMatchObject({ owner: { id: ana.id }, permissions: people });
  });

  it('answers a stranger, and everybody about what never was, with the same 404', async () => {
    const [event, cid] = [await create(), await app.signUp('cid')];
    const id = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01';
    const hidden = await refused(getEvent({ client: cid.client, path: { id: event.id } }));
    const absent = await refused(getEvent({ client: cid.client, path: { id } }));
    expect(hidden).toMatchObject({ status: 404, code: 'not_found', title: absent.title });
    expect(Object.keys(hidden)).toEqual(Object.keys(absent));
  });
});

describe('PUT and PATCH /api/events/:id', () => {
  it('change only what they name', async () => {
    const event = await create({ description: 'Weekly sync', location: 'Room 4' });
    const changed = await put(event, { title: 'Lunch' });
    expect(changed).toEqual({ ...event, title: 'Lunch', version: 2, updated_at: changed.updated_at });
    expect(Date.parse(changed.updated_at)).toBeGreaterThan(Date.parse(event.updated_at));
    const patched = await ok(patchEvent({ client: ana.client, path: { id: event.id }, body: { location: 'Room 5' } }));
    expect(patched).toMatchObject({ title: 'Lunch', description: 'Weekly sync', location: 'Room 5', version: 3 });
  });

  it('clear what is null, where that is possible', async () => {
    const event = await create({ description: 'Weekly sync', location: 'Room 4' });
    expect(await put(event, { description: null, location: null })).toMatchObject({
      description: null,
      location: null,
    });
    expect(complaints(await refusedPut(event, { title: null, start_time: null }))).toHaveLength(2);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated']);
  });

  it('take a merge patch, PATCH only', async () => {
    const event = await create({ description: 'Weekly sync' });
    const headers = { 'content-type': 'application/merge-patch+json' };
    const request = { as: ana, body: { title: 'Lunch', description: null }, headers };
    const patched = await send(app, `/api/events/${event.id}`, { ...request, method: 'PATCH' });
    expect(patched).toMatchObject({ status: 200, json: { title: 'Lunch', description: null, version: 2 } });
    expect(patched.headers.get('etag')).toMatch(/^"2\./);
    expect((await send(app, `/api/events/${event.id}`, { ...request, method: 'PUT' })).status).toBe(415);
  });

  it('write no version when nothing changes', async () => {
    const event = await create({ description: 'Weekly sync' });
    const before = await footprint(app.database);
    for (const body of [
      {},
      { title: MEETING.title },
      { start_time: '2026-06-01T12:00:00+02:00' },
      { change_comment: 'x' },
    ]) {
      expect(await put(event, body)).toEqual(event);
    }
    expect(await footprint(app.database)).toEqual(before);
  });

  it('keep the comment and who did it', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    const changed = await put(event, { title: 'Lunch', change_comment: 'Hungry' }, ben);
    expect(changed.updated_by).toEqual({ id: ben.id, username: ben.username });
    const [latest] = (await ok(listVersions({ client: ana.client, path: { id: event.id } }))).items;
    expect(latest).toMatchObject({ version: 2, kind: 'updated', comment: 'Hungry', changed: ['title'] });
    expect(latest!.author).toEqual({ id: ben.id, username: ben.username });
  });

  it('refuse to overwrite a version that the caller has not read', async () => {
    const event = await create();
    await put(event, { title: 'Lunch' });
    const stale = { as: ana, body: { title: 'Dinner' }, headers: { 'if-match': '"1"' } };
    for (const method of ['PUT', 'PATCH']) {
      const { status, json } = await send(app, `/api/events/${event.id}`, { ...stale, method });
      expect([status, json.code, json.current_version]).toEqual([412, 'stale_version', 2]);
    }
    const remove = await send(app, `/api/events/${event.id}`, { ...stale, body: undefined, method: 'DELETE' });
    expect([remove.status, remove.json.current_version]).toEqual([412, 2]);
    expect(await read(event)).toMatchObject({ title: 'Lunch', version: 2 });
    for (const tag of ['"2"', '"3.14"', '*']) {
      const headers = { 'if-match': tag };
      const method = 'PUT';
      const body = { title: `Dinner ${tag}` };
      expect((await send(app, `/api/events/${event.id}`, { as: ana, method, body, headers })).status).toBe(200);
    }
    expect(await versionsOf(app.database, event.id)).toHaveLength(5);
  });

  it('are for editors and the owner', async () => {
    const [event, cid] = [await create(), await app.signUp('cid')];
    await share(ana, event.id, ben, 'viewer');
    expect(await refusedPut(event, { title: 'x' }, ben)).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refusedPut(event, { title: 'x' }, cid)).toMatchObject({ status: 404, code: 'not_found' });
    expect(await read(event)).toEqual({ ...event, permissions: expect.any(Array) });
  });
});

describe('DELETE /api/events/:id', () => {
  const remove = ({ id }: EventView, person = ana): ReturnType<typeof deleteEvent> =>
    deleteEvent({ client: person.client, path: { id } });
  const restore = ({ id }: EventView, body: object = {}): ReturnType<typeof restoreEvent> =>
    restoreEvent({ client: ana.client, path: { id }, body });

  it('hides the event from everybody, and keeps its row and its history', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    await done(remove(event));
    const path = { id: event.id };
    for (const { client } of [ana, ben]) {
      expect(await refused(getEvent({ client, path }))).toMatchObject({ status: 404, code: 'not_found' });
      expect((await ok(listEvents({ client, query: { q: event.title } }))).items.map(({ id }) => id)).not.toContain(
        event.id,
      );
      expect(await refused(listPermissions({ client, path }))).toMatchObject({ status: 404 });
    }
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 deleted']);
  });

  it('leaves the history readable to the owner alone', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    await done(remove(event));
    const history = (client: Person['client']) => {
      const path = { id: event.id };
      return [
        listVersions({ client, path }),
        getVersion({ client, path: { ...path, version: 1 } }),
        listChangelog({ client, path }),
        diffVersions({ client, path: { ...path, v1: '1', v2: 'current' } }),
      ];
    };
    for (const call of history(ana.client)) await ok<unknown>(call);
    for (const call of history(ben.client)) expect(await refused(call)).toMatchObject({ status: 404 });
  });

  it('is for the owner', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    expect(await refused(remove(event, ben))).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await read(event)).version).toBe(1);
  });

  it('puts it into the trash of its owner', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    await done(remove(event));
    const trash = async ({ client }: Person): Promise<EventItemView[]> =>
      (await ok(listEvents({ client, query: { deleted: true } }))).items;
    expect((await trash(ana)).find(({ id }) => id === event.id)).toMatchObject({
      version: 2,
      deleted_at: expect.any(String),
    });
    expect((await trash(ben)).map(({ id }) => id)).not.toContain(event.id);
    await ok(restore(event));
    expect((await trash(ana)).map(({ id }) => id)).not.toContain(event.id);
  });

  it('is undone by restoring, as a version of its own and with everybody still on it', async () => {
    const event = await create();
    await share(ana, event.id, ben, 'editor');
    await done(remove(event));
    expect(await refused(restoreEvent({ client: ben.client, path: { id: event.id }, body: {} }))).toMatchObject({
      status: 404,
    });
    const restored = await ok(restore(event, { change_comment: 'Too early' }));
    expect(restored).toMatchObject({ ...MEETING, version: 3, permissions: [{ role: 'owner' }, { role: 'editor' }] });
    expect(restored).not.toHaveProperty('deleted_at');
    expect(await read(event, ben)).toMatchObject({ version: 3, role: 'editor' });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 deleted', '3 restored']);
    // Nothing left to restore: no new version.
    expect(await ok(restore(event))).toMatchObject({ version: 3 });
  });
});
