import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, findTime } from '../../sdk/generated/sdk.gen.js';
import type { FindTimeBody, FoundTimesView } from '../../sdk/generated/types.gen.js';
import { createMeeting, share } from '../support/meetings.js';
import { complaints, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;
/** A Monday some weeks ahead, in the part of time that is stored; tests that ask about seasons use 2126. */
const MONDAY = (() => {
  const soon = new Date(Date.now() + 30 * DAY_MS);
  return new Date(soon.getTime() + ((8 - soon.getUTCDay()) % 7) * DAY_MS).toISOString().slice(0, 10);
})();
const daysLater = (days: number, date = MONDAY): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
const at = (time: string, days = 0): string => `${daysLater(days)}T${time}:00Z`;
const between = (start: string, end: string, days = 0) => ({ start_time: at(start, days), end_time: at(end, days) });

const person = ({ id, username }: Person) => ({ id, username });

/** A time, and what it is on the clocks of people, who live by UTC unless a zone is given. */
function onClocks(time: { start_time: string; end_time: string }, ...people: (Person | readonly [Person, string])[]) {
  const { start_time, end_time } = time;
  const clock = (instant: string, timeZone: string): string =>
    new Date(instant).toLocaleString('sv', { timeZone }).replace(' ', 'T');
  const local_times = people
    .map((one) => ('id' in one ? ([one, 'UTC'] as const) : one))
    .map(([one, zone]) => ({
      user: person(one),
      local_start: clock(start_time, zone),
      local_end: clock(end_time, zone),
    }));
  return { start_time, end_time, local_times };
}

const OFFICE = { start: '09:00', end: '17:00' };

describe('POST /api/find-time', () => {
  let app: TestApp;
  let ana: Person;
  let ben: Person;
  beforeAll(async () => void (app = await startApp()));
  beforeEach(async () => {
    ana = await app.signUp('ana');
    ben = await meetable('ben');
  });
  afterAll(() => app.close());

  /** Somebody who shares an event with Ana. */
  async function meetable(name: string, timeZone?: string): Promise<Person> {
    const person = await app.signUp(name, timeZone);
    const { id } = await createMeeting(ana, { title: `With ${name}`, show_as: 'free' });
    await share(ana, id, person, 'viewer');
    return person;
  }

  const find = (changes: Partial<FindTimeBody> = {}, person = ana): Promise<FoundTimesView> => {
    const window = { from: MONDAY, to: daysLater(1), duration_minutes: 60, time_zone: 'UTC' };
    return ok(
      findTime({ client: person.client, body: { user_ids: [], ...window, working_hours: OFFICE, ...changes } }),
    );
  };
  const startsOf = ({ slots }: FoundTimesView): string[] => slots.map((slot) => slot.start_time);

  it('suggests the earliest times at which the caller and all the others are free, and writes nothing', async () => {
    await createMeeting(ana, between('09:00', '10:30'));
    await createMeeting(ben, between('11:45', '12:00'));
    const before = await footprint(app.database);
    const found = await find({ user_ids: [ben.id], limit: 3 });
    expect(found.slots).toEqual([
      { ...onClocks(between('10:30', '11:30'), ana, ben), optional_free: [], optional_busy: [] },
      { ...onClocks(between('12:00', '13:00'), ana, ben), optional_free: [], optional_busy: [] },
      { ...onClocks(between('13:00', '14:00'), ana, ben), optional_free: [], optional_busy: [] },
    ]);
    expect(found.summary).toMatch(/^Monday \d+ \w+ \d{4} at 10:30 \(.+\) works for everybody\.$/);
    expect(await footprint(app.database)).toEqual(before);
  });

  it('names everybody once, and says what each time is on their clocks, but not in which zone they live', async () => {
    const sam = await meetable('sam', 'America/New_York');
    const question = { user_ids: [ben.id], optional_user_ids: [sam.id, ben.id], time_zone: 'Asia/Tokyo' };
    const found = await find(question);
    expect(found.people).toEqual([ana, ben, sam].map(person));
    expect(found.slots.length).toBeGreaterThan(0);
    const inZones = [ana, ben, [sam, 'America/New_York'] as const] as const;
    for (const time of [...found.slots, ...found.rejected]) expect(time).toMatchObject(onClocks(time, ...inZones));
    expect(JSON.stringify(found)).not.toContain('New_York');
  });

  it('suggests times that can then be booked', async () => {
    await createMeeting(ana, between('09:00', '16:00'));
    const [slot] = (await find()).slots;
    const { start_time, end_time } = slot!;
    await ok(createEvent({ client: ana.client, body: { title: 'Found', start_time, end_time } }));
    expect((await find()).slots).toEqual([]);
  });

  it('tells why times were passed over without telling what people do then', async () => {
    await createMeeting(ben, { title: 'Top secret', ...between('09:00', '16:30') });
    const found = await find({ user_ids: [ben.id] });
    expect(found.slots).toEqual([]);
    expect(found.rejected[0]).toEqual({
      ...onClocks(between('09:00', '10:00'), ana, ben),
      reasons: [{ user: person(ben), reason: 'busy' }],
    });
    expect(found.summary).toMatch(
      /^No time in the window works for everybody\. At the closest one, .* at 9:00 \(.+\), 1 person is not available\.$/,
    );
    expect(JSON.stringify(found)).not.toContain('secret');
    const known = new Set([ana.id, ben.id]);
    const told = JSON.stringify(found).match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
    expect(told.filter((id) => !known.has(id))).toEqual([]);
  });

  it('sees events that were allowed to overlap as one busy stretch', async () => {
    await createMeeting(ana, between('09:00', '12:00'));
    await createMeeting(ana, { ...between('11:00', '15:00'), on_conflict: 'allow' });
    expect(startsOf(await find())).toEqual([at('15:00'), at('16:00')]);
  });

  it('keeps a buffer free before and after', async () => {
    await createMeeting(ana, between('09:00', '12:00'));
    await createMeeting(ana, between('14:00', '15:00'));
    expect(startsOf(await find({ buffer_minutes: 20 }))).toEqual([at('12:30'), at('15:30')]);
  });

  it('prefers times at which optional people can, and says who can', async () => {
    const cem = await meetable('cem');
    await createMeeting(ben, between('09:00', '12:00'));
    await createMeeting(cem, between('09:00', '17:00'));
    const [best, , , , , last] = (await find({ optional_user_ids: [ben.id, cem.id], limit: 10 })).slots;
    expect(best).toEqual({
      ...onClocks(between('12:00', '13:00'), ana, ben, cem),
      optional_free: [person(ben)],
      optional_busy: [person(cem)],
    });
    expect(last).toMatchObject({ ...between('09:00', '10:00'), optional_free: [] });
  });

  it('requires a person in both lists, and the caller in either list', async () => {
    await createMeeting(ben, between('09:00', '12:00'));
    const lists = { user_ids: [ben.id, ben.id, ana.id], optional_user_ids: [ben.id.toUpperCase(), ana.id] };
    const [best] = (await find(lists)).slots;
    expect(best).toEqual({ ...onClocks(between('12:00', '13:00'), ana, ben), optional_free: [], optional_busy: [] });
  });

  it('never suggests what has already begun', async () => {
    const from = new Date(Date.now() - 2 * 3_600_000).toISOString();
    const to = new Date(Date.now() + 2 * 3_600_000).toISOString();
    const { slots } = await find({ from, to, working_hours: undefined, duration_minutes: 15 });
    expect(slots.length).toBeGreaterThan(0);
    expect(Date.parse(slots[0]!.start_time)).toBeGreaterThan(Date.now() - 60_000);
    const past = await find({ from: '2020-01-01', to: '2020-01-02' });
    const summary = 'The window is over: times in the past are never suggested.';
    expect(past).toEqual({ people: [person(ana)], slots: [], rejected: [], summary });
  });

  describe('with people in different zones', () => {
    const JUNE = { from: '2126-06-03T00:00:00Z', to: '2126-06-04T00:00:00Z' };

    it('reads working hours in the zone of each person’s profile', async () => {
      const york = await meetable('york', 'America/New_York');
      const paris = await meetable('paris', 'Europe/Paris');
      const question = { ...JUNE, user_ids: [york.id], working_hours: OFFICE, duration_minutes: 60 };
      const found = await ok(findTime({ client: ana.client, body: { ...question, user_ids: [york.id, paris.id] } }));
      // 9:00 in New York is 13:00 in UTC; 17:00 in Paris is 15:00.
      expect(startsOf(found)).toEqual(['2126-06-03T13:00:00Z', '2126-06-03T14:00:00Z']);
    });

    it('reads them in one zone for all when that is asked', async () => {
      const york = await meetable('york', 'America/New_York');
      const found = await find({ ...JUNE, user_ids: [york.id], time_zone: 'Asia/Kolkata', limit: 1 });
      expect(startsOf(found)).toEqual(['2126-06-03T03:30:00Z']);
    });

    it('says whose working hours don’t meet the others’', async () => {
      const york = await meetable('york', 'America/New_York');
      const kolkata = await meetable('kolkata', 'Asia/Kolkata');
      const body = { ...JUNE, user_ids: [york.id, kolkata.id], working_hours: OFFICE, duration_minutes: 60 };
      const { slots, rejected } = await ok(findTime({ client: ana.client, body }));
      expect(slots).toEqual([]);
      // The last hour of the others is the least early for York, as 6:30.
      const time = { start_time: '2126-06-03T10:30:00Z', end_time: '2126-06-03T11:30:00Z' };
      expect(rejected[0]).toEqual({
        ...onClocks(time, ana, [york, 'America/New_York'], [kolkata, 'Asia/Kolkata']),
        reasons: [{ user: person(york), reason: 'outside_working_hours' }],
      });
    });

    it('works only on the given days', async () => {
      // 8 and 9 June 2126 are a weekend.
      const weekend = { ...OFFICE, days: ['sa', 'su'] as never };
      const found = await find({ from: '2126-06-03', to: '2126-06-10', working_hours: weekend, limit: 1 });
      expect(startsOf(found)).toEqual(['2126-06-08T09:00:00Z']);
    });
  });

  describe('for a series', () => {
    it('says at how many of its occurrences everybody can, and which are taken', async () => {
      await createMeeting(ben, { title: 'Top secret', ...between('09:00', '10:00', 15) });
      const found = await find({
        user_ids: [ben.id],
        to: daysLater(7),
        working_hours: { start: '09:00', end: '11:00' },
        recurrence_pattern: { frequency: 'weekly', by_day: ['TU'] },
      });
      expect(found.slots).toEqual([
        {
          ...onClocks(between('10:00', '11:00', 1), ana, ben),
          optional_free: [],
          optional_busy: [],
          occurrences: { total: 10, free: 10, taken: [] },
        },
        {
          ...onClocks(between('09:00', '10:00', 1), ana, ben),
          optional_free: [],
          optional_busy: [],
          occurrences: {
            total: 10,
            free: 9,
            taken: [{ ...between('09:00', '10:00', 15), user: person(ben), reason: 'busy' }],
          },
        },
      ]);
      expect(found.summary).toMatch(
        /^10 of 10 Tuesdays at 10:00 \(.+\) work; at 9:00, 9 of 10: \d+ \w+( \d{4})? is taken\.$/,
      );
    });

    it('keeps to the wall time of its zone, and is right in 2126', async () => {
      await createMeeting(ana, {
        start_time: '2026-10-28T09:00:00Z',
        end_time: '2026-10-28T10:00:00Z',
        recurrence_pattern: 'FREQ=YEARLY',
      });
      const found = await find({
        from: '2126-10-21',
        to: '2126-10-22',
        time_zone: 'Europe/Paris',
        working_hours: { start: '10:00', end: '12:00' },
        recurrence_pattern: 'FREQ=WEEKLY;COUNT=2',
      });
      // Paris sets its clocks back on 27 October 2126: 10:00 is 08:00 in UTC on the 21st, 09:00 on the 28th.
      expect(found.slots.map((slot) => [slot.start_time, slot.occurrences!.free])).toEqual([
        ['2126-10-21T09:00:00Z', 2],
        ['2126-10-21T08:00:00Z', 1],
      ]);
      expect(found.slots[1]!.occurrences!.taken).toMatchObject([{ start_time: '2126-10-28T09:00:00Z' }]);
      expect(found.summary).toBe('2 of 2 Mondays at 11:00 (Europe/Paris) work; at 10:00, 1 of 2: 28 October is taken.');
    });

    it('finds nothing when no day of the window is in the pattern', async () => {
      const found = await find({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=WE' });
      const summary = 'No start of the series fits into the window.';
      expect(found).toEqual({ people: [person(ana)], slots: [], rejected: [], summary });
    });
  });

  it('refuses a stranger exactly like somebody who does not exist, in either list', async () => {
    const stranger = await app.signUp('stranger');
    const ask = async (id: string) => {
      const body = {
        user_ids: [ben.id, id],
        optional_user_ids: [id],
        from: MONDAY,
        to: daysLater(1),
        duration_minutes: 60,
      };
      const { request_id: _id, ...problem } = await refused(findTime({ client: ana.client, body }));
      return problem;
    };
    const problem = await ask(stranger.id);
    expect(complaints(problem)).toEqual(['/user_ids/1 unknown_person', '/optional_user_ids/0 unknown_person']);
    expect(await ask(randomUUID())).toEqual(problem);
  });

  it.each<[object, string[]]>([
    [{ user_ids: undefined }, ['/user_ids required']],
    [{ user_ids: 'all' }, ['/user_ids invalid']],
    [{ user_ids: ['ME', 7, { id: 'ME' }] }, ['/user_ids/1 not_a_uuid', '/user_ids/2 not_a_uuid']],
    [{ user_ids: Array(21).fill('ME') }, ['/user_ids too_many']],
    [{ duration_minutes: 0 }, ['/duration_minutes too_small']],
    [{ duration_minutes: 1_441 }, ['/duration_minutes too_large']],
    [{ duration_minutes: 1e300 }, ['/duration_minutes too_large']],
    [{ duration_minutes: 1_440, to: '2126-06-03T12:00:00Z' }, ['/duration_minutes too_large']],
    [{ to: '2126-08-05' }, ['/to too_large']],
    [{ to: '2126-06-02' }, ['/to end_not_after_start']],
    [{ from: '0001-01-01', to: '9999-12-31' }, ['/from not_allowed', '/to not_allowed']],
    [{ time_zone: 'Mars/Olympus' }, ['/time_zone unknown_time_zone']],
    [{ working_hours: { start: '9', end: '25:00' } }, ['/working_hours/start invalid', '/working_hours/end invalid']],
    [{ working_hours: { start: '17:00', end: '09:00' } }, ['/working_hours/end end_not_after_start']],
    [{ working_hours: { ...OFFICE, days: [] } }, ['/working_hours/days too_short']],
    [{ working_hours: { ...OFFICE, days: ['XX'] } }, ['/working_hours/days not_allowed']],
    [{ working_hours: [] }, ['/working_hours invalid']],
    [{ working_hours: [OFFICE] }, ['/working_hours invalid']],
    [{ working_hours: 'nine to five' }, ['/working_hours invalid']],
    [{ working_hours: null }, ['/working_hours invalid']],
    [{ working_hours: {} }, ['/working_hours/start required', '/working_hours/end required']],
    [{ buffer_minutes: -1 }, ['/buffer_minutes too_small']],
    [{ limit: 21 }, ['/limit too_large']],
    [{ recurrence_pattern: 'FREQ=SECONDLY' }, ['/recurrence_pattern unsupported_frequency']],
    [{ recurrence_pattern: 'FREQ=DAILY;BYHOUR=9' }, ['/recurrence_pattern part_not_allowed']],
    [{ recurrence_pattern: 'FREQ=DAILY;UNTIL=20200101' }, ['/recurrence_pattern no_occurrence']],
    [{ recurrence_pattern: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, ['/recurrence_pattern no_occurrence']],
    [{ recurrence_pattern: { frequency: 'weekly', by_day: ['1XX'] } }, ['/recurrence_pattern/by_day/0 invalid_rule']],
    [{ titles: true }, ['/titles unknown_field']],
  ])('refuses %j', async (changes, expected) => {
    const body = { user_ids: [], duration_minutes: 60, from: '2126-06-03', to: '2126-06-10', ...changes };
    const text = JSON.stringify(body).replaceAll('ME', ana.id);
    const answer = await send(app, '/api/find-time', { as: ana, body: text });
    expect([answer.status, complaints(answer.json)]).toEqual([422, expected]);
  });

  it('takes at most 20 people besides the caller, counting each once', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const people: Person[] = [];
    for (let count = 0; count < 21; count += 1) {
      people.push(await app.signUp('guest'));
      await share(ana, id, people.at(-1)!, 'viewer');
    }
    const ids = people.map((guest) => guest.id);
    const body = (optional: string[]) => ({
      user_ids: ids.slice(0, 15),
      optional_user_ids: optional,
      duration_minutes: 60,
      from: MONDAY,
      to: daysLater(1),
    });
    expect((await find(body([...ids.slice(15, 20), ids[0]!, ana.id]))).slots).toHaveLength(5);
    const problem = await refused(findTime({ client: ana.client, body: body(ids.slice(15, 21)) }));
    expect(complaints(problem)).toEqual(['/optional_user_ids too_many']);
  });
});
