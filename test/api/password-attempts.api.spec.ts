import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tally } from '../support/calls.js';
import { type LimitedApp, startLimitedApp } from '../support/limited-app.js';
import { send } from '../support/requests.js';

const HOUR = 3_600;

let app: LimitedApp;
beforeAll(async () => void (app = await startLimitedApp()));
afterAll(() => app.close());

describe('an account under attack', () => {
  const attackers = Array.from({ length: 20 }, (_, n) => `198.51.100.${n + 1}`);

  /** Everybody guesses until all are refused. Returns the number of guesses. */
  async function attack(username: string, addresses = attackers, attempts = 3): Promise<number> {
    let guesses = 0;
    for (const address of addresses) {
      for (let n = 0; n < attempts; n += 1)
        if ((await app.logIn(address, username, `guess ${n}`)) === 401) guesses += 1;
    }
    return guesses;
  }

  it('from 20 addresses is open to its owner, at an address that is known and at a new one', async () => {
    const ana = await app.signUp('ana');
    expect(await app.logIn('192.0.2.1', ana.username, ana.password)).toBe(200);
    // 30 from all together, and one more that begins the first wait.
    expect(await attack(ana.username)).toBe(31);
    expect(await app.logIn('192.0.2.1', ana.username, ana.password)).toBe(200);
    expect(await app.logIn('192.0.2.1', ana.email, ana.password)).toBe(200);
    const early = await app.logIn('192.0.2.2', ana.username, ana.password);
    app.pass(60);
    expect([early, await app.logIn('192.0.2.2', ana.username, ana.password)]).toEqual([429, 200]);
    // It is known from now on.
    expect(await attack(ana.username)).toBe(0);
    expect(await app.logIn('192.0.2.2', ana.username, ana.password)).toBe(200);
  });

  it('is not kept from its owner at a new address by 20 others that never wait', async () => {
    const ana = await app.signUp('ana');
    const others = Array.from({ length: 20 }, (_, n) => `198.51.101.${n + 1}`);
    const guesses = await attack(ana.username, others, 11);
    expect(guesses).toBe(31);
    for (let minute = 0; minute < 3; minute += 1) {
      app.pass(60);
      // They are faster, but have used up their attempts.
      expect(await attack(ana.username, others, 2)).toBe(0);
      expect(await app.logIn(`192.0.2.${10 + minute}`, ana.username, ana.password)).toBe(200);
    }
  });

  it('can be guessed at no more than 100 times an hour, from however many addresses', async () => {
    const ana = await app.signUp('ana');
    let guesses = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      // Addresses that nobody has used before.
      for (let n = 0; n < (minute === 0 ? 40 : 4); n += 1) {
        if ((await app.logIn(`10.9.${minute}.${n}`, ana.username, 'guess')) === 401) guesses += 1;
      }
      app.pass(60);
    }
    expect(guesses).toBe(30 + 60);
    app.pass(HOUR);
    expect(await app.logIn('10.10.0.1', ana.username, ana.password)).toBe(200);
  });

  it('says when to try again, and waits longer with each guess', async () => {
    const ana = await app.signUp('ana');
    await attack(ana.username, attackers.slice(0, 10));
    const waits = [];
    for (let n = 0; n < 8; n += 1) {
      const body = JSON.stringify({ username: ana.username, password: 'guess' });
      const headers = { 'content-type': 'application/json' };
      const { status, headers: answered } = await app.from(`10.11.0.${n}`, '/api/auth/login', {
        ...{ method: 'POST', headers, body },
      });
      const next = await app.from(`10.12.0.${n}`, '/api/auth/login', { method: 'POST', headers, body });
      expect([n, status, next.status, answered.get('retry-after')]).toEqual([n, 401, 429, null]);
      expect(await next.json()).toMatchObject({ budget: 'password_account', limit: 30, window_seconds: HOUR });
      const wait = Number(next.headers.get('retry-after'));
      waits.push(wait);
      app.pass(wait);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('and one that nobody has are refused alike, under either of its names', async () => {
    const ana = await app.signUp('ana');
    const series = async (names: string[], network: number): Promise<number[]> => {
      const statuses = [];
      for (let n = 0; n < 60; n += 1) {
        const address = `10.${network}.0.${Math.floor(n / 4)}`;
        statuses.push(await app.logIn(address, names[n % names.length]!, 'guess'));
      }
      return statuses;
    };
    const known = await series([ana.username, ana.email, ana.username.toUpperCase()], 20);
    const unknown = await series(['Nobody-Here', 'nobody-here'], 21);
    expect(tally(known.map((status) => ({ status })))).toEqual({ 401: 31, 429: 29 });
    expect(unknown).toEqual(known);
  });

  it('takes many right passwords at once, and forgets nothing of the wrong ones', async () => {
    const ana = await app.signUp('ana');
    const right = Array.from({ length: 40 }, () => app.logIn('192.0.2.9', ana.username, ana.password));
    expect(new Set(await Promise.all(right))).toEqual(new Set([200]));
    for (let n = 0; n < 9; n += 1) expect(await app.logIn('192.0.2.10', ana.username, 'wrong')).toBe(401);
    expect(await app.logIn('192.0.2.10', ana.username, ana.password)).toBe(200);
    expect(await app.logIn('192.0.2.10', ana.username, 'wrong')).toBe(401);
    expect(await app.logIn('192.0.2.10', ana.username, ana.password)).toBe(429);
    app.pass(900);
    expect(await app.logIn('192.0.2.10', ana.username, ana.password)).toBe(200);
  });
});

describe('a current password', () => {
  it('can be guessed at ten times by a session, which signing in anew does not notice', async () => {
    const ana = await app.signUp('ana');
    const change = (password: string): Promise<{ status: number }> =>
      send(app, '/api/auth/me', {
        ...{ as: ana, method: 'PATCH', body: { email: `${ana.id}@example.org`, current_password: password } },
      });
    const erase = (password: string): Promise<{ status: number }> =>
      send(app, '/api/auth/me', { as: ana, method: 'DELETE', body: { password } });
    expect((await change(ana.password)).status).toBe(200);
    for (let n = 0; n < 10; n += 1) expect((await (n % 2 ? change : erase)('guess 1234')).status).toBe(422);
    expect((await change(ana.password)).status).toBe(429);
    expect((await erase(ana.password)).status).toBe(429);
    expect(await app.logIn('192.0.2.1', ana.username, ana.password)).toBe(200);
    app.pass(900);
    expect((await change(ana.password)).status).toBe(200);
  });
});
