import type { User } from './types.js';

/** Somebody who is signed in. */
export interface Session {
  access_token: string;
  /** Null when the access token cannot be renewed. */
  refresh_token: string | null;
  /** When the access token expires, by the clock of this machine, in milliseconds since 1970; null when unknown. */
  expires_at: number | null;
  user: User | null;
}

/**
 * Where the session is kept between calls. Methods may be asynchronous, such as those of a file or a keyring; the SDK
 * calls them one after another.
 */
export interface SessionStorage {
  load(): Session | null | Promise<Session | null>;
  /** Null when there is no session any more. */
  save(session: Session | null): void | Promise<void>;
  /** The name of the lock that tabs and workers with the same session share. */
  readonly lock?: string;
  /**
   * Runs the work while no other process does the same with this session, and resolves to what it resolves to. For a store
   * that several processes share, such as a file: only one of them renews the token.
   */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
  /** Calls the listener when another tab has changed the session. Returns the function that stops it. */
  watch?(changed: () => void): () => void;
}

/** Keeps the session in memory: it ends with the process or the page. The default. */
export function memorySession(session: Session | null = null): SessionStorage {
  return { load: () => session, save: (next) => void (session = next) };
}

/**
 * Keeps the session in the `localStorage` of a browser, for all tabs of the origin and after a reload. Every script of
 * the origin can read it: use it on pages that run only your own.
 */
export function browserSession(key = 'convene.session'): SessionStorage {
  return {
    lock: key,
    load: () => JSON.parse(localStorage.getItem(key) ?? 'null') as Session | null,
    save: (session) => (session ? localStorage.setItem(key, JSON.stringify(session)) : localStorage.removeItem(key)),
    watch: (changed) => {
      // Nothing to hear where pages are rendered on a server.
      if (!('addEventListener' in globalThis)) return () => undefined;
      const listener = (event: { key: string | null }): void => {
        if (event.key === key || event.key === null) changed();
      };
      globalThis.addEventListener('storage', listener as never);
      return () => globalThis.removeEventListener('storage', listener as never);
    },
  };
}

/** A fixed access token, for a program that gets one from elsewhere. It cannot be renewed. */
export function tokenSession(access_token: string): SessionStorage {
  return memorySession({ access_token, refresh_token: null, expires_at: null, user: null });
}
