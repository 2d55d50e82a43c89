import type { Settings } from '../../src/platform/config/settings.js';
import { readTrustProxy } from '../../src/platform/config/trust-proxy.js';
import { MonotonicClock } from '../../src/platform/limits/clock.js';
import type { TestDatabase } from './database.js';
import { startApp, type TestApp } from './test-app.js';

export interface LimitedApp extends TestApp {
  /** Moves the clock of the limits, which stands still otherwise: no window ends before it should. */
  pass(seconds: number): void;
  /** A call from another address, through the one proxy that the app trusts. */
  from(address: string, path: string, init?: RequestInit): Promise<Response>;
  /** The status of an attempt to sign in from an address. */
  logIn(address: string, username: string, password: string): Promise<number>;
}

/** The app with its limits on, behind one proxy. Every limit that is not given has its default. */
export async function startLimitedApp(settings: Partial<Settings> = {}, database?: TestDatabase): Promise<LimitedApp> {
  const app = await startApp({ rateLimits: true, trustProxy: readTrustProxy('1'), ...settings }, database);
  const clock = app.app.get(MonotonicClock);
  let time = clock.now();
  clock.now = () => time;
  const from: LimitedApp['from'] = (address, path, init = {}) =>
    app.fetch(path, { ...init, headers: { ...(init.headers as object), 'x-forwarded-for': address } });
  return {
    ...app,
    from,
    pass: (seconds) => void (time += seconds * 1_000),
    logIn: async (address, username, password) => {
      const body = JSON.stringify({ username, password });
      const headers = { 'content-type': 'application/json' };
      const response = await from(address, '/api/auth/login', { method: 'POST', headers, body });
      await response.arrayBuffer();
      return response.status;
    },
  };
}

/** A limit in seconds. */
export const per = (limit: number, windowSeconds: number): { limit: number; windowSeconds: number } => ({
  limit,
  windowSeconds,
});
