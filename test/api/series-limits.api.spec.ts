import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { EventView } from '../../sdk/generated/types.gen.js';
import { calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { done, footprint, send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

/** Of the excluded dates, and of the changed occurrences, of a series. */
const MAX = 1_000;

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const daily = (count: number, rest: object = {}) => ({
  ...{ title: 'Stand-up', start_time: '2031-01-01T09:00:00Z', end_time: '2031-01-01T09:15:00Z' },
  ...{ recurrence_pattern: `FREQ=DAILY;COUNT=${count}`, ...rest },
});
const create = (body: object): ReturnType<typeof createEvent> =>
  createEvent({ client: ana.client, body: body as ReturnType<typeof daily> });
const day = (n: number): string => new Date(Date.UTC(2031, 0, 1 + n, 9)).toISOString().replace('.000Z', 'Z');
const stampOn = (n: number): string => day(n).replaceAll(/[-:]/g, '');

/** What another person has after importing the export of an event. */
async function importedFrom({ id }: EventView): Promise<EventView> {
  const ben = await app.signUp('ben');
  const file = (await send(app, `/api/events/${id}.ics`, { as: ana })).bytes.toString();
  const { status, json } = await importFile(app, ben, file);
  expect([status, json.skipped, json.warnings]).toEqual([200, [], []]);
  return (await send(app, `/api/events/${json.items[0].id}`, { as: ben })).json as EventView;
}

describe('the excluded dates of a series', () => {
  it('are as many with on_conflict=skip as a calendar file may have', async () => {
    ana = await app.signUp('ana');
    await ok(create(daily(MAX)));
    const body = daily(2_000, { title: 'Walk', on_conflict: 'skip' });
    const made = await ok(create(body));
    expect(made.excluded).toHaveLength(MAX);
    expect((await importedFrom(made)).excluded).toEqual(made.excluded);

    ana = await app.signUp('ana');
    await ok(create(daily(MAX + 1)));
    const before = await footprint(app.database);
    expect(await refused(create(body))).toMatchObject({ status: 409, code: 'event_conflict' });
    expect(await footprint(app.database)).toEqual(before);
  });

  it('are as many when they are removed one by one', async () => {
    ana = await app.signUp('ana');
    const excluded = Array.from({ length: MAX - 1 }, (_, n) => day(n));
    const { id } = await ok(create(daily(2_000, { excluded })));
    const remove = (n: number, scope: 'this' | 'following' = 'this') =>
      deleteEvent({ client: ana.client, path: { id }, query: { occurrence: day(n), scope } });
    await done(remove(MAX));
    const before = await footprint(app.database);
    expect(await refused(remove(MAX + 1))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/query/occurrence', code: 'too_many', message: expect.stringContaining('1000 excluded') }],
    });
    expect(await footprint(app.database)).toEqual(before);
    await done(remove(MAX + 1, 'following'));
  });
});

describe('a start that its series leaves out', () => {
  it('is not one of the excluded dates of a calendar file', async () => {
    ana = await app.signUp('ana');
    // 1 January 2031 is a Wednesday.
    const excluded = Array.from({ length: 7 * MAX }, (_, n) => n)
      .filter((n) => n % 7 === 1)
      .map(stampOn);
    const file = calendarOf(
      ...vevent('off', 'DTSTART:20310101T090000Z', 'DURATION:PT15M', 'RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=1500'),
    ).replace('END:VEVENT', [stampOn(0), ...excluded].map((one) => `EXDATE:${one}\r\n`).join('') + 'END:VEVENT');
    const { json } = await importFile(app, ana, file);
    const made = (await send(app, `/api/events/${json.items[0]?.id}`, { as: ana })).json as EventView;
    expect(made.excluded?.length).toBeGreaterThanOrEqual(MAX);
    expect((await importedFrom(made)).excluded).toEqual(made.excluded);
  });
});

describe('the changed occurrences of a series', () => {
  it('are as many as a calendar file may have', async () => {
    ana = await app.signUp('ana');
    const series = ['DTSTART:20310101T090000Z', 'DURATION:PT15M', 'RRULE:FREQ=DAILY;COUNT=2000', 'SUMMARY:Stand-up'];
    const changed = Array.from({ length: MAX }, (_, n) => n).flatMap((n) => {
      const times = [`RECURRENCE-ID:${stampOn(n)}`, `DTSTART:${stampOn(n)}`, 'DURATION:PT15M'];
      return vevent('many', ...times, `SUMMARY:Number ${n}`);
    });
    const { json } = await importFile(app, ana, calendarOf(...vevent('many', ...series), ...changed));
    const { id } = json.items[0];
    const change = (n: number, title: string) =>
      updateEvent({ client: ana.client, path: { id }, query: { occurrence: day(n), scope: 'this' }, body: { title } });
    expect(await refused(change(MAX, 'One more'))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/query/occurrence', code: 'too_many', message: expect.stringContaining('1000 changed') }],
    });
    // Those that are changed already can change again, and make room.
    await ok(change(5, 'Again'));
    await ok(change(6, 'Stand-up'));
    const full = await ok(change(MAX, 'One more'));
    const { id: copy } = await importedFrom(full);
    const [row] = await app.database.query<{ same: boolean; count: number }>(
      `SELECT a.overrides = b.overrides AS same, jsonb_array_length(to_jsonb(a.overrides)) AS count
         FROM events a, events b WHERE a.id = $1 AND b.id = $2`,
      [id, copy],
    );
    expect(row).toEqual({ same: true, count: MAX });
  });
});
