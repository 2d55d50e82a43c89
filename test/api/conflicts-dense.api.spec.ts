import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkConflicts, createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { outcome } from '../support/calls.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

/** Series with more occurrences until their horizon than are stored, beside others. */

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
beforeEach(async () => void (ana = await app.signUp('ana')));

const HOURS = Array.from({ length: 24 }, (_, hour) => hour).join();
const EVERY_20_MINUTES = `FREQ=DAILY;BYHOUR=${HOURS};BYMINUTE=0,20,40`;
const EVERY_HOUR = `FREQ=DAILY;BYHOUR=${HOURS}`;

const minutes = (start: string, length: number): { start_time: string; end_time: string } => ({
  start_time: start,
  end_time: new Date(Date.parse(start) + length * 60_000).toISOString().replace('.000', ''),
});
const year = new Date().getUTCFullYear() + 1;
const BEGIN = `${year}-01-04T00:00:00Z`;
/** So many years after the beginning. */
const after = (years: number, rest: string): string => `${year + years}-${rest}Z`;

const create = (body: object) => outcome(createEvent({ client: ana.client, body: { title: 'New', ...body } as never }));
const stored = (body: object) => ok(createEvent({ client: ana.client, body: { title: 'Stored', ...body } as never }));

describe('a series that ends, beside one whose later occurrences are not stored', () => {
  it.each([
    [EVERY_20_MINUTES, 0, '06-10T00:00:00'],
    [EVERY_20_MINUTES, 8, '06-10T00:00:00'],
    [EVERY_HOUR, 1, '03-09T00:00:00'],
    [EVERY_HOUR, 9, '12-01T00:00:00'],
    ['FREQ=DAILY;BYHOUR=8,14,20', 9, '03-03T08:00:00'],
    ['FREQ=WEEKLY', 10, '02-02T00:00:00'],
    ['FREQ=DAILY', 15, '02-02T00:00:00'],
  ])('%s: is refused %i years later, on %s', async (rule, years, rest) => {
    await stored({
      ...minutes(rule.includes('8,14') ? BEGIN.replace('T00', 'T08') : BEGIN, 5),
      recurrence_pattern: rule,
    });
    const body = { ...minutes(after(years, rest), 60), recurrence_pattern: 'FREQ=DAILY;COUNT=15' };
    expect(await create(body)).toMatchObject({ status: 409 });
    const checked = await ok(checkConflicts({ client: ana.client, body }));
    expect(checked.conflicts.length).toBeGreaterThan(0);
    // Between two occurrences there is room.
    expect(await create({ ...body, ...minutes(after(years, rest.replace(':00:00', ':05:00')), 15) })).toMatchObject({
      status: 201,
    });
  });
});

describe.each([
  ['ends', `;UNTIL=${year + 9}0104T000000Z`],
  ['never ends', ''],
])('a series of which not all occurrences are stored, and which %s', (_ends, until) => {
  it.each([
    ['a single event', 0, '12-01T10:00:00', {}],
    ['a single event years later', 8, '12-01T10:00:00', {}],
    ['a weekly series', 3, '02-01T10:00:00', { recurrence_pattern: 'FREQ=WEEKLY;COUNT=20' }],
    ['a series like it', 0, '01-04T10:00:00', { recurrence_pattern: EVERY_HOUR }],
    ['a series like it, years later', 4, '01-04T10:00:00', { recurrence_pattern: EVERY_20_MINUTES }],
  ])('is refused because of %s', async (_name, years, rest, more) => {
    await stored({ ...minutes(after(years, rest), 5), ...more });
    const body = { ...minutes(BEGIN, 5), recurrence_pattern: EVERY_20_MINUTES + until };
    const refused = await create(body);
    expect(refused).toMatchObject({ status: 409, body: { code: 'event_conflict' } });
    expect(refused.body.conflicts).not.toEqual([]);
    const checked = await ok(checkConflicts({ client: ana.client, body }));
    expect(checked.conflicts.length).toBeGreaterThan(0);
    const beside = { ...body, ...minutes(BEGIN.replace(':00:00', ':05:00'), 5) };
    expect(
      await create({ ...beside, recurrence_pattern: body.recurrence_pattern.replace('0,20,40', '5,25,45') }),
    ).toMatchObject({ status: 201 });
  });

  it('skips what conflicts, also where it is known only after the others are skipped', async () => {
    await stored({ ...minutes(BEGIN, 5), recurrence_pattern: 'FREQ=DAILY;COUNT=400' });
    await stored({ ...minutes(after(5, '06-10T10:20:00'), 5), recurrence_pattern: 'FREQ=DAILY;COUNT=3' });
    const body = { ...minutes(BEGIN, 5), recurrence_pattern: EVERY_20_MINUTES + until, on_conflict: 'skip' };
    const { status, body: made } = await create(body);
    expect({ status, skipped: (made.skipped as string[]).length }).toEqual({ status: 201, skipped: 403 });
    expect(await create({ ...body, on_conflict: 'reject', ...minutes(after(5, '06-10T10:20:00'), 5) })).toMatchObject({
      status: 409,
    });
  });

  it('is not refused for what it already overlapped before a change', async () => {
    const other = minutes(after(2, '12-01T10:00:00'), 5);
    await stored(other);
    const made = await stored({
      ...minutes(BEGIN, 5),
      recurrence_pattern: EVERY_20_MINUTES + until,
      on_conflict: 'allow',
    });
    const change = (body: object) => outcome(updateEvent({ client: ana.client, path: { id: made.id }, body }));
    expect(await change({ title: 'Other' })).toMatchObject({ status: 200 });
    expect(await change({ end_time: minutes(BEGIN, 3).end_time })).toMatchObject({ status: 200 });
    expect(await change({ end_time: minutes(BEGIN, 6).end_time })).toMatchObject({ status: 409 });
  });
});
