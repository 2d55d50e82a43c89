import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteEvent,
  getEvent,
  listEvents,
  listNotifications,
  restoreEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, versionsOf } from '../support/meetings.js';
import { done } from '../support/requests.js';
import { createSeries, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** Ana has nothing else to do in any test. */
async function newSeries(changes: Parameters<typeof createSeries>[1] = {}): Promise<EventView> {
  ana = await app.signUp('ana');
  return createSeries(ana, { recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9', ...changes });
}

const remove = ({ id }: EventView, occurrence: string, scope: 'this' | 'following' | 'all'): Promise<void> =>
  done(deleteEvent({ client: ana.client, path: { id }, query: { occurrence, scope } }));
const read = (id: string): Promise<EventView> => ok(getEvent({ client: ana.client, path: { id } }));
const days = async (event: EventView): Promise<string[]> =>
  (await startsOf(ana, event.id)).map((start) => start.slice(3, 8));

const SECOND = '2026-06-08T10:00:00Z';
const SIXTH = '2026-07-06T10:00:00Z';

describe('DELETE of a part', () => {
  it('of this one excludes it, with what it had of its own', async () => {
    const event = await newSeries();
    const query = { occurrence: SECOND, scope: 'this' as const };
    await ok(updateEvent({ client: ana.client, path: { id: event.id }, query, body: { title: 'Guests' } }));
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
