import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  deleteEvent,
  getEvent,
  listEvents,
  listNotifications,
  restoreEvent,
  revertChange,
  revokePermission,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { footprint } from '../support/requests.js';
import { createSeries, occurrencesOf, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const THIRD = '2026-06-15T10:00:00Z';
const SIXTH = '2026-07-06T10:00:00Z';

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(async () => {
  await expectInvariants(app.database);
  await app.close();
});

async function newSeries(): Promise<EventView> {
  ana = await app.signUp('ana');
  return createSeries(ana, {
    recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9',
    excluded: ['2026-06-08T10:00:00Z', '2026-07-13T10:00:00Z'],
    added: ['2026-07-30T10:00:00Z'],
  });
}

const split = (event: EventView, occurrence: string, title: string, as = ana): Promise<EventView> => {
  const query = { occurrence, scope: 'following' as const };
  return ok(updateEvent({ client: as.client, path: { id: event.id }, query, body: { title } }));
};

const rollback = (event: EventView, version: number, body = {}, as = ana) =>
  rollbackEvent({ client: as.client, path: { id: event.id, version }, body });

/** Snapshot of a version and the time that the event occupies, as the database keeps them. */
async function stored(id: string, version: number): Promise<{ snapshot: string; busy: string | undefined }> {
  const [row] = await app.database.query<{ snapshot: string }>(
    `SELECT snapshot::text FROM event_versions WHERE event_id = $1 AND version = $2`,
    [id, version],
  );
  const [occupancy] = await app.database.query<{ busy: string }>(
    `SELECT concat_ws(' ', busy, rejects, busy_until, week) AS busy FROM event_occupancy WHERE event_id = $1`,
    [id],
  );
  return { snapshot: row!.snapshot, busy: occupancy?.busy };
}

const trash = async (person = ana): Promise<string[]> =>
  (await ok(listEvents({ client: person.client, query: { deleted: true } }))).items.map(({ id }) => id).sort();

describe('going back behind a split', () => {
  it('by undoing that one change makes the series whole again as well, and keeps what was changed since', async () => {
    const event = await newSeries();
    const path = { id: event.id };
    const before = await stored(event.id, 1);
    const tail = await split(event, SIXTH, 'Second half');
    await ok(updateEvent({ client: ana.client, path, body: { location: 'Room 4' } }));
    const whole = await ok(revertChange({ client: ana.client, path: { id: event.id, version: 2 }, body: {} }));
    expect(whole).toMatchObject({ version: 4, title: event.title, location: 'Room 4', rrule: event.rrule });
    expect((await stored(event.id, 4)).busy).toEqual(before.busy);
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split', '2 deleted']);
    expect(await trash()).toEqual([tail.id]);
  });

  it('with fields other than times leaves head and tail apart', async () => {
    const event = await newSeries();
    const tail = await split(event, SIXTH, 'Second half');
    await ok(
      updateEvent({ client: ana.client, path: { id: event.id }, body: { show_as: 'free', title: 'First half' } }),
    );
    const { rrule } = await ok(rollback(event, 1, { fields: ['show_as', 'title'] }));
    expect(rrule).not.toBe(event.rrule);
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split']);
    expect(await trash()).toEqual([]);
    await ok(rollback(event, 1, { fields: ['end_time'] }));
    expect(await trash()).toEqual([tail.id]);
  });

  it('makes the series whole again, equal to the last byte, and puts the tail into the trash', async () => {
    const event = await newSeries();
    const path = { id: event.id };
    const part = { occurrence: '2026-07-20T10:00:00Z', scope: 'this' as const };
    await ok(updateEvent({ client: ana.client, path, query: part, body: { ...hourOn(-20), title: 'In May' } }));
    const before = await stored(event.id, 2);
    const occurrences = await occurrencesOf(ana, event.id);
    const tail = await split(event, SIXTH, 'Second half');
    expect(await stored(event.id, 3)).not.toEqual(before);

    const whole = await ok(rollback(event, 2));
    expect(whole).toMatchObject({ id: event.id, version: 4 });
    expect(await stored(event.id, 4)).toEqual(before);
    expect(await occurrencesOf(ana, event.id)).toEqual(occurrences);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 updated', '3 split', '4 rolled_back']);
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split', '2 deleted']);
    expect(await trash()).toEqual([tail.id]);
    expect(await stored(tail.id, 2)).toMatchObject({ busy: undefined });
    expect((await refused(getEvent({ client: ana.client, path: { id: tail.id } }))).status).toBe(404);
  });

  it('notifies everybody about both events', async () => {
    const event = await newSeries();
    const ben = await app.signUp('ben');
    await share(ana, event.id, ben, 'editor');
    const tail = await split(event, SIXTH, 'Second half', ben);
    await ok(rollback(event, 1, {}, ben));
    const { items } = await ok(listNotifications({ client: ana.client }));
    expect(items.slice(0, 2)).toMatchObject([
      { type: 'event_rolled_back', event_id: event.id, version: 3, actor: { id: ben.id }, read_at: null },
      { type: 'event_deleted', event_id: tail.id, version: 2, actor: { id: ben.id }, read_at: null },
    ]);
  });

  it('rejoins every later split and no earlier one', async () => {
    const event = await newSeries();
    const late = await split(event, SIXTH, 'Late');
    const middle = await split(event, THIRD, 'Middle');
    await ok(rollback(event, 2));
    expect(await trash()).toEqual([middle.id]);
    expect(await startsOf(ana, event.id)).toHaveLength(4);
    await ok(rollback(event, 1));
    expect(await trash()).toEqual([middle.id, late.id].sort());
    expect(await startsOf(ana, event.id)).toHaveLength(8);
  });

  it('removes no tail that changed since: 409 with the tail, and nothing is written', async () => {
    const event = await newSeries();
    const tail = await split(event, SIXTH, 'Second half');
    await ok(updateEvent({ client: ana.client, path: { id: tail.id }, body: { location: 'Room 4' } }));
    const before = await footprint(app.database);
    const problem = await refused(rollback(event, 1));
    const tails = [{ event_id: tail.id, version: 2 }];
    expect(problem).toMatchObject({ status: 409, code: 'later_changes', tails });
    expect(await footprint(app.database)).toEqual(before);
    expect(await trash()).toEqual([]);
    // A caller may allow the conflict and keep both.
    await ok(rollback(event, 1, { on_conflict: 'allow' }));
    expect(await startsOf(ana, tail.id)).toHaveLength(4);
  });

  it('leaves a tail that was split in its turn', async () => {
    const event = await newSeries();
    const tail = await split(event, THIRD, 'Second part');
    const rest = await split(tail, SIXTH, 'Third part');
    const problem = await refused(rollback(event, 1));
    expect(problem).toMatchObject({ code: 'later_changes', tails: [{ event_id: tail.id, version: 2 }] });
    await ok(rollback(tail, 1));
    await ok(rollback(event, 1));
    expect(await trash()).toEqual([tail.id, rest.id].sort());
  });

  it('leaves a tail that has another owner now', async () => {
    const event = await newSeries();
    const ben = await app.signUp('ben');
    await share(ana, event.id, ben, 'editor');
    const tail = await split(event, SIXTH, 'Second half');
    await ok(changeRole({ client: ana.client, path: { id: tail.id, userId: ben.id }, body: { role: 'owner' } }));
    expect(await refused(rollback(event, 1))).toMatchObject({
      status: 409,
      tails: [{ event_id: tail.id, version: 1 }],
    });
    await ok(rollback(event, 1, { on_conflict: 'allow' }));
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split']);
    expect(await startsOf(ben, tail.id)).toHaveLength(4);
  });

  it('can itself be undone: the tail comes back into the time that the head gives up', async () => {
    const undo = [
      (event: EventView) => rollback(event, 2),
      (event: EventView, ben: Person) =>
        revertChange({ client: ben.client, path: { id: event.id, version: 3 }, body: {} }),
    ];
    for (const undoIt of undo) {
      const event = await newSeries();
      const ben = await app.signUp('ben');
      await share(ana, event.id, ben, 'editor');
      const tail = await split(event, SIXTH, 'Second half');
      const halved = [await stored(event.id, 2), await stored(tail.id, 1)];
      await ok(rollback(event, 1));
      const whole = await stored(event.id, 3);
      const problem = await refused(restoreEvent({ client: ana.client, path: { id: tail.id }, body: {} }));
      expect(problem).toMatchObject({ status: 409, code: 'event_conflict' });
      await ok(undoIt(event, ben));
      expect([await stored(event.id, 4), await stored(tail.id, 3)]).toEqual(halved);
      expect(await versionsOf(app.database, tail.id)).toEqual(['1 split', '2 deleted', '3 restored']);
      expect(await trash()).toEqual([]);
      expect((await ok(listNotifications({ client: ben.client }))).items.slice(0, 2)).toMatchObject([
        { type: 'event_restored', event_id: tail.id, version: 3 },
        { type: 'event_rolled_back', event_id: event.id, version: 4 },
      ]);
      // As often as one likes.
      await ok(rollback(event, 3));
      expect(await stored(event.id, 5)).toEqual(whole);
      expect(await trash()).toEqual([tail.id]);
    }
  });

  it('gives the dates to the tail of that time when the series was split elsewhere meanwhile', async () => {
    const event = await newSeries();
    const tail = await split(event, SIXTH, 'From the sixth');
    await ok(rollback(event, 1));
    const other = await split(event, THIRD, 'From the third');
    await ok(rollback(event, 2));
    expect(await trash()).toEqual([other.id]);
    expect([...(await startsOf(ana, event.id)), ...(await startsOf(ana, tail.id))]).toHaveLength(8);
  });

  it('brings back no tail that somebody deleted', async () => {
    const event = await newSeries();
    const tail = await split(event, SIXTH, 'Second half');
    await ok(rollback(event, 1));
    await ok(rollback(event, 2));
    await deleteEvent({ client: ana.client, path: { id: tail.id } });
    await ok(rollback(event, 1));
    await ok(rollback(event, 2));
    expect(await trash()).toEqual([tail.id]);
  });

  it('is undone completely or not at all: 409 when others took the time of the tail', async () => {
    const event = await newSeries();
    const query = { occurrence: SIXTH, scope: 'following' as const };
    const tail = await ok(updateEvent({ client: ana.client, path: { id: event.id }, query, body: hourOn(35, 14) }));
    await ok(rollback(event, 1));
    const other = await createMeeting(ana, { title: 'Other', ...hourOn(49, 14) });
    const before = await footprint(app.database);
    const problem = await refused(rollback(event, 2));
    expect(problem).toMatchObject({ code: 'event_conflict', conflicts: [{ event_id: other.id }] });
    expect(await footprint(app.database)).toEqual(before);
    await ok(rollback(event, 2, { on_conflict: 'allow' }));
    expect(await startsOf(ana, tail.id)).toHaveLength(4);
  });

  it('is not undone by an editor who would not get the dates back: 409 with the tail', async () => {
    const event = await newSeries();
    const ben = await app.signUp('ben');
    await share(ana, event.id, ben, 'editor');
    const tail = await split(event, SIXTH, 'Second half');
    await ok(rollback(event, 1));
    const restored = { client: ana.client, path: { id: tail.id } };
    await ok(restoreEvent({ ...restored, body: { on_conflict: 'allow' } }));
    await revokePermission({ client: ana.client, path: { id: tail.id, userId: ben.id } });
    await ok(rollback(event, 2));
    await ok(rollback(event, 1));
    const before = await footprint(app.database);
    const problem = await refused(rollback(event, 2, {}, ben));
    expect(problem).toMatchObject({ status: 409, code: 'later_changes', tails: [{ event_id: null, title: null }] });
    expect(await footprint(app.database)).toEqual(before);
    await ok(rollback(event, 2));
    expect(await trash()).toEqual([]);
  });

  it('is refused as a whole when others took the time meanwhile', async () => {
    const event = await newSeries();
    const tail = await split(event, SIXTH, 'Second half');
    const free = { client: ana.client, path: { id: event.id } };
    // The head gives up a date, which another event takes.
    const { excluded } = await ok(getEvent(free));
    await ok(updateEvent({ ...free, body: { excluded: [...excluded, THIRD] } }));
    const other = await createMeeting(ana, { title: 'Other', ...hourOn(14) });
    const problem = await refused(rollback(event, 1));
    const met = (problem.conflicts as { event_id: string }[]).map(({ event_id }) => event_id);
    expect(met).toEqual([other.id]);
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split']);
  });
});
