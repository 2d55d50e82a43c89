import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents, listEvents } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody } from '../../sdk/generated/types.gen.js';
import { createMeeting, hourOn, MEETING, versionsOf } from '../support/meetings.js';
import { complaints, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** An hour a day, so that none meets another. */
const days = (count: number): CreateEventBody[] =>
  Array.from({ length: count }, (_, day) => ({ title: `day ${day}`, ...hourOn(day) }));

/** The same list with one of them changed. */
const withItem = (index: number, changes: object, count = 40): CreateEventBody[] =>
  days(count).map((body, day) => (day === index ? { ...body, ...changes } : body));

describe('POST /api/events/batch', () => {
  it('creates all of them in the order of the request, each with its version and its owner', async () => {
    const ana = await app.signUp('ana');
    const { items } = await ok(createEvents({ client: ana.client, body: { events: days(12) } }));
    expect(items.map(({ title }) => title)).toEqual(days(12).map(({ title }) => title));
    for (const { id, version, owner } of items) {
      expect([version, owner.id]).toEqual([1, ana.id]);
      expect(await versionsOf(app.database, id)).toEqual(['1 created']);
    }
    const stream = await app.database.query<{ seq: string }>(
      `SELECT seq::int AS seq FROM notifications WHERE user_id = $1 ORDER BY seq`,
      [ana.id],
    );
    expect(stream.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
  });

  it('takes a bare list', async () => {
    const ana = await app.signUp('ana');
    const { status, json } = await send(app, '/api/events/batch', { as: ana, body: days(2) });
    expect([status, json.items.length]).toEqual([201, 2]);
  });

  it('creates as many as 500', async () => {
    const ana = await app.signUp('ana');
    const { items } = await ok(createEvents({ client: ana.client, body: { events: days(500) } }));
    expect(items).toHaveLength(500);
  });

  it.each([
    [{ end_time: '2020-01-01T00:00:00Z' }, '/end_time end_not_after_start'],
    [{ title: '' }, '/title too_short'],
    [{ owner_id: 'x' }, '/owner_id unknown_field'],
    [{ time_zone: 'Mars/Olympus' }, '/time_zone unknown_time_zone'],
    [{ recurrence_pattern: { frequency: 'hourly' } }, '/recurrence_pattern/frequency unsupported_frequency'],
    [{ is_recurring: true }, '/recurrence_pattern recurrence_required'],
  ])('stores nothing when item 37 has %j, and points at it in the shape that was sent', async (wrong, complaint) => {
    const ana = await app.signUp('ana');
    const before = await footprint(app.database);
    const list = withItem(37, wrong);
    const wrapped = await send(app, '/api/events/batch', { as: ana, body: { events: list } });
    expect([wrapped.status, ...complaints(wrapped.json)]).toEqual([422, `/events/37${complaint}`]);
    const bare = await send(app, '/api/events/batch', { as: ana, body: list });
    expect([bare.status, ...complaints(bare.json)]).toEqual([422, `/37${complaint}`]);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('reports every bad item at once', async () => {
    const ana = await app.signUp('ana');
    const { start_time } = MEETING;
    const events = days(9).map((body, index) =>
      index === 2
        ? { ...body, end_time: 'x' }
        : index === 5
          ? { ...body, start_time: 'y', end_time: start_time }
          : body,
    );
    const problem = await refused(createEvents({ client: ana.client, body: { events } }));
    expect(complaints(problem)).toEqual(['/events/2/end_time not_an_instant', '/events/5/start_time not_an_instant']);
  });

  it('reports every bad item at once across kinds of error: fields, times, series and conflicts', async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana, { title: 'In the way', ...hourOn(3) });
    const before = await footprint(app.database);
    const wrong: Record<number, unknown> = {
      0: { ...days(1)[0], colour: 'red', owner_id: 'x' },
      1: null,
      2: { title: 'Backwards', start_time: MEETING.end_time, end_time: MEETING.start_time },
      4: { ...days(5)[4], title: '' },
      5: { ...days(6)[5], recurrence_pattern: 'FREQ=HOURLY' },
      7: { title: 'Twice', ...hourOn(6) },
      8: { ...days(9)[8], time_zone: 'Mars/Olympus' },
      9: 'text',
    };
    const events = days(10).map((body, index) => (index in wrong ? wrong[index] : body));
    const found = [
      '0/colour unknown_field',
      '0/owner_id unknown_field',
      '1 invalid',
      '2/end_time end_not_after_start',
      '3 event_conflict',
      '4/title too_short',
      '5/recurrence_pattern unsupported_frequency',
      '7 event_conflict',
      '8/time_zone unknown_time_zone',
      '9 invalid',
    ];
    for (const [body, prefix] of [
      [{ events }, '/events/'],
      [events, '/'],
    ] as const) {
      const { status, json } = await send(app, '/api/events/batch', { as: ana, body });
      expect([status, ...complaints(json)]).toEqual([422, ...found.map((complaint) => prefix + complaint)]);
      const conflicts = json.conflicts as { pointer: string; title: string }[];
      expect(conflicts.map(({ pointer, title }) => [pointer, title])).toEqual([
        [`${prefix}3`, 'In the way'],
        [`${prefix}7`, 'day 6'],
      ]);
    }
    expect(await footprint(app.database)).toEqual(before);
  });

  it('reports the errors beside the list as well', async () => {
    const ana = await app.signUp('ana');
    const body = { mode: 'all', events: withItem(2, { end_time: '2020-01-01T00:00:00Z' }, 4) };
    const { json } = await send(app, '/api/events/batch', { as: ana, body });
    expect(complaints(json)).toEqual(['/mode unknown_field', '/events/2/end_time end_not_after_start']);
  });

  it('reports the first 100 errors and counts the others', async () => {
    const ana = await app.signUp('ana');
    const events = days(300).map((body, index) => (index % 2 ? { ...body, title: '' } : { ...body, end_time: 'x' }));
    const { json } = await send(app, '/api/events/batch', { as: ana, body: { events } });
    expect([json.errors.length, json.and_more]).toEqual([100, 200]);
    expect(complaints(json).slice(98)).toEqual(['/events/98/end_time not_an_instant', '/events/99/title too_short']);
  });

  it('refuses what is no list of events', async () => {
    const ana = await app.signUp('ana');
    const before = await footprint(app.database);
    const cases: [unknown, string[]][] = [
      [{}, ['/events required']],
      [{ events: null }, ['/events required']],
      [{ events: 'all' }, ['/events invalid']],
      [{ events: { 0: MEETING } }, ['/events invalid']],
      [{ events: [] }, ['/events too_short']],
      [[], [' too_short']],
      [
        [null, 1, 'x'],
        ['/0 invalid', '/1 invalid', '/2 invalid'],
      ],
      [{ events: [MEETING], mode: 'all' }, ['/mode unknown_field']],
      [MEETING, ['/title unknown_field', '/start_time unknown_field', '/end_time unknown_field', '/events required']],
    ];
    for (const [body, pointers] of cases) {
      const { status, json } = await send(app, '/api/events/batch', { as: ana, body });
      expect([status, ...complaints(json)]).toEqual([422, ...pointers]);
    }
    const nested = await send(app, '/api/events/batch', { as: ana, body: [[MEETING]] });
    expect(nested.status).toBe(422);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('refuses more than 500', async () => {
    const ana = await app.signUp('ana');
    const problem = await refused(createEvents({ client: ana.client, body: { events: days(501) } }));
    expect([problem.status, ...complaints(problem)]).toEqual([422, '/events too_many']);
    const bare = await send(app, '/api/events/batch', { as: ana, body: days(501) });
    expect(complaints(bare.json)).toEqual([' too_many']);
    expect((await ok(listEvents({ client: ana.client }))).items).toEqual([]);
  });
});

describe('conflicts in a batch', () => {
  const conflictsOf = async (ana: Person, body: unknown): Promise<Record<string, unknown>[]> => {
    const { status, json } = await send(app, '/api/events/batch', { as: ana, body });
    expect([status, json.code]).toEqual([409, 'event_conflict']);
    return json.conflicts as Record<string, unknown>[];
  };

  it('count among the items too, and store nothing', async () => {
    const ana = await app.signUp('ana');
    const before = await footprint(app.database);
    const list = withItem(5, { ...hourOn(3), title: 'twice' }, 8);
    const conflict = { title: 'day 3', ...hourOn(3), with: hourOn(3) };
    // The other item isn't stored either, so there is no id to name.
    expect(await conflictsOf(ana, { events: list })).toEqual([{ ...conflict, event_id: null, pointer: '/events/5' }]);
    expect(await conflictsOf(ana, list)).toEqual([{ ...conflict, event_id: null, pointer: '/5' }]);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('are reported for every item at once', async () => {
    const ana = await app.signUp('ana');
    const [one, other] = [await createMeeting(ana, hourOn(1)), await createMeeting(ana, hourOn(4))];
    const conflicts = await conflictsOf(ana, { events: days(6) });
    expect(conflicts.map(({ event_id, pointer }) => [event_id, pointer])).toEqual([
      [one.id, '/events/1'],
      [other.id, '/events/4'],
    ]);
    expect((await ok(listEvents({ client: ana.client }))).items).toHaveLength(2);
  });

  it('are counted beyond 100, with at least one for every item', async () => {
    const ana = await app.signUp('ana');
    const daily = { title: 'Daily', ...hourOn(0), recurrence_pattern: 'FREQ=DAILY;COUNT=40' };
    await createMeeting(ana, daily);
    const { status, json } = await send(app, '/api/events/batch', { as: ana, body: [daily, daily, daily, ...days(9)] });
    const pointers = new Set((json.conflicts as { pointer: string }[]).map(({ pointer }) => pointer));
    expect([status, pointers.size, json.conflicts.length]).toEqual([409, 12, 12]);
    expect(json.and_more).toBeGreaterThan(100);
  });

  it('are stored when the item allows them, or is free', async () => {
    const ana = await app.signUp('ana');
    await createMeeting(ana);
    const events: CreateEventBody[] = [
      { ...MEETING, on_conflict: 'allow' },
      { ...MEETING, show_as: 'free' },
      { ...MEETING, on_conflict: 'allow' },
    ];
    expect((await ok(createEvents({ client: ana.client, body: { events } }))).items).toHaveLength(3);
    const problem = await refused(createEvents({ client: ana.client, body: { events: [...events, MEETING] } }));
    expect(problem.status).toBe(409);
    // Two of the five are among the refused items themselves.
    const known = (problem.conflicts as { event_id: string | null }[]).map(({ event_id }) => event_id !== null);
    expect(known).toEqual([true, true, true, false, false]);
  });

  it('do not arise between items that touch', async () => {
    const ana = await app.signUp('ana');
    const events = [8, 9, 10, 11].map((hour) => ({ title: 'x', ...hourOn(0, hour) }));
    expect((await ok(createEvents({ client: ana.client, body: { events } }))).items).toHaveLength(4);
  });
});

describe('the size of a body', () => {
  const MIB = 1_048_576;
  const padded = (bytes: number): string => {
    const text = JSON.stringify(days(2));
    return text + ' '.repeat(bytes - text.length);
  };

  it('may be 4 MiB for a batch and no more', async () => {
    const ana = await app.signUp('ana');
    expect((await send(app, '/api/events/batch', { as: ana, body: padded(4 * MIB) })).status).toBe(201);
    const { status, json } = await send(app, '/api/events/batch', { as: ana, body: padded(4 * MIB + 1) });
    expect([status, json.code]).toEqual([413, 'body_too_large']);
  });

  it('may be 1 MiB elsewhere', async () => {
    const ana = await app.signUp('ana');
    const text = JSON.stringify(MEETING);
    const body = text + ' '.repeat(MIB - text.length);
    expect((await send(app, '/api/events', { as: ana, body })).status).toBe(201);
    const { status, json } = await send(app, '/api/events', { as: ana, body: `${body} ` });
    expect([status, json.code]).toEqual([413, 'body_too_large']);
  });

  it('follows the settings', async () => {
    const small = await startApp({ bodyLimitBytes: 1_024, batchBodyLimitBytes: 2_048, maxBatch: 3 });
    const ana = await small.signUp('ana');
    expect((await send(small, '/api/events', { as: ana, body: ' '.repeat(1_025) })).status).toBe(413);
    expect((await send(small, '/api/events/batch', { as: ana, body: padded(2_048) })).status).toBe(201);
    expect((await send(small, '/api/events/batch', { as: ana, body: padded(2_049) })).status).toBe(413);
    expect((await send(small, '/api/events/batch', { as: ana, body: days(4) })).status).toBe(422);
    await small.close();
  });
});
