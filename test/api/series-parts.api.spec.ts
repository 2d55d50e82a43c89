import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvents,
  deleteEvent,
  getEvent,
  listEvents,
  listNotifications,
  patchEvent,
  restoreEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView, UpdateEventBody } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { complaints, done, footprint, send } from '../support/requests.js';
import { changePart, createSeries, type Scope, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** Ana has nothing else to do in any test. */
async function newSeries(changes: Parameters<typeof createSeries>[1] = {}, zone = 'UTC'): Promise<EventView> {
  ana = await app.signUp('ana', zone);
  return createSeries(ana, { recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9', ...changes });
}

const change = (event: EventView, occurrence: string, scope: Scope, body: UpdateEventBody): Promise<EventView> =>
  changePart(ana, event, occurrence, scope, body);

const remove = (event: EventView, occurrence: string, scope: Scope): Promise<void> =>
  done(deleteEvent({ client: ana.client, path: { id: event.id }, query: { occurrence, scope } }));

const read = (id: string): Promise<EventView> => ok(getEvent({ client: ana.client, path: { id } }));

const SECOND = '2026-06-08T10:00:00Z';
const SIXTH = '2026-07-06T10:00:00Z';
const days = async (event: EventView): Promise<string[]> =>
  (await startsOf(ana, event.id)).map((start) => start.slice(3, 8));

describe('PUT and PATCH with scope=this', () => {
  it('overrides one occurrence and leaves the others: one version, and everybody is notified', async () => {
    const event = await newSeries();
    const ben = await app.signUp('ben');
    await share(ana, event.id, ben, 'viewer');
    const changed = await change(event, SECOND, 'this', { title: 'With guests', ...hourOn(8, 15) });
    expect(changed).toMatchObject({
      ...{ id: event.id, version: 2, title: event.title, start_time: event.start_time, split_from: null },
      overrides: [{ original_start: SECOND, title: 'With guests', ...hourOn(8, 15) }],
    });
    expect(await days(event)).toEqual([
      '06-01',
      '06-09',
      '06-15',
      '06-22',
      '06-29',
      '07-06',
      '07-13',
      '07-20',
      '07-27',
    ]);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated']);
    const { items } = await ok(listNotifications({ client: ben.client }));
    expect(items[0]).toMatchObject({ type: 'event_updated', version: 2, changed: ['overrides'] });
  });

  it('is the default beside an occurrence, and takes a merge patch', async () => {
    const event = await newSeries();
    const { status, json } = await send(app, `/api/events/${event.id}?occurrence=${SECOND}`, {
      as: ana,
      method: 'PATCH',
      body: { location: 'Room 4' },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(status).toBe(200);
    expect(json.overrides).toEqual([{ original_start: SECOND, location: 'Room 4' }]);
    const cleared = await ok(
      patchEvent({
        client: ana.client,
        path: { id: event.id },
        query: { occurrence: SECOND },
        body: { location: null },
      }),
    );
    expect(cleared).toMatchObject({ version: 3, overrides: [] });
  });

  it('makes no version when the occurrence is already so', async () => {
    const event = await newSeries();
    expect(await change(event, SECOND, 'this', { title: event.title, ...hourOn(7) })).toMatchObject({ version: 1 });
    await change(event, SECOND, 'this', { title: 'With guests' });
    expect(await change(event, SECOND, 'this', { title: 'With guests' })).toMatchObject({ version: 2 });
  });

  it('refuses what belongs to the series, an occurrence that is not there, and a scope without one', async () => {
    const event = await newSeries();
    const call = (query: object, body: UpdateEventBody = { title: 'x' }) =>
      refused(updateEvent({ client: ana.client, path: { id: event.id }, query, body }));
    expect(complaints(await call({ occurrence: SECOND }, { time_zone: 'Europe/Paris', all_day: true }))).toEqual([
      '/time_zone not_allowed',
      '/all_day not_allowed',
    ]);
    expect(await call({ occurrence: '2026-06-09T10:00:00Z' })).toMatchObject({ status: 404, code: 'not_found' });
    expect(await call({ occurrence: '2027-06-07T10:00:00Z', scope: 'all' })).toMatchObject({ status: 404 });
    expect(complaints(await call({ occurrence: 'tomorrow' }))).toEqual(['/query/occurrence not_an_instant']);
    expect(complaints(await call({ scope: 'following' }))).toEqual(['/query/occurrence required']);
    expect((await call({ occurrence: SECOND, scope: 'some' })).status).toBe(422);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created']);
  });

  it('checks the owner’s time where the occurrence goes, and not for a text', async () => {
    const event = await newSeries();
    const lunch = await createMeeting(ana, { title: 'Lunch', ...hourOn(8, 12) });
    const before = await footprint(app.database);
    const query = { occurrence: SECOND, scope: 'this' as const };
    const problem = await refused(
      updateEvent({ client: ana.client, path: { id: event.id }, query, body: hourOn(8, 12) }),
    );
    expect(problem).toMatchObject({ status: 409, conflicts: [{ event_id: lunch.id, with: hourOn(8, 12) }] });
    expect(await footprint(app.database)).toEqual(before);
    // Stored with an overlap: its texts can be changed all the same.
    await change(event, SECOND, 'this', { ...hourOn(8, 12), on_conflict: 'allow' });
    expect(await change(event, SECOND, 'this', { title: 'Working lunch' })).toMatchObject({ version: 3 });
    expect(await change(event, '2026-06-15T10:00:00Z', 'this', { title: 'Guests' })).toMatchObject({ version: 4 });
  });

  it('is a plain change for an event that happens once', async () => {
    const event = await newSeries({ recurrence_pattern: undefined });
    expect(await change(event, event.start_time, 'this', { title: 'x' })).toMatchObject({ title: 'x', overrides: [] });
  });
});

describe('PUT with scope=all', () => {
  it('moves a weekly series to another weekday, and BYDAY with it', async () => {
    const event = await newSeries({ excluded: ['2026-06-15T10:00:00Z'] });
    const moved = await change(event, SECOND, 'all', hourOn(8, 14));
    expect(moved).toMatchObject({
      ...{ ...hourOn(1, 14), version: 2, excluded: ['2026-06-16T14:00:00Z'] },
      recurrence_pattern: { frequency: 'weekly', by_day: ['TU'], count: 9 },
    });
    expect(await days(event)).toEqual(['06-02', '06-09', '06-23', '06-30', '07-07', '07-14', '07-21', '07-28']);
    // The same without an occurrence, with the start of the series.
    const back = await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: hourOn(0) }));
    expect(back).toMatchObject({ recurrence_pattern: { by_day: ['MO'] }, excluded: ['2026-06-15T10:00:00Z'] });
  });

  it('keeps an override far from its slot through a new title, a new time and a new weekday', async () => {
    const event = await newSeries();
    await change(event, SECOND, 'this', { ...hourOn(200, 15), title: 'Far away' });
    const renamed = await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: { title: 'Sync' } }));
    expect(renamed.overrides).toEqual([{ original_start: SECOND, ...hourOn(200, 15), title: 'Far away' }]);
    const moved = await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: hourOn(1, 12) }));
    expect(moved.overrides).toEqual([
      { original_start: hourOn(8, 12).start_time, ...hourOn(200, 15), title: 'Far away' },
    ]);
    expect((await days(event)).slice(-1)).toEqual(['12-18']);
  });

  it('moves an overridden occurrence to the requested time, and the others as far', async () => {
    const event = await newSeries();
    await change(event, SECOND, 'this', { ...hourOn(9, 10), title: 'Guests' });
    const all = await change(event, SECOND, 'all', { ...hourOn(9, 12), title: 'Sync' });
    expect(all).toMatchObject({ title: 'Sync', overrides: [{ ...hourOn(9, 12) }] });
    expect(all.overrides[0]).not.toHaveProperty('title');
    expect((await startsOf(ana, event.id)).slice(0, 3)).toEqual(['26-06-01T12:00', '26-06-10T12:00', '26-06-15T12:00']);
  });

  it('keeps the hour of the wall clock when the named occurrence lies in another season', async () => {
    const times = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
    const event = await newSeries({ ...times, recurrence_pattern: 'FREQ=MONTHLY;COUNT=12' }, 'Europe/Dublin');
    const winter = '2026-12-01T10:00:00Z';
    await change(event, winter, 'all', { start_time: '2026-12-01T12:00:00Z', end_time: '2026-12-01T13:00:00Z' });
    expect((await startsOf(ana, event.id)).filter((start) => /-0[67]-01|-12-01/.test(start))).toEqual([
      '26-06-01T11:00',
      '26-07-01T11:00',
      '26-12-01T12:00',
    ]);
  });
});

describe('DELETE of a part', () => {
  it('of this one excludes it, with what it had of its own', async () => {
    const event = await newSeries();
    await change(event, SECOND, 'this', { title: 'Guests' });
    await remove(event, SECOND, 'this');
    expect(await read(event.id)).toMatchObject({ version: 3, excluded: [SECOND], overrides: [] });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated', '3 updated']);
    const again = { client: ana.client, path: { id: event.id }, query: { occurrence: SECOND } };
    expect((await refused(deleteEvent(again))).status).toBe(404);
    // Its time is free again.
    expect((await createMeeting(ana, hourOn(7))).version).toBe(1);
  });

  it('of the following ends the series there', async () => {
    const event = await newSeries();
    await remove(event, SIXTH, 'following');
    expect(await read(event.id)).toMatchObject({ version: 2, recurrence_pattern: { count: 5 } });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated']);
    expect((await createMeeting(ana, hourOn(35))).version).toBe(1);
  });

  it('of the only remaining occurrence deletes the event cleanly', async () => {
    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' });
    await remove(event, event.start_time, 'this');
    await remove(event, SECOND, 'this');
    expect((await refused(getEvent({ client: ana.client, path: { id: event.id } }))).status).toBe(404);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated', '3 deleted']);
    expect(await app.database.query(`SELECT FROM event_occupancy WHERE event_id = $1`, [event.id])).toEqual([]);
    const { items } = await ok(listNotifications({ client: ana.client }));
    expect(items[0]).toMatchObject({ type: 'event_deleted', event_id: event.id, version: 3 });
    const restored = await ok(restoreEvent({ client: ana.client, path: { id: event.id }, body: {} }));
    expect(restored).toMatchObject({ version: 4, excluded: [event.start_time] });
    expect(await days(event)).toEqual(['06-08']);
  });

  it('of all, and of the following from the first on, puts the event into the trash', async () => {
    for (const [occurrence, scope] of [
      [SIXTH, 'all'],
      ['2026-06-01T10:00:00Z', 'following'],
    ] as const) {
      const event = await newSeries();
      await remove(event, occurrence, scope);
      const { items } = await ok(listEvents({ client: ana.client, query: { deleted: true } }));
      expect(items.map(({ id }) => id)).toEqual([event.id]);
    }
  });

  it('deletes nothing at all when it names an occurrence that is not there', async () => {
    const event = await newSeries();
    for (const scope of ['this', 'following', 'all'] as const) {
      const query = { occurrence: '2026-06-09T10:00:00Z', scope };
      const problem = await refused(deleteEvent({ client: ana.client, path: { id: event.id }, query }));
      expect(problem).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect((await read(event.id)).version).toBe(1);
  });
});

describe('dates sent as lists', () => {
  it('take what an occurrence had of its own with it when they exclude it', async () => {
    const event = await newSeries();
    await change(event, SECOND, 'this', { title: 'Guests' });
    const path = { id: event.id };
    const changed = await ok(updateEvent({ client: ana.client, path, body: { excluded: [SECOND] } }));
    expect(changed).toMatchObject({ excluded: [SECOND], overrides: [] });
  });

  it('never leave a series without any occurrence', async () => {
    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' });
    const excluded = [event.start_time, SECOND];
    const problem = await refused(updateEvent({ client: ana.client, path: { id: event.id }, body: { excluded } }));
    expect(complaints(problem)).toEqual(['/excluded no_occurrence']);
    const body = {
      events: [
        { title: 'x', ...hourOn(5), recurrence_pattern: 'FREQ=DAILY;COUNT=1', excluded: [hourOn(5).start_time] },
      ],
    };
    expect(complaints(await refused(createEvents({ client: ana.client, body })))).toEqual([
      '/events/0/excluded no_occurrence',
    ]);
  });
});

describe('who may change a part, and on which version', () => {
  it('needs the role: viewers 403, strangers 404, and only the owner deletes all', async () => {
    const event = await newSeries();
    const [viewer, editor, stranger] = [await app.signUp('vera'), await app.signUp('ed'), await app.signUp('sam')];
    await share(ana, event.id, viewer, 'viewer');
    await share(ana, event.id, editor, 'editor');
    const before = await footprint(app.database);
    for (const scope of ['this', 'following', 'all'] as const) {
      const call = (person: Person) => ({
        client: person.client,
        path: { id: event.id },
        query: { occurrence: SIXTH, scope },
      });
      expect((await refused(updateEvent({ ...call(viewer), body: { title: 'x' } }))).status).toBe(403);
      expect((await refused(patchEvent({ ...call(stranger), body: { title: 'x' } }))).status).toBe(404);
      expect((await refused(deleteEvent(call(viewer)))).status).toBe(403);
      if (scope === 'all') expect((await refused(deleteEvent(call(editor)))).status).toBe(403);
    }
    expect(await footprint(app.database)).toEqual(before);
  });

  it('refuses a version that is no longer the last when asked to be strict, whatever the scope', async () => {
    const event = await newSeries();
    await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: { title: 'Newer' } }));
    for (const scope of ['this', 'following', 'all'] as const) {
      const call = { client: ana.client, path: { id: event.id }, query: { occurrence: SIXTH, scope } };
      const headers = { 'If-Match': '"1"' };
      const strict = { ...headers, Prefer: 'handling=strict' };
      const problem = await refused(updateEvent({ ...call, headers: strict, body: { description: 'x' } }));
      expect(problem).toMatchObject({ status: 412, code: 'stale_version', current_version: 2 });
      expect((await refused(deleteEvent({ ...call, headers }))).status).toBe(412);
    }
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated']);
  });
});
