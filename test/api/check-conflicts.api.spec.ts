import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkConflicts, createEvent, deleteEvent } from '../../sdk/generated/sdk.gen.js';
import type { CheckConflictsBody, ConflictCheckView } from '../../sdk/generated/types.gen.js';
import { createMeeting, MEETING, share } from '../support/meetings.js';
import { complaints, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const EMPTY_CONTENT = { conflicts: [], suggestions: [], possible_conflicts_after: [] };
const { title: _title, ...TIMES } = MEETING;
const idOf = (conflict: { event_id: string }): string => conflict.event_id;

describe('POST /api/events/check-conflicts', () => {
  let app: TestApp;
  let ana: Person;
  beforeAll(async () => void (app = await startApp()));
  beforeEach(async () => void (ana = await app.signUp('ana')));
  afterAll(() => app.close());

  const check = (person: Person, body: CheckConflictsBody): Promise<ConflictCheckView> =>
    ok(checkConflicts({ client: person.client, body }));

  it('answers what creating the event would, and writes nothing', async () => {
    const { id } = await createMeeting(ana);
    const wanted = { start_time: '2026-06-01T10:30:00Z', end_time: '2026-06-01T11:30:00Z' };
    const before = await footprint(app.database);
    const answer = await check(ana, wanted);
    expect(answer).toEqual({
      conflicts: [{ event_id: id, title: MEETING.title, ...TIMES, with: wanted }],
      suggestions: [
        { start_time: '2026-06-01T11:00:00Z', end_time: '2026-06-01T12:00:00Z' },
        { start_time: '2026-06-01T12:00:00Z', end_time: '2026-06-01T13:00:00Z' },
        { start_time: '2026-06-01T13:00:00Z', end_time: '2026-06-01T14:00:00Z' },
      ],
      possible_conflicts_after: [],
    });
    const problem = await refused(createEvent({ client: ana.client, body: { title: 'Mine', ...wanted } }));
    expect(problem).toMatchObject({ code: 'event_conflict', conflicts: answer.conflicts });
    expect(problem.suggestions).toEqual(answer.suggestions);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('answers with empty lists for a free time, one that only touches, and an event that shows as free', async () => {
    await createMeeting(ana);
    expect(await check(ana, { start_time: '2026-06-01T11:00:00Z', end_time: '2026-06-01T12:00:00Z' })).toEqual(
      EMPTY_CONTENT,
    );
    expect(await check(ana, { ...TIMES, show_as: 'free' })).toEqual(EMPTY_CONTENT);
  });

  it('takes the whole body of a create, and the event as it was read with some fields changed', async () => {
    const { id } = await createMeeting(ana);
    const whole = { ...MEETING, description: 'x', location: null, url: null, change_comment: 'y', on_conflict: 'skip' };
    const { json } = await send(app, '/api/events/check-conflicts', { as: ana, body: whole });
    expect(json.conflicts.map(idOf)).toEqual([id]);

    const other = await createMeeting(ana, { start_time: '2026-06-01T14:00:00Z', end_time: '2026-06-01T15:00:00Z' });
    const read = (await send(app, `/api/events/${other.id}`, { as: ana })).json as object;
    const moved = { ...read, start_time: '2026-06-01T10:30:00Z', end_time: '2026-06-01T11:30:00Z' };
    for (const [body, found] of [
      [read, []],
      [moved, [id]],
    ] as const) {
      const answer = await send(app, '/api/events/check-conflicts', { as: ana, body });
      expect([answer.status, ...answer.json.conflicts.map(idOf)]).toEqual([200, ...found]);
    }
  });

  it('asks only about the time of the caller', async () => {
    const ben = await app.signUp('ben');
    const { id } = await createMeeting(ana);
    await share(ana, id, ben, 'editor');
    expect(await check(ben, TIMES)).toEqual(EMPTY_CONTENT);
  });

  it('checks every occurrence of a series, in its zone and over a change of the clocks', async () => {
    await createMeeting(ana, { start_time: '2026-10-26T09:30:00Z', end_time: '2026-10-26T10:00:00Z' });
    const { conflicts, suggestions } = await check(ana, {
      start_time: '2026-10-19T10:00:00',
      end_time: '2026-10-19T11:00:00',
      time_zone: 'Europe/Paris',
      recurrence_pattern: { frequency: 'weekly', count: 4 },
    });
    // 10:00 in Paris is 08:00 in UTC on 19 October, and 09:00 a week later.
    expect(conflicts.map((conflict) => conflict.with)).toEqual([
      { start_time: '2026-10-26T09:00:00Z', end_time: '2026-10-26T10:00:00Z' },
    ]);
    expect(suggestions[0]).toEqual({ start_time: '2026-10-19T09:00:00Z', end_time: '2026-10-19T10:00:00Z' });
  });

  it('checks whole days and what is a century away', async () => {
    const far = { start_time: '2126-06-03T10:00:00Z', end_time: '2126-06-03T11:00:00Z' };
    await createMeeting(ana, far);
    const { conflicts } = await check(ana, { start_time: '2126-06-03', end_time: '2126-06-04', all_day: true });
    expect(conflicts).toMatchObject([far]);
  });

  it('knows the occurrences of an endless series a century ahead, and so does creating an event', async () => {
    const { id } = await createMeeting(ana, { recurrence_pattern: 'FREQ=DAILY' });
    const wanted = { start_time: '2126-06-03T09:30:00Z', end_time: '2126-06-03T10:30:00Z' };
    const occurrence = { start_time: '2126-06-03T10:00:00Z', end_time: '2126-06-03T11:00:00Z' };
    const before = await footprint(app.database);
    const answer = await check(ana, wanted);
    expect(answer.conflicts).toEqual([{ event_id: id, title: MEETING.title, ...occurrence, with: wanted }]);
    expect(answer.suggestions[0]).toEqual({ start_time: '2126-06-03T11:00:00Z', end_time: '2126-06-03T12:00:00Z' });
    const problem = await refused(createEvent({ client: ana.client, body: { title: 'Mine', ...wanted } }));
    expect(problem).toMatchObject({ status: 409, conflicts: answer.conflicts, suggestions: answer.suggestions });
    expect(await footprint(app.database)).toEqual(before);
    expect((await check(ana, { ...wanted, end_time: occurrence.start_time })).conflicts).toEqual([]);
  });

  it('skips occurrences that conflict with an endless series a century ahead', async () => {
    await createMeeting(ana, { recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' });
    const body = {
      start_time: '2126-06-02T10:00:00Z',
      end_time: '2126-06-02T10:30:00Z',
      recurrence_pattern: 'FREQ=DAILY;COUNT=200',
    };
    const { conflicts } = await check(ana, body);
    expect(conflicts[0]).toMatchObject({ start_time: '2126-06-03T10:00:00Z' });
    const { skipped } = await createMeeting(ana, { ...body, on_conflict: 'skip' });
    expect(skipped!.slice(0, 2)).toEqual(['2126-06-03T10:00:00Z', '2126-06-10T10:00:00Z']);
  });

  it('knows a series of more occurrences than are stored', async () => {
    const hours = Array.from({ length: 24 }, (_, hour) => hour).join(',');
    await createMeeting(ana, {
      start_time: '2026-06-01T00:00:00Z',
      end_time: '2026-06-01T00:10:00Z',
      recurrence_pattern: `FREQ=DAILY;BYHOUR=${hours}`,
    });
    const { conflicts, suggestions } = await check(ana, {
      start_time: '2029-06-01T10:05:00Z',
      end_time: '2029-06-01T10:35:00Z',
    });
    expect(conflicts).toMatchObject([{ start_time: '2029-06-01T10:00:00Z', end_time: '2029-06-01T10:10:00Z' }]);
    expect(suggestions[0]).toEqual({ start_time: '2029-06-01T10:20:00Z', end_time: '2029-06-01T10:50:00Z' });
  });

  it('predicts where two endless series conflict after the horizon', async () => {
    const yearly = 'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=3';
    const series = (year: number, interval: number) => ({
      start_time: `${year}-06-03T04:00:00Z`,
      end_time: `${year}-06-03T05:00:00Z`,
      recurrence_pattern: `${yearly};INTERVAL=${interval}`,
    });
    const { id } = await createMeeting(ana, series(2026, 20));
    const answer = await check(ana, series(2028, 9));
    expect(answer).toMatchObject({ conflicts: [], suggestions: [] });
    // 2046 is 20 years after 2026 and 18 after 2028.
    expect(answer.possible_conflicts_after).toMatchObject([{ event_id: id, start_time: '2046-06-03T04:00:00Z' }]);
  });

  describe('for an event that would be changed', () => {
    it('leaves the event itself out, and takes absent fields from it', async () => {
      const { id } = await createMeeting(ana, { recurrence_pattern: { frequency: 'daily', count: 3 } });
      const other = await createMeeting(ana, { start_time: '2026-06-02T11:00:00Z', end_time: '2026-06-02T12:00:00Z' });
      expect(await check(ana, { event_id: id })).toEqual(EMPTY_CONTENT);
      const { conflicts } = await check(ana, { event_id: id, end_time: '2026-06-01T11:30:00Z' });
      expect(conflicts).toMatchObject([
        { event_id: other.id, with: { start_time: '2026-06-02T10:00:00Z', end_time: '2026-06-02T11:30:00Z' } },
      ]);
      const single = { event_id: id, end_time: '2026-06-01T11:30:00Z', recurrence_pattern: null };
      expect(await check(ana, single)).toEqual(EMPTY_CONTENT);
    });

    it('asks about the time of its owner, and names nothing that the editor cannot see', async () => {
      const ben = await app.signUp('ben');
      const { id } = await createMeeting(ana);
      await share(ana, id, ben, 'editor');
      await createMeeting(ben, { start_time: '2026-06-01T13:00:00Z', end_time: '2026-06-01T14:00:00Z' });
      const secret = { start_time: '2026-06-01T15:00:00Z', end_time: '2026-06-01T16:00:00Z' };
      await createMeeting(ana, { title: 'Secret', ...secret });
      const moved = { event_id: id, start_time: '2026-06-01T13:00:00Z', end_time: '2026-06-01T15:30:00Z' };
      const { conflicts } = await check(ben, moved);
      expect(conflicts).toEqual([
        {
          event_id: null,
          title: null,
          ...secret,
          with: { start_time: '2026-06-01T13:00:00Z', end_time: '2026-06-01T15:30:00Z' },
        },
      ]);
    });

    it('needs the role of an editor, and hides the event from a stranger like one that does not exist', async () => {
      const [ben, cem] = [await app.signUp('ben'), await app.signUp('cem')];
      const { id } = await createMeeting(ana);
      await share(ana, id, ben, 'viewer');
      const ask = (person: Person, eventId: string) =>
        refused(checkConflicts({ client: person.client, body: { ...TIMES, event_id: eventId } }));
      expect(await ask(ben, id)).toMatchObject({ status: 403, code: 'forbidden' });
      const { request_id: _one, ...invisible } = await ask(cem, id);
      const { request_id: _other, ...absent } = await ask(cem, randomUUID());
      expect(invisible).toMatchObject({ status: 404, code: 'not_found' });
      expect(invisible).toEqual(absent);
      await deleteEvent({ client: ana.client, path: { id }, throwOnError: true });
      expect(await ask(ana, id)).toMatchObject({ status: 404 });
    });
  });

  it.each([
    [{}, ['/start_time required', '/end_time required']],
    [{ ...TIMES, end_time: TIMES.start_time }, ['/end_time end_not_after_start']],
    [{ ...TIMES, time_zone: 'Mars/Olympus' }, ['/time_zone unknown_time_zone']],
    [
      { ...TIMES, recurrence_pattern: { frequency: 'weekly', by_day: ['XX'] } },
      ['/recurrence_pattern/by_day/0 invalid_rule'],
    ],
    [{ ...TIMES, recurrence_pattern: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, ['/recurrence_pattern no_occurrence']],
    [{ ...TIMES, is_recurring: true }, ['/recurrence_pattern recurrence_required']],
    [{ ...TIMES, colour: 'red' }, ['/colour unknown_field']],
    [{ ...TIMES, on_conflict: 'maybe' }, ['/on_conflict not_allowed']],
    [{ ...TIMES, event_id: 'mine' }, ['/event_id not_a_uuid']],
  ])('refuses %j', async (body, expected) => {
    const answer = await send(app, '/api/events/check-conflicts', { as: ana, body });
    expect([answer.status, complaints(answer.json)]).toEqual([422, expected]);
  });
});
