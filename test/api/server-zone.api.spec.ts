import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, createEvents, listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const ZONE = process.env['TZ'];
let app: TestApp;
let ana: Person;
beforeAll(async () => {
  // Until 1911, the clocks of Paris were 9 minutes and 21 seconds ahead of UTC.
  process.env['TZ'] = 'Europe/Paris';
  app = await startApp();
  ana = await app.signUp('ana', 'Europe/Paris');
});
afterAll(async () => {
  await app.close();
  if (ZONE === undefined) delete process.env['TZ'];
  else process.env['TZ'] = ZONE;
});

const times = (year: number) => ({ start_time: `${year}-05-04T10:00:00Z`, end_time: `${year}-05-04T11:00:00Z` });

describe('a server whose own time zone had offsets with seconds', () => {
  it('stores and returns every time as it was sent', async () => {
    const { client } = ana;
    expect(new Date(-1_900_000_000_000).getTimezoneOffset()).not.toBe(0);
    const birthday = await ok(
      createEvent({
        client,
        body: {
          ...{ title: 'Born', start_time: '1909-05-04', end_time: '1909-05-05', all_day: true },
          ...{ recurrence_pattern: 'FREQ=YEARLY', show_as: 'free' },
        },
      }),
    );
    expect(birthday).toMatchObject({ start_time: '1909-05-04', end_time: '1909-05-05' });

    const years = [1900, 1910, 1911, 1950, 1969, 1970, 2026, 2199];
    const { items } = await ok(
      createEvents({ client, body: { events: years.map((year) => ({ title: `In ${year}`, ...times(year) })) } }),
    );
    expect(items.map(({ start_time }) => start_time)).toEqual(years.map((year) => times(year).start_time));
    const moved = await ok(updateEvent({ client, path: { id: items[6]!.id }, body: times(1905) }));
    expect(moved).toMatchObject(times(1905));
    const listed = await ok(
      listEvents({ client, query: { from: '1905-05-04T10:00:00Z', to: '1905-05-04T10:00:01Z', is_recurring: false } }),
    );
    expect(listed.items.map(({ id, start_time }) => [id, start_time])).toEqual([[moved.id, times(1905).start_time]]);
    await expectInvariants(app.database);
  });
});
