import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  createEvents,
  deleteEvent,
  restoreEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, MEETING, share, versionsOf } from '../support/meetings.js';
import { done, footprint } from '../support/requests.js';
import { createSeries, startsOf } from '../support/series.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

type Slot = { start_time: string; end_time: string };
type Conflict = Slot & { event_id: string | null; title: string | null; with: Slot; pointer?: string };

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const newcomer = async (zone = 'UTC'): Promise<void> => void (ana = await app.signUp('ana', zone));

const createConflicting = (changes: Partial<CreateEventBody>, as = ana) =>
  refused(createEvent({ client: as.client, body: { ...MEETING, ...changes } }));

const weekly = { recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' };
const instants = (value: unknown): string[] => (value as Slot[]).map(({ start_time }) => start_time);

describe('on_conflict: skip', () => {
  it('skips exactly the conflicting occurrences, returns them, and keeps them excluded', async () => {
    await newcomer();
    await createMeeting(ana, { title: 'Holiday', ...hourOn(7) });
    await createMeeting(ana, { title: 'Dentist', ...hourOn(21, 9), end_time: hourOn(21).end_time });
    const skipped = ['2026-06-08T10:00:00Z', '2026-06-22T10:00:00Z'];
    const body = { ...MEETING, recurrence_pattern: 'FREQ=WEEKLY;COUNT=5', on_conflict: 'skip' as const };
    const event = await ok(createEvent({ client: ana.client, body }));
    expect(event).toMatchObject({ skipped, excluded: skipped, version: 1 });
    expect(await startsOf(ana, event.id)).toEqual(['26-06-01T10:00', '26-06-15T10:00', '26-06-29T10:00']);
    const [stored] = await app.database.query(
      `SELECT o.rejects, v.snapshot -> 'excluded' AS excluded FROM event_occupancy o
         JOIN event_versions v ON v.event_id = o.event_id WHERE o.event_id = $1`,
      [event.id],
    );
    expect(stored).toEqual({ rejects: true, excluded: ['2026-06-08T10:00:00', '2026-06-22T10:00:00'] });
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created']);
  });

  it('is a plain creation when nothing conflicts', async () => {
    await newcomer();
    const body = { ...MEETING, ...weekly, on_conflict: 'skip' as const };
    expect(await ok(createEvent({ client: ana.client, body }))).not.toHaveProperty('skipped');
  });

  it('is refused when every occurrence conflicts, and for a single event', async () => {
    await newcomer();
    const series = await createSeries(ana, weekly);
    const before = await footprint(app.database);
    for (const recurrence_pattern of ['FREQ=WEEKLY;INTERVAL=2', 'FREQ=WEEKLY;COUNT=3', undefined]) {
      const problem = await createConflicting({ recurrence_pattern, on_conflict: 'skip' });
      expect(problem).toMatchObject({ status: 409, code: 'event_conflict' });
      expect((problem.conflicts as Conflict[])[0]).toMatchObject({
        event_id: series.id,
        ...hourOn(0),
        with: hourOn(0),
      });
    }
    expect(await footprint(app.database)).toEqual(before);
  });

  it('works on a change as well, and drops what a skipped occurrence had of its own', async () => {
    await newcomer();
    const { id } = await createSeries(ana, { recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    const part = { occurrence: '2026-06-08T10:00:00Z', scope: 'this' as const };
    await ok(updateEvent({ client: ana.client, path: { id }, query: part, body: { title: 'Guests' } }));
    await createMeeting(ana, hourOn(7, 14));
    const body = { ...hourOn(0, 14), on_conflict: 'skip' as const };
    const changed = await ok(updateEvent({ client: ana.client, path: { id }, body }));
    const skipped = [hourOn(7, 14).start_time];
    expect(changed).toMatchObject({ skipped, excluded: skipped, overrides: [] });
  });
});

describe('suggestions', () => {
  const suggested = async (changes: Partial<CreateEventBody>): Promise<Slot[]> =>
    (await createConflicting(changes)).suggestions as Slot[];

  it('are three times at which a single event really fits, one after the other', async () => {
    await newcomer();
    await createSeries(ana, { recurrence_pattern: 'FREQ=DAILY;COUNT=30' });
    await createMeeting(ana, { ...hourOn(0, 12), end_time: '2026-06-01T12:20:00Z' });
    const slots = await suggested({ title: 'Next' });
    expect(slots).toEqual([
      { start_time: '2026-06-01T11:00:00Z', end_time: '2026-06-01T12:00:00Z' },
      { start_time: '2026-06-01T12:30:00Z', end_time: '2026-06-01T13:30:00Z' },
      { start_time: '2026-06-01T13:30:00Z', end_time: '2026-06-01T14:30:00Z' },
    ]);
    for (const slot of slots) expect((await createMeeting(ana, slot)).version).toBe(1);
  });

  it('are dates for an all-day event, over a change of the clocks too', async () => {
    await newcomer('Europe/Paris');
    await createMeeting(ana, { start_time: '2026-10-23T10:00:00', end_time: '2026-10-23T11:00:00' });
    const slots = await suggested({ all_day: true, start_time: '2026-10-23', end_time: '2026-10-25' });
    expect(slots).toEqual([
      { start_time: '2026-10-24', end_time: '2026-10-26' },
      { start_time: '2026-10-26', end_time: '2026-10-28' },
      { start_time: '2026-10-28', end_time: '2026-10-30' },
    ]);
    for (const slot of slots) expect((await createMeeting(ana, { all_day: true, ...slot })).all_day).toBe(true);
  });

  it('are times of day at which no occurrence of a series conflicts, in ten years', async () => {
    await newcomer('Europe/Paris');
    const times = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
    await createMeeting(ana, times);
    // One winter day nine years later, at 11:00 to 12:30 on the clocks of Paris.
    await createMeeting(ana, { start_time: '2035-12-03T11:00:00', end_time: '2035-12-03T12:30:00' });
    const slots = await suggested({ ...times, ...weekly });
    expect(instants(slots)).toEqual(['2026-06-01T10:30:00Z', '2026-06-01T11:30:00Z', '2026-06-01T12:30:00Z']);
    for (const slot of slots) {
      const { id } = await createSeries(ana, { ...slot, ...weekly });
      await done(deleteEvent({ client: ana.client, path: { id } }));
    }
  });

  it('are on the next days when the owner is never free that day', async () => {
    await newcomer();
    await createSeries(ana, { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02', ...weekly });
    const anyDay = { recurrence_pattern: 'FREQ=WEEKLY;COUNT=20' };
    expect((await suggested(anyDay))[0]).toMatchObject({ start_time: '2026-06-02T00:00:00Z' });
  });

  it.each(['COUNT=4', 'UNTIL=20260720', 'INTERVAL=2'])(
    'are accepted by the request that was refused: a series of Mondays stays one of Mondays, with %s',
    async (end) => {
      await newcomer();
      await createSeries(ana, { all_day: true, start_time: '2026-06-01', end_time: '2026-06-02', ...weekly });
      expect(await suggested(weekly)).toEqual([]);
      await newcomer();
      await createMeeting(ana, hourOn(0));
      const series = { recurrence_pattern: `FREQ=WEEKLY;BYDAY=MO;${end}`, all_day: true };
      const slots = await suggested({ ...series, start_time: '2026-06-01', end_time: '2026-06-02' });
      expect(slots.map((slot) => slot.start_time)).toEqual(['2026-06-08', '2026-06-15', '2026-06-22']);
      for (const slot of slots) {
        const { id } = await createSeries(ana, { ...slot, ...series });
        await done(deleteEvent({ client: ana.client, path: { id } }));
      }
    },
  );
});

describe('the explanation of a conflict', () => {
  it('contains the overlapping occurrences of both events, by start', async () => {
    await newcomer();
    const daily = await createSeries(ana, { title: 'Daily', recurrence_pattern: 'FREQ=DAILY;COUNT=10' });
    const late = await createMeeting(ana, { title: 'Late', ...hourOn(14) });
    const problem = await createConflicting({
      ...weekly,
      start_time: '2026-06-01T10:30:00Z',
      end_time: '2026-06-01T11:30:00Z',
    });
    const half = (day: string): Slot => ({ start_time: `${day}T10:30:00Z`, end_time: `${day}T11:30:00Z` });
    expect(problem.conflicts).toEqual([
      { event_id: daily.id, title: 'Daily', ...hourOn(0), with: half('2026-06-01') },
      { event_id: daily.id, title: 'Daily', ...hourOn(7), with: half('2026-06-08') },
      { event_id: late.id, title: 'Late', ...hourOn(14), with: half('2026-06-15') },
    ]);
  });

  it('distinguishes occurrences that touch one another', async () => {
    await newcomer();
    const backToBack = await createSeries(ana, { recurrence_pattern: 'FREQ=DAILY;BYHOUR=10,11;COUNT=4' });
    const problem = await createConflicting({ start_time: '2026-06-02T10:30:00Z', end_time: '2026-06-02T11:30:00Z' });
    expect(problem.conflicts).toMatchObject([
      { event_id: backToBack.id, ...hourOn(1, 10) },
      { event_id: backToBack.id, ...hourOn(1, 11) },
    ]);
    const both = await createConflicting({ ...hourOn(1, 10), recurrence_pattern: 'FREQ=DAILY;BYHOUR=10,11;COUNT=2' });
    expect(both.conflicts).toMatchObject([10, 11].map((hour) => ({ ...hourOn(1, hour), with: hourOn(1, hour) })));
  });

  it('shows an overridden occurrence where it is, and none that is free', async () => {
    await newcomer();
    const { id } = await createSeries(ana, { recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' });
    const path = { id };
    const of = (day: number) => ({ occurrence: hourOn(day).start_time, scope: 'this' as const });
    await ok(updateEvent({ client: ana.client, path, query: of(7), body: hourOn(9, 15) }));
    await ok(updateEvent({ client: ana.client, path, query: of(14), body: { show_as: 'free' } }));
    expect((await createConflicting(hourOn(9, 15))).conflicts).toMatchObject([{ event_id: id, ...hourOn(9, 15) }]);
    for (const day of [7, 14]) expect((await createMeeting(ana, hourOn(day))).version).toBe(1);
  });

  it('lists at most the first fifty conflicts', async () => {
    await newcomer();
    await createSeries(ana, { recurrence_pattern: 'FREQ=DAILY' });
    const starts = instants((await createConflicting({ recurrence_pattern: 'FREQ=DAILY' })).conflicts);
    expect(starts).toHaveLength(50);
    expect(starts[49]).toBe('2026-07-20T10:00:00Z');
  });

  it('hides title and id of what the caller may not see, and nothing but those', async () => {
    await newcomer();
    const ben = await app.signUp('ben');
    const secret = await createSeries(ana, { title: 'Secret', recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' });
    const { id } = await createMeeting(ana, { title: 'Shared', ...hourOn(1) });
    await share(ana, id, ben, 'editor');
    const move = { client: ben.client, path: { id }, body: hourOn(7) };
    const redacted = await refused(updateEvent(move));
    expect(redacted.conflicts).toEqual([{ event_id: null, title: null, ...hourOn(7), with: hourOn(7) }]);
    expect(JSON.stringify(redacted)).not.toMatch(new RegExp(`Secret|${secret.id}`));
    await share(ana, secret.id, ben, 'viewer');
    expect((await refused(updateEvent(move))).conflicts).toMatchObject([{ event_id: secret.id, title: 'Secret' }]);
  });

  it('points into a batch whose series conflict with each other, and stores nothing of it', async () => {
    await newcomer();
    const busy = await createMeeting(ana, { title: 'Busy', ...hourOn(2) });
    const before = await footprint(app.database);
    const events = [
      { ...MEETING, title: 'A', recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' },
      { ...MEETING, title: 'B', ...hourOn(2), recurrence_pattern: 'FREQ=MONTHLY' },
      { ...MEETING, title: 'C', ...hourOn(13), recurrence_pattern: 'FREQ=DAILY;COUNT=3' },
    ];
    const problem = await refused(createEvents({ client: ana.client, body: { events } }));
    expect(problem.conflicts).toEqual([
      { pointer: '/events/1', event_id: busy.id, title: 'Busy', ...hourOn(2), with: hourOn(2) },
      { pointer: '/events/2', event_id: null, title: 'A', ...hourOn(14), with: hourOn(14) },
    ]);
    expect(problem).not.toHaveProperty('suggestions');
    expect(await footprint(app.database)).toEqual(before);
    const skipping = events.map((event) => ({ ...event, on_conflict: 'skip' as const }));
    const { items } = await ok(createEvents({ client: ana.client, body: { events: skipping } }));
    expect(items.map(({ skipped }) => skipped)).toEqual([undefined, [hourOn(2).start_time], [hourOn(14).start_time]]);
  });
});

describe('beyond the ten years that are checked', () => {
  // 29 February: 2028 a Tuesday, 2032 Sunday, 2036 Friday, 2040 Wednesday, 2044 Monday.
  const leapDay = (year: number, hour = '10:30'): Slot => ({
    start_time: `${year}-02-29T${hour}:00Z`,
    end_time: `${year}-02-29T${hour.slice(0, 2)}:45:00Z`,
  });
  const yearly = 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29';
  const at10 = (date: string): Slot => ({ start_time: `${date}T10:00:00Z`, end_time: `${date}T11:00:00Z` });

  it('two endless series are stored, and the first conflict is predicted', async () => {
    await newcomer();
    const mondays = await createSeries(ana, { title: 'Mondays', ...weekly });
    const rare = await createSeries(ana, { ...leapDay(2028), recurrence_pattern: yearly });
    expect(rare.possible_conflicts_after).toEqual([
      { event_id: mondays.id, title: 'Mondays', ...at10('2044-02-29'), with: leapDay(2044) },
    ]);
  });

  it.each([
    ['stored', null],
    ['not stored yet', 'NULL'],
    ['those from before it moved', 'week << 8'],
  ])('also among many that share its days, when the half hours of its week are %s', async (_which, week) => {
    await newcomer();
    const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour !== 10);
    const events = hours.map((hour) => {
      const start = `2026-06-01T${String(hour).padStart(2, '0')}`;
      return { title: `At ${hour}`, start_time: `${start}:00:00Z`, end_time: `${start}:59:00Z`, ...weekly };
    });
    await ok(createEvents({ client: ana.client, body: { events } }));
    const { id } = await createSeries(ana, { title: 'Mondays', ...at10('2026-06-01'), ...weekly });
    if (week !== null)
      await app.database.query(`UPDATE event_occupancy SET far_week = ${week} WHERE event_id = $1`, [id]);
    const rare = await createSeries(ana, { ...leapDay(2028), recurrence_pattern: yearly });
    expect(rare.possible_conflicts_after).toMatchObject([{ event_id: id, ...at10('2044-02-29') }]);
  });

  it('also between the horizon of one series and that of another that begins later and was there first', async () => {
    await newcomer();
    await createSeries(ana, { ...leapDay(2032), recurrence_pattern: yearly });
    const wednesdays = { ...at10('2026-06-03'), recurrence_pattern: 'FREQ=WEEKLY' };
    const { possible_conflicts_after: predicted } = await createSeries(ana, wednesdays);
    expect(predicted).toMatchObject([{ ...leapDay(2040), with: at10('2040-02-29') }]);
  });

  it('a later event is refused as far as it is known, even after the stored occupancy of the earlier series', async () => {
    await newcomer();
    await createSeries(ana, { title: 'Wednesdays', ...at10('2026-06-03'), recurrence_pattern: 'FREQ=WEEKLY' });
    const later = { title: 'Leap days', ...leapDay(2032), recurrence_pattern: yearly };
    const problem = await refused(createEvent({ client: ana.client, body: later }));
    expect(problem).toMatchObject({ status: 409, conflicts: [{ ...at10('2040-02-29'), with: leapDay(2040) }] });
  });

  it('a single event in a far year is refused because of a series, and predicted for one', async () => {
    await newcomer();
    const mondays = await createSeries(ana, { title: 'Mondays', ...weekly });
    const problem = await refused(createEvent({ client: ana.client, body: { title: 'Far', ...leapDay(2044) } }));
    expect(problem).toMatchObject({ status: 409, conflicts: [{ event_id: mondays.id, ...at10('2044-02-29') }] });
    expect(await createMeeting(ana, leapDay(2048))).not.toHaveProperty('possible_conflicts_after');
    await newcomer();
    const far = await createMeeting(ana, { title: 'Far', ...leapDay(2044) });
    const { possible_conflicts_after: predicted } = await createSeries(ana, weekly);
    expect(predicted).toEqual([{ event_id: far.id, title: 'Far', ...leapDay(2044), with: at10('2044-02-29') }]);
  });

  it('a later event of a batch is refused because of a series in the same batch', async () => {
    await newcomer();
    const wednesdays = { title: 'Wednesdays', ...at10('2026-06-03'), recurrence_pattern: 'FREQ=WEEKLY' };
    const later = [
      { title: 'Far', ...leapDay(2040) },
      { title: 'Leap days', ...leapDay(2032), recurrence_pattern: yearly },
    ];
    for (const one of later) {
      const problem = await refused(createEvents({ client: ana.client, body: { events: [wednesdays, one] } }));
      const conflict = { pointer: '/events/1', ...at10('2040-02-29'), with: leapDay(2040) };
      expect(problem).toMatchObject({ status: 409, conflicts: [conflict] });
    }
  });

  it('endless series of a batch are stored together, with what is predicted', async () => {
    await newcomer();
    const events = [
      { ...MEETING, title: 'Mondays', ...at10('2026-06-01'), ...weekly },
      { ...MEETING, title: 'Leap days', ...leapDay(2028), recurrence_pattern: yearly },
    ];
    const { items } = await ok(createEvents({ client: ana.client, body: { events } }));
    expect(items[1]!.possible_conflicts_after).toMatchObject([{ ...at10('2044-02-29'), with: leapDay(2044) }]);
  });

  it('an event that the caller may not see is predicted without its name', async () => {
    await newcomer();
    const ben = await app.signUp('ben');
    await createSeries(ana, { title: 'Secret', ...weekly });
    const { id } = await createMeeting(ana, { ...leapDay(2028), title: 'Shared' });
    await share(ana, id, ben, 'editor');
    const changed = await ok(updateEvent({ client: ben.client, path: { id }, body: { recurrence_pattern: yearly } }));
    expect(changed.possible_conflicts_after).toMatchObject([{ event_id: null, title: null, with: leapDay(2044) }]);
  });

  it('nothing is predicted for series that never conflict', async () => {
    await newcomer();
    await createSeries(ana, weekly);
    const evening = { start_time: '2026-06-01T18:00:00Z', end_time: '2026-06-01T19:00:00Z' };
    expect(await createSeries(ana, { ...evening, ...weekly })).not.toHaveProperty('possible_conflicts_after');
  });
});

describe('a series that is restored or transferred', () => {
  it('is checked at every occurrence when it is restored', async () => {
    await newcomer();
    const { id } = await createSeries(ana, weekly);
    await done(deleteEvent({ client: ana.client, path: { id } }));
    const other = await createMeeting(ana, { title: 'Other', ...hourOn(70) });
    const problem = await refused(restoreEvent({ client: ana.client, path: { id }, body: {} }));
    expect(problem).toMatchObject({
      status: 409,
      conflicts: [{ event_id: other.id, ...hourOn(70), with: hourOn(70) }],
    });
    expect(await versionsOf(app.database, id)).toEqual(['1 created', '2 deleted']);
  });

  it('is checked against the time of its new owner', async () => {
    await newcomer();
    const ben = await app.signUp('ben');
    const { id } = await createSeries(ana, weekly);
    await share(ana, id, ben, 'editor');
    await createMeeting(ben, { title: 'Private', ...hourOn(70) });
    const transfer = { client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' as const } };
    const problem = await refused(changeRole(transfer));
    expect(problem).toMatchObject({ status: 409, conflicts: [{ event_id: null, title: null, ...hourOn(70) }] });
    const [occupancy] = await app.database.query(`SELECT owner_id FROM event_occupancy WHERE event_id = $1`, [id]);
    expect(occupancy).toEqual({ owner_id: ana.id });
  });
});
