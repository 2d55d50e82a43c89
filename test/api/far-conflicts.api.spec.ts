import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, createEvents } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody } from '../../sdk/generated/types.gen.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());
beforeEach(async () => void (ana = await app.signUp('ana')));

const create = (body: CreateEventBody) => ok(createEvent({ client: ana.client, body }));

const times = (start: string, minutes: number): { start_time: string; end_time: string } => ({
  start_time: `${start}:00Z`,
  end_time: new Date(Date.parse(`${start}:00Z`) + minutes * 60_000).toISOString().replace('.000', ''),
});
const weekly = 'FREQ=WEEKLY';
const leapDays = 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29';
const hourly = `FREQ=DAILY;BYHOUR=${Array.from({ length: 24 }, (_, hour) => hour).join(',')}`;

describe('a conflict after the time in which all are found is predicted', () => {
  it('among many series that share days and half hours and never meet', async () => {
    const events = Array.from({ length: 28 }, (_, minute) => ({
      title: `Minute ${minute}`,
      ...times(`2026-06-01T10:${String(minute).padStart(2, '0')}`, 1),
      recurrence_pattern: weekly,
    }));
    await ok(createEvents({ client: ana.client, body: { events } }));
    const met = await create({ title: 'Met', ...times('2026-06-01T10:28', 1), recurrence_pattern: weekly });
    const rare = await create({ title: 'Rare', ...times('2028-02-29T10:28', 1), recurrence_pattern: leapDays });
    expect(rare.possible_conflicts_after).toMatchObject([{ event_id: met.id, ...times('2044-02-29T10:28', 1) }]);
  });

  // It has 100,000 occurrences until 2037.
  const dense = { title: 'Dense', ...times('2026-06-01T00:00', 5), recurrence_pattern: hourly };
  const late = {
    ...{ title: 'Late', ...times('2028-02-29T10:02', 43), recurrence_pattern: leapDays },
    excluded: [2028, 2032, 2036, 2040, 2044].map((year) => `${year}-02-29T10:02:00Z`),
  };
  const inDense = times('2048-02-29T10:00', 5);
  const inLate = times('2048-02-29T10:02', 43);

  it.each([
    ['first', dense, late, { ...inDense, with: inLate }],
    ['second', late, dense, { ...inLate, with: inDense }],
  ])('of two series, though one of them has very many occurrences before it: the %s', async (_which, one, two, met) => {
    const { id } = await create(one);
    const { possible_conflicts_after: predicted } = await create(two);
    expect(predicted).toMatchObject([{ event_id: id, ...met }]);
  });

  it.each([
    ['daily', { ...times('2026-06-01T10:00', 60), recurrence_pattern: 'FREQ=DAILY' }, '2072-02-29T10:00', 60],
    ['hourly', { ...times('2026-06-01T00:00', 5), recurrence_pattern: hourly }, '2040-02-29T10:00', 5],
  ])('with a single event of a far year, as far as that is known: %s', async (_often, often, start, minutes) => {
    const far = await create({ title: 'Far', ...times(`${start.slice(0, 10)}T10:02`, 28) });
    const { possible_conflicts_after: predicted } = await create({ title: 'Often', ...often });
    expect(predicted).toMatchObject([{ event_id: far.id, with: times(start, minutes) }]);
    const problem = await refused(createEvent({ client: ana.client, body: { title: 'Again', ...times(start, 3) } }));
    expect(problem.status).toBe(409);
  });
});
