import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, listNotifications, listVersions } from '../../sdk/generated/sdk.gen.js';
import { HorizonService } from '../../src/availability/horizon.service.js';
import { TimeZoneUpdateService } from '../../src/events/time-zone-update.service.js';
import { tzdataVersion } from '../../src/time/time-zone.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const YEAR_MS = 366 * 86_400_000;

describe('the horizon of endless series', () => {
  let app: TestApp;
  let ana: Person;
  beforeAll(async () => {
    app = await startApp();
    ana = await app.signUp('ana');
  });
  afterAll(() => app.close());

  const series = async (start: string, rule: string): Promise<string> => {
    const end = start.replace(':00:00', ':45:00');
    const body = { title: 'Series', start_time: start, end_time: end, recurrence_pattern: rule };
    return (await ok(createEvent({ client: ana.client, body }))).id;
  };
  const horizon = async (id: string): Promise<number> => {
    const [row] = await app.database.query<{ until: string }>(
      `SELECT extract(epoch FROM upper(busy))::bigint AS until FROM event_occupancy WHERE event_id = $1`,
      [id],
    );
    return Number(row!.until) * 1_000;
  };
  const extend = (now: Date): ReturnType<HorizonService['extend']> => app.app.get(HorizonService).extend(now);

  it('leaves series alone that are known far enough, and those that end', async () => {
    await series('2026-01-05T10:00:00', 'FREQ=WEEKLY');
    await series('2026-01-06T10:00:00', 'FREQ=WEEKLY;COUNT=5');
    expect(await extend(new Date())).toEqual({ extended: 0, conflicting: [] });
  });

  it('adds the years that have come near', async () => {
    const id = await series('2026-01-07T10:00:00', 'FREQ=WEEKLY');
    const before = await horizon(id);
    const later = new Date(Date.now() + YEAR_MS);
    const { extended } = await extend(later);
    expect(extended).toBeGreaterThanOrEqual(1);
    expect(await horizon(id)).toBeGreaterThan(before + 0.9 * YEAR_MS);
    expect(await extend(later)).toEqual({ extended: 0, conflicting: [] });
  });

  it('reports conflicts after the previous horizon, keeps the series, and creates no version', async () => {
    // Every 16 and every 12 years on one day: the first conflict is in 2042.
    const rule = 'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=3';
    const first = await series('2026-06-03T04:00:00', `${rule};INTERVAL=16`);
    const second = await series('2030-06-03T04:00:00', `${rule};INTERVAL=12`);
    const { conflicting } = await extend(new Date('2036-01-01T00:00:00Z'));
    expect(conflicting.map(({ eventId }) => eventId)).toContain(second);
    expect(conflicting.find(({ eventId }) => eventId === second)!.conflicts[0]).toMatchObject({
      start_time: '2042-06-03T04:00:00Z',
    });
    for (const id of [first, second]) {
      expect((await ok(getEvent({ client: ana.client, path: { id } }))).version).toBe(1);
    }
  });
});

describe('new time zone data', () => {
  let app: TestApp;
  let ana: Person;
  beforeAll(async () => {
    app = await startApp();
    ana = await app.signUp('ana', 'Europe/Paris');
  });
  afterAll(() => app.close());

  /** As if the event had been stored under an edition in which its zone was an hour further east. */
  const age = async (id: string): Promise<void> => {
    await app.database.query(`ALTER TABLE events DISABLE TRIGGER events_require_version`);
    await app.database.query(
      `UPDATE events SET tzdata = '2000a', start_time = start_time - interval '1 hour',
                         end_time = end_time - interval '1 hour' WHERE id = $1`,
      [id],
    );
    await app.database.query(`ALTER TABLE events ENABLE TRIGGER events_require_version`);
  };
  const recompute = (): ReturnType<TimeZoneUpdateService['recompute']> =>
    app.app.get(TimeZoneUpdateService).recompute();

  it('keeps the wall time, moves the instant, creates a version and notifies the members', async () => {
    const body = { title: 'Dinner', start_time: '2030-06-01T19:00:00', end_time: '2030-06-01T21:00:00' };
    const { id, start_time } = await ok(createEvent({ client: ana.client, body }));
    await age(id);
    const { moved } = await recompute();
    expect(moved).toEqual([{ eventId: id, title: 'Dinner', version: 2, conflicts: [] }]);
    expect(await ok(getEvent({ client: ana.client, path: { id } }))).toMatchObject({ start_time, version: 2 });
    const [latest] = (await ok(listVersions({ client: ana.client, path: { id } }))).items;
    expect(latest).toMatchObject({
      version: 2,
      author: { username: 'convene-system' },
      changed: ['start_time', 'end_time'],
    });
    expect(latest!.comment).toContain(tzdataVersion());
    const [item] = (await ok(listNotifications({ client: ana.client }))).items;
    expect(item).toMatchObject({ type: 'event_updated', event_id: id, version: 2, read_at: null });
    expect(await recompute()).toEqual({ checked: 0, moved: [] });
  });

  it('reports the conflicts of a moved event and keeps it', async () => {
    const at = (hour: number): { start_time: string; end_time: string } => ({
      start_time: `2031-06-01T${hour}:00:00`,
      end_time: `2031-06-01T${hour + 1}:00:00`,
    });
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Moved', ...at(10) } }));
    await age(id);
    await app.database.query(
      `UPDATE event_occupancy SET busy = (SELECT tstzmultirange(tstzrange(start_time, end_time)) FROM events
         WHERE id = $1) WHERE event_id = $1`,
      [id],
    );
    const other = await ok(createEvent({ client: ana.client, body: { title: 'In the way', ...at(10) } }));
    const { moved } = await recompute();
    expect(moved).toMatchObject([{ eventId: id, version: 2, conflicts: [{ start_time: other.start_time }] }]);
  });

  it('stores only the new edition when nothing moved', async () => {
    const body = { title: 'Lunch', start_time: '2030-07-01T12:00:00', end_time: '2030-07-01T13:00:00' };
    const { id } = await ok(createEvent({ client: ana.client, body: { ...body, recurrence_pattern: 'FREQ=DAILY' } }));
    await app.database.query(`UPDATE events SET tzdata = '2000a' WHERE id = $1`, [id]);
    expect(await recompute()).toEqual({ checked: 1, moved: [] });
    expect((await ok(getEvent({ client: ana.client, path: { id } }))).version).toBe(1);
    expect(await app.database.query(`SELECT tzdata FROM events WHERE id = $1`, [id])).toEqual([
      { tzdata: tzdataVersion() },
    ]);
  });
});
