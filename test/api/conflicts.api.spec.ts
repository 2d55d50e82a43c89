import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  deleteEvent,
  restoreEvent,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { ConflictView, CreateEventBody, EventView } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, MEETING, share, versionsOf } from '../support/meetings.js';
import { done, footprint } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** People without any events yet, so that no test meets another's. */
const twoPeople = async (): Promise<void> => void ([ana, ben] = [await app.signUp('ana'), await app.signUp('ben')]);

/** Returns the conflicts of a call that must store nothing. */
async function conflictsOf(call: () => Promise<{ error?: unknown; response?: Response }>): Promise<ConflictView[]> {
  const before = await footprint(app.database);
  const problem = await refused(call());
  expect([problem.status, problem.code]).toEqual([409, 'event_conflict']);
  expect(await footprint(app.database)).toEqual(before);
  return problem.conflicts as ConflictView[];
}

const creating = (changes: Partial<CreateEventBody>) => (): ReturnType<typeof createEvent> =>
  createEvent({ client: ana.client, body: { ...MEETING, title: 'Second', ...changes } });
const updating =
  ({ id }: EventView, body: object, person = ana) =>
  (): ReturnType<typeof updateEvent> =>
    updateEvent({ client: person.client, path: { id }, body });
const deleting = ({ id }: EventView): Promise<void> => done(deleteEvent({ client: ana.client, path: { id } }));

describe('creating an event', () => {
  beforeAll(twoPeople);

  it('is refused when the owner is busy, with the events and times', async () => {
    const first = await createMeeting(ana);
    const later = { start_time: '2026-06-01T10:30:00Z', end_time: '2026-06-01T11:30:00Z' };
    expect(await conflictsOf(creating(later))).toEqual([
      { event_id: first.id, title: MEETING.title, ...hourOn(0), with: later },
    ]);
  });

  it.each([
    ['the same hour', '10:00', '11:00', true],
    ['a part of it', '10:15', '10:30', true],
    ['all around it', '09:00', '12:00', true],
    ['its last second', '10:59:59', '12:00', true],
    ['the hour before', '09:00', '10:00', false],
    ['the hour after', '11:00', '12:00', false],
  ])('over %s conflicts as it should', async (_name, from, to, isConflict) => {
    const times = { start_time: `2026-06-01T${from}Z`, end_time: `2026-06-01T${to}Z` };
    if (isConflict) expect(await conflictsOf(creating(times))).toHaveLength(1);
    else {
      const stored = await createMeeting(ana, times);
      expect(stored).toMatchObject({ version: 1 });
      await deleting(stored);
    }
  });

  it('may be shown as free, or allow the conflict', async () => {
    const events = [
      await createMeeting(ana, { title: 'free', show_as: 'free' }),
      await createMeeting(ana, { title: 'allowed', on_conflict: 'allow' }),
    ];
    // The free one is in nobody's way, the allowed one is.
    const inTheWay = await conflictsOf(creating({}));
    expect(inTheWay.map(({ title }) => title).sort()).toEqual([MEETING.title, 'allowed'].sort());
    for (const event of events) await deleting(event);
  });

  it('does not conflict with the events of others, nor with those that are only shared with the owner', async () => {
    const theirs = await createMeeting(ben, hourOn(3));
    await share(ben, theirs.id, ana, 'editor');
    expect(await createMeeting(ana, hourOn(3))).toMatchObject(hourOn(3));
  });

  it('conflicts with an event in another zone at the same instant', async () => {
    const tokyo = { start_time: '2026-06-01T19:00:00', end_time: '2026-06-01T20:00:00', time_zone: 'Asia/Tokyo' };
    expect(await conflictsOf(creating(tokyo))).toHaveLength(1);
  });

  it('does not conflict with a deleted event', async () => {
    const event = await createMeeting(ana, hourOn(4));
    await deleting(event);
    expect(await createMeeting(ana, hourOn(4))).toMatchObject(hourOn(4));
  });
});

describe('a series', () => {
  beforeAll(async () => {
    await twoPeople();
    await createMeeting(ana, {
      title: 'Standup',
      recurrence_pattern: 'FREQ=WEEKLY',
      excluded: ['2026-06-15T10:00:00Z'],
    });
  });

  it('takes the time of each occurrence, and not that of one excluded', async () => {
    const [conflict, ...others] = await conflictsOf(creating({ ...hourOn(7) }));
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({ title: 'Standup', ...hourOn(7), with: hourOn(7) });
    await createMeeting(ana, hourOn(14));
    // Nine years ahead.
    expect(await conflictsOf(creating(hourOn(7 * 469)))).toHaveLength(1);
  });

  it('is refused when any of its occurrences conflicts', async () => {
    await createMeeting(ana, { title: 'Dentist', ...hourOn(9, 15) });
    const daily = { ...hourOn(8, 15), recurrence_pattern: 'FREQ=DAILY;COUNT=5' };
    const [conflict, ...others] = await conflictsOf(creating(daily));
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({ title: 'Dentist', ...hourOn(9, 15), with: hourOn(9, 15) });
  });

  it('lists each meeting of two series, in order', async () => {
    const mondays = { ...hourOn(21), recurrence_pattern: 'FREQ=WEEKLY;COUNT=3' };
    expect((await conflictsOf(creating(mondays))).map(({ start_time }) => start_time)).toEqual(
      [21, 28, 35].map((day) => hourOn(day).start_time),
    );
  });

  it('lists the first 50 meetings of two that never end', async () => {
    expect(await conflictsOf(creating({ ...hourOn(21), recurrence_pattern: 'FREQ=WEEKLY' }))).toHaveLength(50);
  });
});

describe('changing an event', () => {
  beforeAll(twoPeople);

  it('is checked when it moves, and leaves the event where it was', async () => {
    const [first, second] = [await createMeeting(ana, hourOn(0)), await createMeeting(ana, hourOn(1))];
    const [conflict] = await conflictsOf(updating(second, hourOn(0)));
    expect(conflict).toMatchObject({ event_id: first.id, with: hourOn(0) });
    const moved = await ok(updating(second, { ...hourOn(0), on_conflict: 'allow' })());
    expect(moved).toMatchObject({ ...hourOn(0), version: 2 });
  });

  it('does not conflict with itself', async () => {
    const event = await createMeeting(ana, hourOn(2));
    const longer = { start_time: '2026-06-03T10:30:00Z', end_time: '2026-06-03T12:00:00Z' };
    expect(await ok(updating(event, longer)())).toMatchObject(longer);
  });

  it.each([
    [
      'later',
      { start_time: '2026-06-20T12:00:00Z', end_time: '2026-06-20T15:00:00Z' },
      'end_time',
      '2026-06-20T16:00:00Z',
    ],
    [
      'earlier',
      { start_time: '2026-06-21T12:00:00Z', end_time: '2026-06-21T15:00:00Z' },
      'start_time',
      '2026-06-21T11:00:00Z',
    ],
  ])('is checked in the time that it gets, not in what it had: %s', async (_where, times, field, reached) => {
    const day = times.start_time.slice(0, 10);
    const inIt = { start_time: `${day}T13:00:00Z`, end_time: `${day}T14:00:00Z` };
    const other = await createMeeting(ana, inIt);
    for (const recurrence_pattern of [undefined, 'FREQ=YEARLY', 'FREQ=YEARLY;COUNT=3']) {
      const event = await createMeeting(ana, { ...times, recurrence_pattern, on_conflict: 'allow' });
      expect(await ok(updating(event, { [field]: reached })())).toMatchObject({ [field]: reached });
      const begins = field === 'start_time' ? `${day}T10:00:00Z` : `${day}T16:00:00Z`;
      const beside = await createMeeting(ana, { start_time: begins, end_time: begins.replace(':00:00', ':30:00') });
      const [conflict, ...more] = await conflictsOf(
        updating(event, { [field]: field === 'start_time' ? begins : beside.end_time }),
      );
      expect(more).toEqual([]);
      expect(conflict).toMatchObject({ event_id: beside.id });
      for (const { id } of [event, beside]) await done(deleteEvent({ client: ana.client, path: { id } }));
    }
    expect((await conflictsOf(creating(inIt)))[0]).toMatchObject({ event_id: other.id });
  });

  it('is not checked while its time stays, even if it was allowed to conflict', async () => {
    await createMeeting(ana, hourOn(3));
    const event = await createMeeting(ana, { ...hourOn(3), on_conflict: 'allow' });
    expect(await ok(updating(event, { title: 'Lunch' })())).toMatchObject({ title: 'Lunch', version: 2 });
  });

  it('is checked when it becomes busy, and gives its time up when it becomes free', async () => {
    const first = await createMeeting(ana, hourOn(4));
    const second = await createMeeting(ana, { ...hourOn(4), show_as: 'free' });
    await conflictsOf(updating(second, { show_as: 'busy' }));
    await ok(updating(first, { show_as: 'free' })());
    expect(await ok(updating(second, { show_as: 'busy' })())).toMatchObject({ show_as: 'busy' });
  });

  it('is checked when it begins to recur', async () => {
    await createMeeting(ana, hourOn(6));
    const event = await createMeeting(ana, hourOn(5));
    await conflictsOf(updating(event, { recurrence_pattern: 'FREQ=DAILY;COUNT=2' }));
    expect(await versionsOf(app.database, event.id)).toEqual(['1 created']);
  });

  it("is checked against the owner's availability, and shows an editor nothing that they may not see", async () => {
    const secret = await createMeeting(ana, { title: 'Secret', ...hourOn(10) });
    const known = await createMeeting(ana, { title: 'Known', ...hourOn(11) });
    const event = await createMeeting(ana, hourOn(12));
    for (const { id } of [known, event]) await share(ana, id, ben, 'editor');
    // Ben is busy at that time too, which does not matter.
    await createMeeting(ben, hourOn(13));
    expect(await conflictsOf(updating(event, hourOn(10), ben))).toEqual([
      { event_id: null, title: null, ...hourOn(10), with: hourOn(10) },
    ]);
    expect(await conflictsOf(updating(event, hourOn(11), ben))).toMatchObject([{ event_id: known.id, title: 'Known' }]);
    expect(await conflictsOf(updating(event, hourOn(10), ana))).toMatchObject([
      { event_id: secret.id, title: 'Secret' },
    ]);
    expect(await ok(updating(event, hourOn(13), ben)())).toMatchObject(hourOn(13));
  });
});

describe('bringing an event back', () => {
  beforeAll(twoPeople);

  it('is checked when it is restored', async () => {
    const event = await createMeeting(ana);
    await deleting(event);
    const other = await createMeeting(ana, { title: 'Taken' });
    const path = { id: event.id };
    const restoring = (body: object): ReturnType<typeof restoreEvent> =>
      restoreEvent({ client: ana.client, path, body });
    expect(await conflictsOf(() => restoring({}))).toMatchObject([{ event_id: other.id, title: 'Taken' }]);
    expect(await ok(restoring({ on_conflict: 'allow' }))).toMatchObject({ version: 3 });
  });

  it('is checked when a version with another time is rolled back to', async () => {
    const event = await createMeeting(ana, hourOn(1));
    await ok(updating(event, hourOn(2))());
    const other = await createMeeting(ana, hourOn(1));
    const path = { id: event.id, version: 1 };
    const rolling = (body: object): ReturnType<typeof rollbackEvent> =>
      rollbackEvent({ client: ana.client, path, body });
    expect(await conflictsOf(() => rolling({}))).toMatchObject([{ event_id: other.id }]);
    expect(await versionsOf(app.database, event.id)).toHaveLength(2);
    expect(await ok(rolling({ on_conflict: 'allow' }))).toMatchObject({ ...hourOn(1), version: 3 });
  });
});

describe('handing an event over', () => {
  beforeAll(twoPeople);

  const handing = ({ id }: EventView, body: object = {}): ReturnType<typeof changeRole> =>
    changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner', ...body } });

  it("is checked against the new owner's availability, of which only times are shown", async () => {
    const event = await createMeeting(ana, hourOn(0));
    await share(ana, event.id, ben, 'viewer');
    await createMeeting(ben, { title: 'Private', ...hourOn(0) });
    expect(await conflictsOf(() => handing(event))).toEqual([
      { event_id: null, title: null, ...hourOn(0), with: hourOn(0) },
    ]);
    await ok(handing(event, { on_conflict: 'allow' }));
  });

  it('takes the time of the new owner and gives that of the old one back', async () => {
    const event = await createMeeting(ana, hourOn(1));
    await share(ana, event.id, ben, 'viewer');
    await ok(handing(event));
    await createMeeting(ana, hourOn(1));
    const again = (): ReturnType<typeof createEvent> =>
      createEvent({ client: ben.client, body: { title: 'x', ...hourOn(1) } });
    expect(await conflictsOf(again)).toMatchObject([{ event_id: event.id }]);
  });

  it('shows nobody when a stranger is busy', async () => {
    const event = await createMeeting(ana, hourOn(2));
    await createMeeting(ben, hourOn(2));
    expect(await refused(handing(event))).toMatchObject({ status: 404, code: 'not_found' });
  });
});
