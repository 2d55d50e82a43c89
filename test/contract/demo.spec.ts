import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fill } from '../../scripts/demo/fill.js';
import { reasonAgainst } from '../../scripts/demo/reason-against.js';
import { readConfig } from '../../src/platform/config/config.js';
import { expectInvariants } from '../support/invariants.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeEach(async () => void (app = await startApp()));
afterEach(() => app.close());

describe('npm run demo', () => {
  // A Sunday before the clocks change, the end of a year, the month with 28 days.
  it.each(['2026-03-22', '2027-12-31', '2027-02-10'])(
    'fills an empty database in the week of %s, and only that',
    async (day) => {
      expect(await reasonAgainst(app.config, app.database)).toBe(null);
      const people = await fill(app.url, new Date(`${day}T12:00:00Z`));
      const [counts] = await app.database.query<{ events: number; people: number }>(
        `SELECT (SELECT count(*)::int FROM events WHERE deleted_at IS NULL) AS events,
                (SELECT count(DISTINCT user_id)::int FROM event_permissions WHERE role = 'owner') AS people`,
      );
      expect(counts).toEqual({ events: 61, people: 5 });
      const [plan] = (await people.sam.events.list({ q: 'Launch plan' }).page()).items;
      const log = (await people.sam.events.changelog(plan!).page()).items;
      expect(plan).toMatchObject({ title: 'Launch plan', location: 'Room Curie', role: 'viewer' });
      expect(new Set(log.map((entry) => entry.actor?.username))).toEqual(new Set(['ana', 'ben', 'cleo', 'sam']));
      expect(new Set(log.map((entry) => entry.kind))).toEqual(
        new Set(['created', 'shared', 'updated', 'role_changed', 'rolled_back']),
      );
      const unread = async (name: 'ben' | 'cleo'): Promise<number> =>
        (await people[name].notifications.list({ limit: 1 }).page()).unread_count;
      expect([await unread('ben'), (await unread('cleo')) > 5]).toEqual([0, true]);
      expect(await reasonAgainst(app.config, app.database)).toMatch(/^Somebody has signed up already/);
      await expectInvariants(app.database);
    },
  );

  it('refuses in production', async () => {
    const production = readConfig({
      NODE_ENV: 'production',
      DATABASE_URL: app.database.url,
      JWT_SECRET: 'kO3v9nYx1Zr5tQw8eLb2uHs6kO3v9nYx1Zr5tQw8',
    });
    expect(await reasonAgainst(production, app.database)).toBe('The demo is not for production.');
  });
});
