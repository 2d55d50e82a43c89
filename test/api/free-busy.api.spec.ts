import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteEvent, getFreeBusy, revokePermission, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { createMeeting, hourOn, share } from '../support/meetings.js';
import { complaints, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const JUNE = { from: '2026-06-01', to: '2026-07-01' };

describe('GET /api/free-busy', () => {
  let app: TestApp;
  let ana: Person;
  let ben: Person;
  /** The event that the two share. */
  let shared: string;
  beforeAll(async () => void (app = await startApp()));
  beforeEach(async () => {
    [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    ({ id: shared } = await createMeeting(ana, { title: 'Shared', show_as: 'free' }));
    await share(ana, shared, ben, 'viewer');
  });
  afterAll(() => app.close());

  const ask = (person: Person, userIds: string[], window = JUNE) =>
    ok(getFreeBusy({ client: person.client, query: { user_ids: userIds, ...window } }));
  const busyOf = async (person: Person, of: Person, window = JUNE): Promise<string[]> => {
    const { items } = await ask(person, [of.id], window);
    return items[0]!.busy.map(({ start_time: start, end_time: end }) => `${start}/${end}`);
  };

  it('merges intervals that overlap or touch, and contains nothing but times', async () => {
    await createMeeting(ana, { title: 'Top secret', ...hourOn(0, 10) });
    await createMeeting(ana, {
      title: 'Allowed',
      ...hourOn(0, 10),
      end_time: '2026-06-01T11:30:00Z',
      on_conflict: 'allow',
    });
    await createMeeting(ana, { start_time: '2026-06-01T11:30:00Z', end_time: '2026-06-01T12:00:00Z' });
    await createMeeting(ana, hourOn(1, 9));
    const before = await footprint(app.database);
    expect(await ask(ben, [ana.id])).toEqual({
      items: [
        {
          user: { id: ana.id, username: ana.username },
          busy: [
            { start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T12:00:00Z' },
            { start_time: '2026-06-02T09:00:00Z', end_time: '2026-06-02T10:00:00Z' },
          ],
        },
      ],
    });
    expect(await footprint(app.database)).toEqual(before);
  });

  it('counts the events that a person owns, shows as busy, and has not deleted', async () => {
    const mine = await createMeeting(ben, hourOn(0));
    await share(ben, mine.id, ana, 'editor');
    const { id } = await createMeeting(ana, hourOn(1));
    await deleteEvent({ client: ana.client, path: { id }, throwOnError: true });
    await createMeeting(ana, { ...hourOn(2), show_as: 'free' });
    expect(await busyOf(ben, ana)).toEqual([]);
    expect(await busyOf(ana, ben)).toEqual(['2026-06-01T10:00:00Z/2026-06-01T11:00:00Z']);
  });

  it('takes ids repeated or separated by commas, in any case, and answers each person once and in that order', async () => {
    const query = `user_ids=${ben.id},${ana.id.toUpperCase()}&user_ids=${ben.id}&from=2026-06-01&to=2026-06-02`;
    const answer = await send(app, `/api/free-busy?${query}`, { as: ana });
    expect(answer.status).toBe(200);
    expect(answer.json.items.map(({ user }: { user: { id: string } }) => user.id)).toEqual([ben.id, ana.id]);
  });

  it('cuts busy time off at the bounds of the window, which dates give in the zone of the caller', async () => {
    const cem = await app.signUp('cem', 'America/New_York');
    await share(ana, shared, cem, 'viewer');
    await createMeeting(ana, { start_time: '2026-06-01T22:00:00Z', end_time: '2026-06-02T06:00:00Z' });
    const day = { from: '2026-06-01', to: '2026-06-02' };
    expect(await busyOf(ana, ana, day)).toEqual(['2026-06-01T22:00:00Z/2026-06-02T00:00:00Z']);
    expect(await busyOf(cem, ana, day)).toEqual(['2026-06-01T22:00:00Z/2026-06-02T04:00:00Z']);
  });

  describe('for a series', () => {
    it('keeps its wall time on both sides of a change of the clocks', async () => {
      await createMeeting(ana, {
        start_time: '2026-03-28T10:00:00',
        end_time: '2026-03-28T11:00:00',
        time_zone: 'Europe/Paris',
        recurrence_pattern: 'FREQ=DAILY;COUNT=2',
      });
      expect(await busyOf(ben, ana, { from: '2026-03-28', to: '2026-04-01' })).toEqual([
        '2026-03-28T09:00:00Z/2026-03-28T10:00:00Z',
        '2026-03-29T08:00:00Z/2026-03-29T09:00:00Z',
      ]);
    });

    it('is right in 2126, with its exclusions and moved occurrences', async () => {
      const { id } = await createMeeting(ana, {
        start_time: '2026-06-01T10:00:00Z',
        end_time: '2026-06-01T11:00:00Z',
        recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO',
        excluded: ['2126-06-10T10:00:00Z'],
      });
      const query = { occurrence: '2126-06-17T10:00:00Z', scope: 'this' as const };
      const body = { start_time: '2126-06-18T15:00:00Z', end_time: '2126-06-18T17:00:00Z' };
      await ok(updateEvent({ client: ana.client, path: { id }, query, body }));
      expect(await busyOf(ben, ana, { from: '2126-06-01', to: '2126-06-30' })).toEqual([
        '2126-06-03T10:00:00Z/2126-06-03T11:00:00Z',
        '2126-06-18T15:00:00Z/2126-06-18T17:00:00Z',
        '2126-06-24T10:00:00Z/2126-06-24T11:00:00Z',
      ]);
    });

    it('is right across the end of what is stored, for occurrences that overlap one another too', async () => {
      // Each lasts for three days, so that the series never pauses.
      await createMeeting(ana, {
        start_time: '2026-06-01T10:00:00Z',
        end_time: '2026-06-04T10:00:00Z',
        recurrence_pattern: 'FREQ=DAILY',
      });
      const [stored] = await app.database.query<{ until: Date }>(
        `SELECT busy_until AS until FROM event_occupancy WHERE owner_id = $1`,
        [ana.id],
      );
      const around = (days: number): string =>
        new Date(stored!.until.getTime() + days * 86_400_000).toISOString().slice(0, 10);
      const window = { from: around(-5), to: around(5) };
      expect(await busyOf(ben, ana, window)).toEqual([`${window.from}T00:00:00Z/${window.to}T00:00:00Z`]);
    });

    it('knows the past of one that is too long to be stored whole', async () => {
      await createMeeting(ana, {
        start_time: '2020-01-01T00:00:00Z',
        end_time: '2020-01-01T00:10:00Z',
        recurrence_pattern: `FREQ=DAILY;UNTIL=20230101;BYHOUR=${Array.from({ length: 24 }, (_, hour) => hour).join(',')}`,
      });
      const busy = await busyOf(ben, ana, { from: '2021-02-01T00:00:00Z', to: '2021-02-01T02:00:00Z' });
      expect(busy).toEqual(['2021-02-01T00:00:00Z/2021-02-01T00:10:00Z', '2021-02-01T01:00:00Z/2021-02-01T01:10:00Z']);
    });

    it('knows one that takes no time before the horizon', async () => {
      await createMeeting(ana, {
        start_time: '2026-06-03T10:00:00Z',
        end_time: '2026-06-03T11:00:00Z',
        recurrence_pattern: 'FREQ=YEARLY;INTERVAL=50',
        excluded: ['2026-06-03T10:00:00Z'],
      });
      expect(await busyOf(ben, ana, { from: '2076-06-01', to: '2076-07-01' })).toEqual([
        '2076-06-03T10:00:00Z/2076-06-03T11:00:00Z',
      ]);
    });
  });

  describe('of people one does not know', () => {
    const refusal = async (person: Person, ...ids: string[]) => {
      const query = { user_ids: ids, ...JUNE };
      const { request_id: _id, ...problem } = await refused(getFreeBusy({ client: person.client, query }));
      return problem;
    };

    it('refuses a stranger exactly like somebody who does not exist', async () => {
      const stranger = await app.signUp('stranger');
      const problem = await refusal(ben, ana.id, stranger.id);
      expect(problem).toMatchObject({ status: 422, code: 'validation_failed' });
      expect(complaints(problem)).toEqual(['/query/user_ids/1 unknown_person']);
      expect(await refusal(ben, ana.id, randomUUID())).toEqual(problem);
    });

    it('refuses a person when the shared event was deleted or their access was revoked', async () => {
      await revokePermission({ client: ana.client, path: { id: shared, userId: ben.id }, throwOnError: true });
      expect(complaints(await refusal(ben, ana.id))).toEqual(['/query/user_ids/0 unknown_person']);
      expect(complaints(await refusal(ana, ben.id))).toEqual(['/query/user_ids/0 unknown_person']);
      await share(ana, shared, ben, 'editor');
      expect(await busyOf(ana, ben)).toEqual([]);
      await deleteEvent({ client: ana.client, path: { id: shared }, throwOnError: true });
      expect(complaints(await refusal(ben, ana.id))).toEqual(['/query/user_ids/0 unknown_person']);
    });

    it('does not reach through somebody else', async () => {
      const cem = await app.signUp('cem');
      const { id } = await createMeeting(ben, { show_as: 'free' });
      await share(ben, id, cem, 'viewer');
      expect(complaints(await refusal(cem, ana.id))).toEqual(['/query/user_ids/0 unknown_person']);
    });

    it('lets everybody ask about themselves', async () => {
      const alone = await app.signUp('alone');
      expect(await busyOf(alone, alone)).toEqual([]);
    });
  });

  it.each([
    ['', ['/query/user_ids required', '/query/from required', '/query/to required']],
    ['user_ids=&from=2026-06-01&to=2026-06-02', ['/query/user_ids too_short']],
    ['user_ids=ME,nobody&from=2026-06-01&to=2026-06-02', ['/query/user_ids/1 not_a_uuid']],
    [`user_ids=${'ME,'.repeat(50)}ME&from=2026-06-01&to=2026-06-02`, ['/query/user_ids too_many']],
    ['user_ids=ME&from=2026-06-02&to=2026-06-01', ['/query/to end_not_after_start']],
    ['user_ids=ME&from=2026-01-01&to=2026-04-04', ['/query/to too_large']],
    ['user_ids=ME&from=yesterday&to=2201-01-01', ['/query/from not_an_instant', '/query/to not_allowed']],
    ['user_ids=ME,x&from=2026-06-31&to=2026-07-01', ['/query/from not_an_instant', '/query/user_ids/1 not_a_uuid']],
    ['user_ids=ME&from=2026-06-01&to=2026-06-02&titles=true', ['/query/titles unknown_field']],
  ])('refuses ?%s', async (query, expected) => {
    const answer = await send(app, `/api/free-busy?${query.replaceAll('ME', ana.id)}`, { as: ana });
    expect([answer.status, complaints(answer.json)]).toEqual([422, expected]);
  });

  it('refuses a window in which more happens than fits into an answer', async () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => minute).join(',');
    const hours = Array.from({ length: 24 }, (_, hour) => hour).join(',');
    await createMeeting(ana, {
      start_time: '2126-01-01T00:00:00Z',
      end_time: '2126-01-01T00:00:30Z',
      recurrence_pattern: `FREQ=DAILY;BYHOUR=${hours};BYMINUTE=${minutes}`,
    });
    const query = { user_ids: [ana.id], from: '2127-02-01', to: '2127-05-01' };
    const problem = await refused(getFreeBusy({ client: ben.client, query }));
    expect([problem.status, complaints(problem)]).toEqual([422, ['/query/to too_large']]);
    const { items } = await ask(ben, [ana.id], { from: '2127-02-01', to: '2127-02-02' });
    expect(items[0]!.busy).toHaveLength(1_440);
  });

  it('takes 92 days in local dates, also when the clocks are set back in them', async () => {
    const paris = await app.signUp('paris', 'Europe/Paris');
    expect(await busyOf(paris, paris, { from: '2026-08-01', to: '2026-11-01' })).toEqual([]);
  });
});
