import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteEvent,
  getEvent,
  listChangelog,
  listNotifications,
  listVersions,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { EventView, UpdateEventBody } from '../../sdk/generated/types.gen.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, hourOn, share, versionsOf } from '../support/meetings.js';
import { done, footprint } from '../support/requests.js';
import { changePart, createSeries, occurrencesOf, type Scope, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(async () => {
  await expectInvariants(app.database);
  await app.close();
});

/** Ana has nothing else to do in any test. */
async function newSeries(changes: Parameters<typeof createSeries>[1] = {}, zone = 'UTC'): Promise<EventView> {
  ana = await app.signUp('ana', zone);
  return createSeries(ana, { recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=9', ...changes });
}

const change = (
  event: EventView,
  occurrence: string,
  scope: Scope,
  body: UpdateEventBody,
  as = ana,
): Promise<EventView> => changePart(as, event, occurrence, scope, body);

const read = (id: string, as = ana): Promise<EventView> => ok(getEvent({ client: as.client, path: { id } }));

const SECOND = '2026-06-08T10:00:00Z';
const SIXTH = '2026-07-06T10:00:00Z';
const days = async (event: EventView): Promise<string[]> =>
  (await startsOf(ana, event.id)).map((start) => start.slice(3, 8));

describe('PUT with scope=following', () => {
  it('splits COUNT=9 after the fifth into 5 and 4', async () => {
    const event = await newSeries({ location: 'Room 4' });
    const tail = await change(event, SIXTH, 'following', { title: 'Second half', change_comment: 'New start' });
    expect(tail).toMatchObject({
      ...{ title: 'Second half', location: 'Room 4', version: 1, start_time: SIXTH, series_id: event.id },
      split_from: { event_id: event.id, version: 2 },
      recurrence_pattern: { frequency: 'weekly', by_day: ['MO'], count: 4 },
    });
    const head = await read(event.id);
    expect(head).toMatchObject({ version: 2, title: event.title, series_id: event.id, split_from: null });
    expect(head.recurrence_pattern).toMatchObject({ count: 5 });
    expect(await days(event)).toEqual(['06-01', '06-08', '06-15', '06-22', '06-29']);
    expect(await days(tail)).toEqual(['07-06', '07-13', '07-20', '07-27']);
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created', '2 split']);
    expect(await versionsOf(app.database, tail.id)).toEqual(['1 split']);
    const { items: log } = await ok(listChangelog({ client: ana.client, path: { id: tail.id } }));
    expect(log).toMatchObject([{ kind: 'split', version: 1, comment: 'New start', actor: { id: ana.id } }]);
    const { items: history } = await ok(listVersions({ client: ana.client, path: { id: event.id } }));
    expect(history[0]).toMatchObject({ kind: 'split', version: 2, changed: ['recurrence_pattern'] });
  });

  it('ends the head with UNTIL just before the split, and leaves the end of the tail as it was', async () => {
    const times = { start_time: '2026-10-19T10:00:00', end_time: '2026-10-19T11:00:00' };
    const pattern = { frequency: 'weekly', by_day: ['MO'], until: '2026-12-31' } as const;
    const event = await newSeries({ ...times, recurrence_pattern: { ...pattern } as never }, 'Europe/Paris');
    const tail = await change(event, '2026-11-09T10:00:00', 'following', { title: 'Winter' });
    expect((await read(event.id)).recurrence_pattern).toMatchObject({ until: '2026-11-08' });
    expect((await read(event.id)).rrule).toBe('FREQ=WEEKLY;BYDAY=MO;UNTIL=20261108T225959Z');
    expect(tail.recurrence_pattern).toMatchObject(pattern);
    expect(await startsOf(ana, event.id)).toEqual(['26-10-19T08:00', '26-10-26T09:00', '26-11-02T09:00']);
    expect(await startsOf(ana, tail.id)).toHaveLength(8);

    const endless = await newSeries({ recurrence_pattern: 'FREQ=DAILY' });
    const rest = await change(endless, '2026-06-04T10:00:00Z', 'following', hourOn(3, 12));
    expect((await read(endless.id)).recurrence_pattern).toMatchObject({ until: '2026-06-03' });
    expect(rest.recurrence_pattern).toEqual({ frequency: 'daily', interval: 1 });
    expect(rest).toMatchObject(hourOn(3, 12));
  });

  it('keeps excluded dates excluded, and added dates and overrides on their side', async () => {
    const event = await newSeries({
      excluded: [SECOND, '2026-07-13T10:00:00Z'],
      added: ['2026-06-03T10:00:00Z', '2026-07-30T10:00:00Z'],
    });
    await change(event, '2026-06-15T10:00:00Z', 'this', { title: 'Early, but in autumn', ...hourOn(100) });
    await change(event, '2026-07-20T10:00:00Z', 'this', { title: 'Late, but in May', ...hourOn(-10) });
    const whole = (await occurrencesOf(ana, event.id)).map(({ start_time, title }) => `${start_time} ${title}`);
    const tail = await change(event, SIXTH, 'following', { description: 'From now on' });
    const head = await read(event.id);
    expect(head).toMatchObject({ excluded: [SECOND], added: ['2026-06-03T10:00:00Z'] });
    expect(head.overrides).toMatchObject([{ title: 'Early, but in autumn', ...hourOn(100) }]);
    expect(tail).toMatchObject({ excluded: ['2026-07-13T10:00:00Z'], added: ['2026-07-30T10:00:00Z'] });
    expect(tail.overrides).toMatchObject([{ title: 'Late, but in May', ...hourOn(-10) }]);
    const parts = [...(await occurrencesOf(ana, event.id)), ...(await occurrencesOf(ana, tail.id))];
    expect(parts.map(({ start_time, title }) => `${start_time} ${title}`).sort()).toEqual(whole.sort());
  });

  it('keeps all members and roles, and notifies them about head and tail', async () => {
    const event = await newSeries();
    const [ben, carl] = [await app.signUp('ben'), await app.signUp('carl')];
    await share(ana, event.id, ben, 'editor');
    await share(ana, event.id, carl, 'viewer');
    // The editor splits; the owner stays the owner of both.
    const tail = await change(event, SIXTH, 'following', { title: 'Second half' }, ben);
    expect(tail).toMatchObject({ role: 'editor', owner: { id: ana.id }, updated_by: { id: ben.id } });
    const roles = (of: EventView) => of.permissions!.map(({ username, role }) => `${username} ${role}`).sort();
    expect(roles(tail)).toEqual(roles(await read(event.id)));
    expect((await read(tail.id, carl)).can).toEqual(['read']);
    const itemsOf = async (person: Person) => {
      const { items } = await ok(listNotifications({ client: person.client }));
      return items
        .slice(0, 2)
        .map(({ type, event_id, version, read_at }) => ({ type, event_id, version, read: !!read_at }));
    };
    const both = (seen: boolean) => [
      { type: 'event_created', event_id: tail.id, version: 1, read: seen },
      { type: 'event_updated', event_id: event.id, version: 2, read: seen },
    ];
    expect(await itemsOf(ana)).toEqual(both(false));
    expect(await itemsOf(carl)).toEqual(both(false));
    expect(await itemsOf(ben)).toEqual(both(true));
  });

  it('is a change of the whole from the first occurrence on, and nothing where nothing changes', async () => {
    const event = await newSeries();
    expect(await change(event, event.start_time, 'following', { title: 'All' })).toMatchObject({
      id: event.id,
      version: 2,
    });
    const before = await footprint(app.database);
    expect(await change(event, SIXTH, 'following', { title: 'All' })).toMatchObject({ id: event.id, version: 2 });
    expect(await footprint(app.database)).toEqual(before);
  });

  it('moves the tail as its first occurrence is moved, also when that was moved before or added', async () => {
    const event = await newSeries({ added: ['2026-07-08T10:00:00Z'] });
    await change(event, SIXTH, 'this', hourOn(36));
    const tail = await change(event, SIXTH, 'following', hourOn(36, 12));
    expect((await startsOf(ana, tail.id)).sort()).toEqual([
      '26-07-07T12:00',
      '26-07-08T12:00',
      '26-07-13T12:00',
      '26-07-20T12:00',
      '26-07-27T12:00',
    ]);
    const other = await newSeries({ added: ['2026-07-08T10:00:00Z'] });
    const rest = await change(other, '2026-07-08T10:00:00Z', 'following', hourOn(37, 13));
    expect((await startsOf(ana, rest.id)).sort()).toEqual([
      '26-07-08T13:00',
      '26-07-13T13:00',
      '26-07-20T13:00',
      '26-07-27T13:00',
    ]);
  });

  it('can be split again and again; all parts share their series', async () => {
    const event = await newSeries();
    const second = await change(event, SIXTH, 'following', { title: 'B' });
    const third = await change(second, '2026-07-20T10:00:00Z', 'following', { title: 'C' });
    expect([event, second, third].map((part) => part.series_id)).toEqual([event.id, event.id, event.id]);
    expect(third.split_from).toEqual({ event_id: second.id, version: 2 });
    const counts = [await read(event.id), await read(second.id), third].map((part) => part.recurrence_pattern!.count);
    expect(counts).toEqual([5, 2, 2]);
  });

  it('stores neither head nor tail when the tail conflicts, and skips occurrences of the tail', async () => {
    const event = await newSeries();
    const busy = await createMeeting(ana, { title: 'Busy', ...hourOn(49, 14) });
    const before = await footprint(app.database);
    const query = { occurrence: SIXTH, scope: 'following' as const };
    const body = hourOn(35, 14);
    const problem = await refused(updateEvent({ client: ana.client, path: { id: event.id }, query, body }));
    expect(problem).toMatchObject({ status: 409, conflicts: [{ event_id: busy.id, with: hourOn(49, 14) }] });
    expect(await footprint(app.database)).toEqual(before);
    expect((await read(event.id)).version).toBe(1);
    const tail = await change(event, SIXTH, 'following', { ...body, on_conflict: 'skip' });
    expect(tail).toMatchObject({ skipped: [hourOn(49, 14).start_time], excluded: [hourOn(49, 14).start_time] });
    expect(await days(tail)).toEqual(['07-06', '07-13', '07-27']);
  });

  it('counts the time of the head as taken by another event', async () => {
    const event = await newSeries();
    const before = await footprint(app.database);
    // The tail would begin on the third date of the head, and its second date would be where it begins now.
    const query = { occurrence: SIXTH, scope: 'following' as const };
    const body = hourOn(14);
    const problem = await refused(updateEvent({ client: ana.client, path: { id: event.id }, query, body }));
    const conflict = (day: number) => ({ event_id: event.id, ...hourOn(day), with: hourOn(day) });
    expect(problem).toMatchObject({ status: 409, conflicts: [conflict(14), conflict(21), conflict(28)] });
    expect(await footprint(app.database)).toEqual(before);
    const tail = await change(event, SIXTH, 'following', { ...body, on_conflict: 'skip' });
    expect(tail.skipped).toHaveLength(3);
    expect(await days(tail)).toEqual(['07-06']);
  });

  it('leaves the dates that precede the pattern to a head without one, which can be changed like any event', async () => {
    for (const pattern of [
      'FREQ=WEEKLY;BYDAY=MO;COUNT=3',
      'FREQ=WEEKLY;BYDAY=MO',
      'FREQ=WEEKLY;BYDAY=MO;UNTIL=20260801',
    ]) {
      const added = [hourOn(-5).start_time, hourOn(-3).start_time];
      const event = await newSeries({ recurrence_pattern: pattern, added });
      const first = event.start_time;
      const tail = await change(event, first, 'following', { title: 'Second half' });
      expect(await days(event)).toEqual(['05-27', '05-29']);
      expect(tail).toMatchObject({ rrule: event.rrule, start_time: first, added: [] });
      const head = await read(event.id);
      expect(head).toMatchObject({ rrule: null, is_recurring: true, start_time: added[0], added: [added[1]] });
      expect(await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: head }))).toEqual(head);
      await ok(updateEvent({ client: ana.client, path: { id: event.id }, body: hourOn(-6) }));
      expect(await days(event)).toEqual(['05-26', '05-28']);

      const other = await newSeries({ recurrence_pattern: pattern, added });
      const query = { occurrence: first, scope: 'following' as const };
      await done(deleteEvent({ client: ana.client, path: { id: other.id }, query }));
      expect(await days(other)).toEqual(['05-27', '05-29']);
    }
  });

  it('makes the only date of a half an event with what was changed there', async () => {
    const changed = { title: 'Changed', location: 'Room 9', ...hourOn(70, 14), end_time: '2026-08-10T16:30:00Z' };
    const last = hourOn(69).start_time;
    const event = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=2', added: [last] });
    await change(event, last, 'this', changed);
    const tail = await change(event, last, 'following', { description: 'Alone' });
    const alone = { ...changed, is_recurring: false, overrides: [], excluded: [] };
    expect(tail).toMatchObject({ ...alone, description: 'Alone' });
    expect(await occurrencesOf(ana, tail.id)).toMatchObject([{ ...changed, description: 'Alone' }]);

    const first = hourOn(-5).start_time;
    const other = await newSeries({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;COUNT=2', added: [first] });
    await change(other, first, 'this', { ...changed, ...hourOn(-4, 14) });
    await change(other, other.start_time, 'following', { description: 'Later' });
    expect(await read(other.id)).toMatchObject({ ...alone, ...hourOn(-4, 14), description: null });
  });

  it('keeps an overlap of head and tail that the series had before', async () => {
    const event = await newSeries();
    // The seventh occurrence takes place beside the second.
    await change(event, '2026-07-13T10:00:00Z', 'this', hourOn(7));
    const tail = await change(event, SIXTH, 'following', { title: 'Second half' });
    expect(await days(tail)).toEqual(['06-08', '07-06', '07-20', '07-27']);
  });
});
