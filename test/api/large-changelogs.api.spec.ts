import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listChangelog, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

const OCCURRENCES = 30;
/** As long as a description may be. */
const TEXT = 'x'.repeat(20_000);

let app: TestApp;
let ana: Person;
let id: string;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
  const series = { title: 'Daily', ...slot(10), recurrence_pattern: `FREQ=DAILY;COUNT=${OCCURRENCES}` };
  ({ id } = await ok(createEvent({ client: ana.client, body: series })));
  for (let day = 0; day < OCCURRENCES; day += 1) {
    const query = { occurrence: slot(10 + 24 * day).start_time, scope: 'this' as const };
    await ok(updateEvent({ client: ana.client, path: { id }, query, body: { description: TEXT } }));
  }
});
afterAll(() => app.close());

describe('GET /api/events/:id/changelog of a series whose lists are very large', () => {
  it('ends pages early, and neither skips nor repeats an entry', async () => {
    for (const order of ['asc', 'desc'] as const) {
      const positions: number[] = [];
      const sizes: number[] = [];
      for (let cursor: string | undefined; ;) {
        const query = { limit: 200, order, ...(cursor ? { cursor } : {}) };
        const page = await ok(listChangelog({ client: ana.client, path: { id }, query }));
        positions.push(...page.items.map(({ position }) => position));
        sizes.push(JSON.stringify(page).length);
        if (page.next_cursor === null) break;
        expect(page.items.length).toBeGreaterThan(0);
        cursor = page.next_cursor;
      }
      const all = Array.from({ length: 1 + OCCURRENCES }, (_, index) => index + 1);
      expect(positions).toEqual(order === 'asc' ? all : all.toReversed());
      expect(sizes.length).toBeGreaterThan(2);
      expect(Math.max(...sizes)).toBeLessThan(6_000_000);
    }
  });

  it('refuses a numbered page that is too large, and says how many entries fit', async () => {
    const list = (query: { page: number; page_size: number }): ReturnType<typeof listChangelog> =>
      listChangelog({ client: ana.client, path: { id }, query });
    const problem = await refused(list({ page: 1, page_size: 100 }));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/query/page_size', code: 'too_large' }] });
    const page = await ok(list({ page: 2, page_size: 5 }));
    expect(page.items.map(({ position }) => position)).toEqual([6, 7, 8, 9, 10]);
    expect(page.total).toBe(1 + OCCURRENCES);
  });
});
