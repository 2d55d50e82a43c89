import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkConflicts, createEvent, createEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { HorizonService } from '../../src/availability/horizon.service.js';
import { footprint } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
/** Another server on the same database, with the limit that is usual. */
let usual: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp({ maxComparedOccurrences: 100_000 });
  usual = await startApp({}, app.database);
});
afterAll(async () => {
  await usual.close();
  await app.close();
});
beforeEach(async () => void (ana = await app.signUp('ana')));

const HOURS = Array.from({ length: 24 }, (_, hour) => hour).join();
/** Every 20 minutes, five minutes long: 260,000 times until the horizon, and never at the same time with another minute. */
const dense = (minute: number, rest: object = {}) => ({
  ...{ title: `Minute ${minute}`, ...at(minute) },
  ...{ recurrence_pattern: `FREQ=DAILY;BYHOUR=${HOURS};BYMINUTE=${[0, 20, 40].map((n) => n + minute).join()}` },
  ...rest,
});
const at = (minute: number) => {
  const time = (n: number): string => `2031-01-04T00:${String(n).padStart(2, '0')}:00Z`;
  return { start_time: time(minute), end_time: time(minute + 5) };
};
const create = (body: object, client = ana.client) => createEvent({ client, body: body as ReturnType<typeof dense> });
const tooMany = (pointer: string) => ({
  status: 422,
  code: 'validation_failed',
  errors: [{ pointer, code: 'too_many', message: expect.stringContaining('100000 occurrences') }],
});

describe('a series with more occurrences to compare than a request may', () => {
  it('is refused, however often it is sent, and nothing is stored', async () => {
    await ok(create(dense(0)));
    const before = await footprint(app.database);
    for (const on_conflict of ['reject', 'allow', 'skip', 'reject']) {
      expect(await refused(create(dense(5, { on_conflict })))).toMatchObject(tooMany('/recurrence_pattern'));
    }
    expect(await refused(checkConflicts({ client: ana.client, body: dense(5) }))).toMatchObject(
      tooMany('/recurrence_pattern'),
    );
    const events = [{ title: 'One', ...at(10) }, dense(5)];
    expect(await refused(createEvents({ client: ana.client, body: { events } }))).toMatchObject(
      tooMany('/events/1/recurrence_pattern'),
    );
    expect(await footprint(app.database)).toEqual(before);
  });

  it('is refused when it becomes one, and keeps what it was', async () => {
    await ok(create(dense(0)));
    const { id } = await ok(create({ ...dense(5), recurrence_pattern: 'FREQ=DAILY' }));
    const { recurrence_pattern, title } = dense(5);
    const change = (body: object) => updateEvent({ client: ana.client, path: { id }, body });
    expect(await refused(change({ recurrence_pattern }))).toMatchObject(tooMany('/recurrence_pattern'));
    expect(await ok(change({ title }))).toMatchObject({ version: 1 });
    expect(await ok(change({ recurrence_pattern, show_as: 'free' }))).toMatchObject({ version: 2 });
  });

  it('is stored when there is less to compare: it ends, it is free, or nobody is in its way', async () => {
    await ok(create(dense(0)));
    await ok(create(dense(5, { show_as: 'free' })));
    await ok(create({ ...dense(5), recurrence_pattern: `${dense(5).recurrence_pattern};COUNT=9000` }));
    await ok(create({ ...dense(10), recurrence_pattern: 'FREQ=DAILY' }));
    const other = await app.signUp('other');
    await ok(create(dense(5), other.client));
  });

  it('is a conflict when that is found before', async () => {
    await ok(create(dense(0)));
    expect(await refused(create(dense(0)))).toMatchObject({ status: 409, code: 'event_conflict' });
    const allowed = await ok(create(dense(0, { on_conflict: 'allow' })));
    expect(allowed.version).toBe(1);
  });

  it('is refused among others of a batch that overlap, and smaller batches are stored', async () => {
    const batch = (count: number) => {
      const events = Array.from({ length: count }, () => dense(0, { on_conflict: 'allow' }));
      return createEvents({ client: ana.client, body: { events } });
    };
    expect(await refused(batch(20))).toMatchObject(
      tooMany(expect.stringMatching(/^\/events\/\d+\/recurrence_pattern$/) as string),
    );
    expect((await ok(batch(3))).items).toHaveLength(3);
  });

  it('does not keep other series from being extended at night', async () => {
    for (const minute of [0, 5]) await ok(create(dense(minute), usual.client(ana.accessToken)));
    const other = await app.signUp('other');
    const { id } = await ok(create({ title: 'Weekly', ...at(0), recurrence_pattern: 'FREQ=WEEKLY' }, other.client));
    const until = async (): Promise<Date> => {
      const [row] = await app.database.query<{ until: Date }>(
        'SELECT busy_until AS until FROM event_occupancy WHERE event_id = $1',
        [id],
      );
      return row!.until;
    };
    const before = await until();
    await app.app.get(HorizonService).extend(new Date('2032-01-01T00:00:00Z'));
    expect(await until()).not.toEqual(before);
    expect((await until()).getTime()).toBeGreaterThan(before.getTime());
  });
});
