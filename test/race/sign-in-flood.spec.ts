import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../support/calls.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const LOGINS = 200;
/** 200 hashes at once would hold 3,800 MiB. */
const MAX_GROWTH = 800 * 2 ** 20;

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  // However busy the machine is, no request waits too long for a connection.
  app = await startApp({ passwordHashesAtOnce: 1 });
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

const signIn = (body: object): Promise<Response> =>
  fetch(`${app.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('200 people who sign in at once', () => {
  it.each([
    ['with their password', 200, () => ({ username: ana.username, password: PASSWORD })],
    ['with an address', 200, () => ({ email: ana.email, password: PASSWORD })],
    ['with a wrong password', 401, () => ({ username: ana.username, password: 'wrong horse 8' })],
    ['with an unknown name', 401, () => ({ username: 'nobody-has-this', password: PASSWORD })],
  ])(
    '%s are answered, or refused with a time to try again, and others are answered meanwhile',
    async (_how, status, body) => {
      const before = process.memoryUsage.rss();
      let [pending, growth, alive] = [true, 0, 0];
      const others = (async () => {
        while (pending) {
          const health = await fetch(`${app.url}/health/live`);
          expect(health.status).toBe(200);
          await health.arrayBuffer();
          if (pending) alive += 1;
          await sleep(5);
          growth = Math.max(growth, process.memoryUsage.rss() - before);
        }
      })();
      const responses = await atOnce(LOGINS, () => signIn(body()));
      pending = false;
      await others;
      expect(alive).toBeGreaterThan(0);
      expect(growth).toBeLessThan(MAX_GROWTH);
      const refused = responses.filter((response) => response.status === 503);
      expect(responses.filter((response) => response.status === status)).toHaveLength(LOGINS - refused.length);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(LOGINS);
      for (const response of refused) {
        expect(response.headers.get('retry-after')).toBe('1');
        expect(await response.json()).toMatchObject({
          code: 'unavailable',
          detail: 'Too many people are signing in at this moment.',
        });
      }
      // The queue is empty again.
      expect((await signIn({ username: ana.username, password: PASSWORD })).status).toBe(200);
    },
  );
});
