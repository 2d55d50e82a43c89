import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody, EventItemView, EventView } from '../../sdk/generated/types.gen.js';
import { Chance } from '../support/random.js';
import { expanded, occurrencesOf } from '../support/series.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const EVENTS = 60;
const WINDOWS = 25;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_DAY = Date.UTC(2026, 9, 1);

let app: TestApp;
const chance = new Chance(20_261_129);
const local = (time: number): string => new Date(time).toISOString().slice(0, 19);
const date = (time: number): string => local(time).slice(0, 10);

/** Of any kind and zone: whole days float, so that they may start before a window that shows them. */
function randomEvent(): CreateEventBody {
  const start = FIRST_DAY + chance.below(40) * DAY_MS + chance.pick([0, 9, 9.5, 23]) * HOUR_MS;
  const days = chance.pick([1, 1, 3]);
  const times = chance.below(3)
    ? { start_time: local(start), end_time: local(start + chance.pick([0.5, 1, 30]) * HOUR_MS) }
    : { all_day: true, start_time: date(start), end_time: date(start + days * DAY_MS) };
  const rule = chance.pick([undefined, 'FREQ=DAILY;COUNT=9', 'FREQ=WEEKLY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=MONTHLY']);
  return {
    title: chance.pick(['Tea', 'Budget']),
    show_as: 'free',
    time_zone: chance.pick(['UTC', 'Europe/Paris', 'America/New_York', 'Pacific/Apia', 'Pacific/Pago_Pago']),
    ...times,
    ...(rule === undefined ? {} : { recurrence_pattern: rule }),
  };
}

/** Moves one occurrence of some series, and gives it another title. */
async function moveOne(person: Person, event: EventView): Promise<void> {
  const later = Date.parse(event.start_time) + chance.pick([-2, 4]) * DAY_MS;
  const times = event.all_day
    ? { start_time: date(later), end_time: date(later + DAY_MS) }
    : { start_time: new Date(later).toISOString(), end_time: new Date(later + HOUR_MS).toISOString() };
  const query = { occurrence: event.start_time, scope: 'this' as const };
  await updateEvent({ client: person.client, path: { id: event.id }, query, body: { title: 'Moved', ...times } });
}

describe.each(['UTC', 'Pacific/Auckland', 'America/Los_Angeles'])('an expanded list, read in %s', (zone) => {
  let reader: Person;
  let events: EventView[];
  beforeAll(async () => {
    app ??= await startApp();
    reader = await app.signUp('reader', zone);
    const body = { events: Array.from({ length: EVENTS }, randomEvent) };
    events = (await ok(createEvents({ client: reader.client, body }))).items;
    for (const event of events.filter(({ is_recurring }) => is_recurring).slice(0, 15)) await moveOne(reader, event);
  });

  it('has the occurrences of each event, in order, on pages of any size', async () => {
    const summarize = (items: EventItemView[]): string[] =>
      items.map(({ id, occurrence }) => `${id} ${occurrence!.original_start} ${occurrence!.start_time}`);
    for (let turn = 0; turn < WINDOWS; turn += 1) {
      const from = FIRST_DAY + chance.below(50) * DAY_MS + chance.below(24) * HOUR_MS;
      const length = chance.pick([HOUR_MS, DAY_MS, 7 * DAY_MS, 20 * DAY_MS]);
      const window = { from: new Date(from).toISOString(), to: new Date(from + length).toISOString() };
      const each = events.map(async ({ id }) =>
        (await occurrencesOf(reader, id, window)).map((one) => `${id} ${one.original_start} ${one.start_time}`),
      );
      const whole = summarize(await expanded(reader, { ...window, limit: 200 }));
      expect([...whole].sort(), JSON.stringify(window)).toEqual((await Promise.all(each)).flat().sort());
      const limit = chance.pick([3, 8, 25]);
      expect(summarize(await expanded(reader, { ...window, limit })), JSON.stringify({ window, limit })).toEqual(whole);
    }
  });
});

afterAll(() => app.close());
