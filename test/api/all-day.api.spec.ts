import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AllDayInOwnersZone20261205101300 as MIGRATION } from '../../migrations/20261205101300-all-day-in-owners-zone.js';
import {
  changeRole,
  checkConflicts,
  createEvent,
  createEvents,
  getEvent,
  getFreeBusy,
  updateEvent,
  updateMe,
} from '../../sdk/generated/sdk.gen.js';
import type { ConflictView, CreateEventBody, EventView } from '../../sdk/generated/types.gen.js';
import { AllDayEvents } from '../../src/availability/all-day-events.js';
import { HorizonService } from '../../src/availability/horizon.service.js';
import { OccupancyRepository } from '../../src/availability/occupancy.repository.js';
import { TimeZoneUpdateService } from '../../src/events/time-zone-update.service.js';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, share } from '../support/meetings.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

/** Dates are the same for every reader; whose time they take up, and so where they begin, is the owner’s. */
let app: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => void (app = await startApp()));
beforeEach(async () => {
  [ana, ben] = [await app.signUp('ana', 'Europe/Paris'), await app.signUp('ben', 'America/New_York')];
});
afterEach(() => expectInvariants(app.database));
afterAll(() => app.close());

const DAY = { all_day: true, start_time: '2031-06-02', end_time: '2031-06-03' };
const WEEKLY = { ...DAY, recurrence_pattern: 'FREQ=WEEKLY' };
const EVENT_ZONES = ['Europe/Paris', 'Pacific/Auckland', 'Pacific/Honolulu'];
const IN_PARIS = ['2031-06-01T22:00:00Z', '2031-06-02T22:00:00Z'];
const IN_NEW_YORK = ['2031-06-02T04:00:00Z', '2031-06-03T04:00:00Z'];
const IN_TOKYO = ['2031-06-01T15:00:00Z', '2031-06-02T15:00:00Z'];

/** When somebody is busy in the first days of June of a year. */
async function busyOf(person: Person, year = 2031): Promise<string[][]> {
  const query = { user_ids: [person.id], from: `${year}-05-31T00:00:00Z`, to: `${year}-06-06T00:00:00Z` };
  const { items } = await ok(getFreeBusy({ client: person.client, query }));
  return items[0]!.busy.map(({ start_time: start, end_time: end }) => [start, end]);
}

const clashOf = async (person: Person, body: Partial<CreateEventBody>): Promise<ConflictView> =>
  (
    (await refused(createEvent({ client: person.client, body: { title: 'New', ...body } as CreateEventBody })))
      .conflicts as ConflictView[]
  )[0]!;

const move = (person: Person, zone: string): Promise<unknown> =>
  ok(updateMe({ client: person.client, body: { time_zone: zone } }));

describe.each(EVENT_ZONES)('the days of an event in %s', (time_zone) => {
  it.each([
    ['a single event', DAY],
    ['a series', WEEKLY],
  ])('are those of its owner: %s', async (_name, body) => {
    const { id } = await createMeeting(ana, { ...body, time_zone, title: 'Holiday' });
    expect(await busyOf(ana)).toEqual([IN_PARIS]);
    const last = { start_time: '2031-06-02T21:30:00Z', end_time: '2031-06-02T22:30:00Z' };
    expect(await ok(checkConflicts({ client: ana.client, body: { title: 'Late', ...last } }))).toMatchObject({
      conflicts: [{ event_id: id, start_time: IN_PARIS[0], end_time: IN_PARIS[1], with: last }],
    });
    await createMeeting(ana, { start_time: IN_PARIS[1]!, end_time: '2031-06-02T23:00:00Z' });
    await createMeeting(ana, { start_time: '2031-06-01T21:00:00Z', end_time: IN_PARIS[0]! });
  });

  it('stay the same under another zone of the event', async () => {
    const { id } = await createMeeting(ana, { ...WEEKLY, time_zone });
    await ok(updateEvent({ client: ana.client, path: { id }, body: { time_zone: 'Asia/Tokyo' } }));
    expect(await busyOf(ana)).toEqual([IN_PARIS]);
  });

  it('are those of the next owner after a transfer', async () => {
    const { id } = await createMeeting(ana, { ...WEEKLY, time_zone });
    await share(ana, id, ben, 'editor');
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } }));
    expect([await busyOf(ana), await busyOf(ben)]).toEqual([[], [IN_NEW_YORK]]);
  });

  it('are read from the rule where nothing is stored, in the time of the owner', async () => {
    await createMeeting(ana, { ...DAY, time_zone, recurrence_pattern: 'FREQ=YEARLY' });
    expect(await busyOf(ana, 2071)).toEqual([['2071-06-01T22:00:00Z', '2071-06-02T22:00:00Z']]);
  });

  it('of two series that never end never meet when their dates do not', async () => {
    await createMeeting(ana, { ...WEEKLY, time_zone });
    const next = { start_time: '2031-06-03', end_time: '2031-06-04' };
    const { possible_conflicts_after: after } = await createMeeting(ana, {
      ...WEEKLY,
      ...next,
      time_zone: 'Asia/Tokyo',
    });
    expect(after ?? []).toEqual([]);
    expect(await busyOf(ana)).toEqual([[IN_PARIS[0], '2031-06-03T22:00:00Z']]);
  });

  it('are suggested as dates that are accepted', async () => {
    await createMeeting(ana, { start_time: '2031-06-02T21:00:00Z', end_time: '2031-06-02T21:30:00Z' });
    const { suggestions } = await ok(checkConflicts({ client: ana.client, body: { title: 'Off', ...DAY, time_zone } }));
    expect(suggestions[0]).toEqual({ start_time: '2031-06-03', end_time: '2031-06-04' });
    expect(await createMeeting(ana, { ...DAY, time_zone, ...suggestions[0] })).toMatchObject(suggestions[0]!);
  });
});

describe('somebody who changes zone', () => {
  it('has all-day events on the same dates there, and no other event moves', async () => {
    const stay = { start_time: '2031-06-04T10:00:00Z', end_time: '2031-06-04T11:00:00Z' };
    await createMeeting(ana, stay);
    const single = await createMeeting(ana, { ...DAY, start_time: '2031-06-01', end_time: '2031-06-02' });
    const series = await createMeeting(ana, WEEKLY);
    await createMeeting(ana, { ...DAY, start_time: '2031-06-03', end_time: '2031-06-04', show_as: 'free' });
    await move(ana, 'Asia/Tokyo');
    expect(await busyOf(ana)).toEqual([['2031-05-31T15:00:00Z', IN_TOKYO[1]], Object.values(stay)]);
    for (const { id, version, start_time } of [single, series])
      expect(await ok(getEvent({ client: ana.client, path: { id } }))).toMatchObject({ version, start_time });
    await createMeeting(ana, { start_time: IN_TOKYO[1]!, end_time: '2031-06-02T16:00:00Z' });
    await move(ana, 'Asia/Tokyo');
    await move(ana, 'Europe/Paris');
    expect((await busyOf(ana))[0]).toEqual(['2031-05-31T22:00:00Z', IN_PARIS[1]]);
  });

  it('keeps all-day events that conflict there, and they conflict with nothing else', async () => {
    const dinner = await createMeeting(ana, { start_time: IN_PARIS[1]!, end_time: '2031-06-02T23:00:00Z' });
    const { id } = await createMeeting(ana, DAY);
    await move(ana, 'America/New_York');
    const [conflict, ...others] = (await ok(checkConflicts({ client: ana.client, body: { title: 'Other', ...DAY } })))
      .conflicts;
    expect([conflict, others.map(({ event_id }) => event_id)]).toMatchObject([{ event_id: id }, [dinner.id]]);
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'A day off' } }));
    await move(ana, 'Europe/Paris');
    expect(await busyOf(ana)).toEqual([[IN_PARIS[0], '2031-06-02T23:00:00Z']]);
  });

  it('has as many as 450 all-day events where they belong', async () => {
    const day = (n: number): string => new Date(Date.UTC(2031, 0, n)).toISOString().slice(0, 10);
    const events = Array.from({ length: 450 }, (_, n) => ({
      title: `Day ${n}`,
      all_day: true,
      start_time: day(n + 1),
      end_time: day(n + 2),
    }));
    await ok(createEvents({ client: ana.client, body: { events } }));
    await move(ana, 'Asia/Tokyo');
    const [row] = await app.database.query(
      `SELECT count(*)::int AS count, bool_and(rejects) AS rejects FROM event_occupancy WHERE owner_id = $1`,
      [ana.id],
    );
    expect(row).toEqual({ count: 450, rejects: true });
  });
});

describe('what was stored before', () => {
  const migrate = async (): Promise<void> => {
    const dataSource = await new DataSource(dataSourceOptions({ url: app.database.url })).initialize();
    try {
      await new MIGRATION().up(dataSource.createQueryRunner());
    } finally {
      await dataSource.destroy();
    }
  };

  it('counts at once, and the nightly job stores it again', async () => {
    const events: EventView[] = [];
    for (const body of [
      { ...DAY, time_zone: 'Pacific/Auckland' },
      { ...WEEKLY, start_time: '2031-06-03', end_time: '2031-06-04', time_zone: 'Pacific/Auckland' },
      { ...DAY, start_time: '2031-06-05', end_time: '2031-06-06', time_zone: 'Pacific/Honolulu' },
    ])
      events.push(await createMeeting(ana, body));
    await migrate();
    const empty = await app.database.query<object>(
      `SELECT busy::text, rejects FROM event_occupancy WHERE owner_id = $1`,
      [ana.id],
    );
    expect(empty).toEqual([1, 2, 3].map(() => ({ busy: '{}', rejects: false })));
    // In the zones of the events, their days are over or have not begun.
    for (const [event, hour] of ['2031-06-02T13', '2031-06-03T20', '2031-06-04T23'].entries()) {
      const body = { start_time: `${hour}:00:00Z`, end_time: `${hour}:30:00Z` };
      expect((await clashOf(ana, body)).event_id).toBe(events[event]!.id);
      const query = { user_ids: [ana.id], from: body.start_time, to: body.end_time };
      expect((await ok(getFreeBusy({ client: ana.client, query }))).items[0]!.busy).toHaveLength(1);
    }
    const last = ['2031-06-04T22:00:00Z', '2031-06-05T22:00:00Z'];
    expect(await busyOf(ana)).toEqual([[IN_PARIS[0], '2031-06-03T22:00:00Z'], last]);
    expect((await clashOf(ana, DAY)).event_id).toBe(events[0]!.id);
    expect(
      (await clashOf(ana, { start_time: '2031-06-03T21:00:00Z', end_time: '2031-06-03T21:30:00Z' })).event_id,
    ).toBe(events[1]!.id);
    await createMeeting(ana, { start_time: '2031-06-03T22:00:00Z', end_time: '2031-06-03T23:00:00Z' });
    expect((await app.app.get(HorizonService).extend()).conflicting).toEqual([]);
    expect(await busyOf(ana)).toEqual([[IN_PARIS[0], '2031-06-03T23:00:00Z'], last]);
  });
});

describe('who moves', () => {
  it('can make a day longer that conflicts only since then', async () => {
    const { id } = await createMeeting(ana, DAY);
    await createMeeting(ana, { start_time: '2031-06-03T01:00:00Z', end_time: '2031-06-03T02:00:00Z' });
    await move(ana, 'America/New_York');
    const longer = { start_time: '2031-06-01', end_time: '2031-06-04' };
    expect(await ok(updateEvent({ client: ana.client, path: { id }, body: longer }))).toMatchObject(longer);
  });

  it('has endless series stored in parts, so that nobody waits for all of them', async () => {
    const daily = { ...DAY, start_time: '2026-06-02', end_time: '2026-06-03', recurrence_pattern: 'FREQ=DAILY' };
    for (let n = 0; n < 4; n += 1) await createMeeting(ana, { ...daily, on_conflict: 'allow' });
    const storing = vi.spyOn(app.app.get(OccupancyRepository, { strict: false }), 'occupy');
    await move(ana, 'Asia/Tokyo');
    const lengths = storing.mock.calls.map(([, events]) => events.map(({ busy }) => busy.length));
    storing.mockRestore();
    expect(lengths.flat()).toHaveLength(4);
    for (const [last = 0, ...rest] of lengths.map((part) => part.toReversed()))
      expect([last, rest.reduce((sum, length) => sum + length, 0) < 5_000]).toEqual([lengths[0]![0], true]);
    expect(await busyOf(ana, 2030)).toHaveLength(1);
  });
});

describe('what a server of the version before has stored', () => {
  it('is stored again in the next night, and nothing else is', async () => {
    const { id } = await createMeeting(ana, { ...DAY, time_zone: 'Pacific/Auckland' });
    await createMeeting(ana, { ...WEEKLY, start_time: '2031-06-03', end_time: '2031-06-04' });
    await app.database.query(
      `UPDATE event_occupancy SET busy = (SELECT tstzmultirange(tstzrange(start_time, end_time)) FROM events WHERE id = $1)
        WHERE event_id = $1`,
      [id],
    );
    expect(await app.app.get(AllDayEvents).renew()).toBe(1);
    expect(await busyOf(ana)).toEqual([[IN_PARIS[0], '2031-06-03T22:00:00Z']]);
    expect(await app.app.get(AllDayEvents).renew()).toBe(0);
  });
});

describe('the last date of a series, beyond what is stored', () => {
  it.each(EVENT_ZONES)('counts to its end, in %s', async (time_zone) => {
    await createMeeting(ana, { ...DAY, time_zone, recurrence_pattern: 'FREQ=YEARLY;COUNT=41' });
    for (const hour of ['2071-06-01T22', '2071-06-02T21']) {
      const query = { user_ids: [ana.id], from: `${hour}:00:00Z`, to: `${hour}:30:00Z` };
      expect((await ok(getFreeBusy({ client: ana.client, query }))).items[0]!.busy).toHaveLength(1);
      const clash = await clashOf(ana, { start_time: query.from, end_time: query.to });
      expect([clash.start_time, clash.end_time]).toEqual(['2071-06-01T22:00:00Z', '2071-06-02T22:00:00Z']);
    }
  });
});

describe('new time zone data', () => {
  it('moves the time of an all-day event with the zone of its owner, and makes no version of it', async () => {
    const { id } = await createMeeting(ana, { ...DAY, time_zone: 'UTC' });
    await app.database.query(`UPDATE event_occupancy SET busy = '{}' WHERE event_id = $1`, [id]);
    await app.database.query(`UPDATE events SET tzdata = '2000a' WHERE id = $1`, [id]);
    expect(await app.app.get(TimeZoneUpdateService).recompute()).toEqual({ checked: 1, moved: [] });
    expect(await busyOf(ana)).toEqual([IN_PARIS]);
    expect((await ok(getEvent({ client: ana.client, path: { id } }))).version).toBe(1);
  });
});
