import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Convene, type Fetch, isProblem, memorySession, type Session, tokenSession } from '../../sdk/index.js';
import { logout } from '../../sdk/operations.js';
import { clientOf, failure, signIn } from '../support/sdk-clients.js';
import { PASSWORD, startApp, type TestApp } from '../support/test-app.js';

describe('a session of the SDK', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  /** Counts requests by path. */
  function counted(): { fetch: Fetch; count(path: string): number } {
    const paths: string[] = [];
    return {
      fetch: (url, init) => {
        paths.push(new URL(url).pathname);
        return fetch(url, init);
      },
      count: (path) => paths.filter((one) => one === path).length,
    };
  }
  const REFRESH = '/api/auth/refresh';
  /** A token that has expired or was never valid. */
  const STALE = 'eyJhbGciOiJIUzI1NiJ9.e30.x';

  it('begins with sign-up or sign-in and ends with sign-out, here and on the server', async () => {
    const heard: unknown[] = [];
    const convene = new Convene({ baseUrl: `${app.url}/` });
    convene.on('signed_in', ({ username }) => heard.push(username));
    convene.on('signed_out', ({ reason }) => heard.push(reason));
    const account = { username: 'ana-sdk', email: 'ana-sdk@example.com', password: PASSWORD };
    const user = await convene.signUp({ ...account, time_zone: 'Europe/Paris' });
    expect(user).toMatchObject({ username: 'ana-sdk', time_zone: 'Europe/Paris' });
    const { access_token } = (await convene.session())!;
    expect(await convene.account.get()).toEqual(user);
    await convene.signOut();
    expect(await convene.session()).toBeNull();
    expect(isProblem(await failure(convene.account.get()), 'unauthenticated')).toBe(true);
    const dead = new Convene({ baseUrl: app.url, session: tokenSession(access_token) });
    expect(isProblem(await failure(dead.account.get()), 'unauthenticated')).toBe(true);
    await convene.signIn({ email: account.email, password: PASSWORD });
    expect(await convene.account.get()).toEqual(user);
    const wrong = await failure(convene.signIn({ username: account.username, password: 'not this one' }));
    expect(isProblem(wrong, 'wrong_credentials')).toBe(true);
    expect(heard).toEqual(['ana-sdk', 'signed_out', 'ana-sdk']);
  });

  it.each([
    ['that the server does not accept', null],
    ['that has expired by the clock', 1],
  ])('renews once for 50 parallel calls with a token %s', async (_what, expires_at) => {
    const person = await app.signUp('ben');
    const { fetch, count } = counted();
    const session: Session = { access_token: STALE, refresh_token: person.refreshToken, expires_at, user: null };
    const convene = new Convene({ baseUrl: app.url, session, fetch });
    const users = await Promise.all(Array.from({ length: 50 }, () => convene.account.get()));
    expect(users.every(({ id }) => id === person.id)).toBe(true);
    expect(count(REFRESH)).toBe(1);
    expect(count('/api/auth/me')).toBe(expires_at === null ? 100 : 50);
    expect((await convene.session())!.refresh_token).not.toBe(person.refreshToken);
  });

  it('is shared by clients with one storage, as tabs are: none loses it', async () => {
    const person = await app.signUp('cara');
    const storage = memorySession({
      access_token: STALE,
      refresh_token: person.refreshToken,
      expires_at: null,
      user: null,
    });
    const tabs = [1, 2, 3].map(() => new Convene({ baseUrl: app.url, session: storage }));
    const users = await Promise.all(tabs.flatMap((tab) => [1, 2, 3].map(() => tab.account.get())));
    expect(users.every(({ id }) => id === person.id)).toBe(true);
    await tabs[0]!.signOut();
    expect(await tabs[0]!.session()).toBeNull();
  });

  it('that the server has ended says so once, and every call is refused', async () => {
    const person = await app.signUp('dan');
    const convene = clientOf(app, person);
    const reasons: string[] = [];
    convene.on('signed_out', ({ reason }) => reasons.push(reason));
    await logout({ client: person.client });
    const failures = await Promise.all(Array.from({ length: 10 }, () => failure(convene.events.list().page())));
    expect(failures.every((error) => isProblem(error, 'unauthenticated'))).toBe(true);
    expect([reasons, await convene.session()]).toEqual([['session_ended'], null]);
  });

  it('survives a renewal whose answer is lost', async () => {
    const person = await app.signUp('eve');
    let lost = 0;
    const convene = new Convene({
      baseUrl: app.url,
      session: { access_token: STALE, refresh_token: person.refreshToken, expires_at: null, user: null },
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (!url.endsWith(REFRESH) || lost > 1) return response;
        lost += 1;
        await response.text();
        throw new TypeError('fetch failed');
      },
    });
    expect((await convene.account.get()).id).toBe(person.id);
    expect(lost).toBe(2);
  });

  it('stays when the server cannot be reached', async () => {
    const person = await app.signUp('fay');
    let reachable = false;
    const convene = new Convene({
      baseUrl: app.url,
      session: { access_token: STALE, refresh_token: person.refreshToken, expires_at: 1, user: null },
      retries: 0,
      fetch: (url, init) => (reachable ? fetch(url, init) : Promise.reject(new TypeError('fetch failed'))),
    });
    expect((await failure(convene.account.get())).name).toBe('ConveneNetworkError');
    reachable = true;
    expect((await convene.account.get()).id).toBe(person.id);
  });

  it('that ends while it is renewed does not come back', async () => {
    const person = await app.signUp('gus');
    const convene: Convene = new Convene({
      baseUrl: app.url,
      session: { access_token: STALE, refresh_token: person.refreshToken, expires_at: null, user: null },
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (url.endsWith(REFRESH)) await convene.signOut();
        return response;
      },
    });
    expect(isProblem(await failure(convene.account.get()), 'unauthenticated')).toBe(true);
    expect(await convene.session()).toBeNull();
  });

  it('lists devices and ends one', async () => {
    const first = await signIn(app, 'hal');
    const { items } = await first.account.sessions();
    const other = items.find(({ current }) => !current)!;
    await first.account.endSession(other.id);
    expect((await first.account.sessions()).items.length).toBe(items.length - 1);
  });
});
