import { isProblem } from './errors.js';
import type { Events, EventQuery } from './events.js';
import type { EventsView, RemovedEventView } from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import type { EventItem } from './types.js';

/**
 * A copy of a list of events: a map, a table, an IndexedDB. Methods may be asynchronous. A call that fails leaves the old
 * token, so that the next `sync` applies the same again; applying something twice makes no difference.
 */
export interface EventStore {
  /** The token that was stored last; null when there is none yet. */
  getToken(): string | null | Promise<string | null>;
  setToken(token: string): void | Promise<void>;
  /** Adds the events, or replaces those with the same id. */
  put(events: EventItem[]): void | Promise<void>;
  /** Removes events by their id. They may be unknown. */
  remove(removed: RemovedEventView[]): void | Promise<void>;
  /** Empties the store: the whole list follows. */
  clear(): void | Promise<void>;
}

export interface SyncResult {
  /** Whether the whole list was read: the first time, and when the token was too old. */
  whole: boolean;
  put: number;
  removed: number;
}

/** Filters of the list; always the same for one store, because its token belongs to them. */
export type SyncQuery = Omit<EventQuery, 'as_of' | 'deleted' | 'expand' | 'sync_token'>;

interface Running {
  now: Promise<SyncResult>;
  next: Promise<SyncResult> | null;
}
/** Two at once would apply old pages over new ones. */
const running = new WeakMap<EventStore, Running>();

/**
 * Brings the store up to date. Calls for one store run one after another; those that wait share the next run, so that it
 * can be called for every change.
 */
export function sync(
  events: Events,
  store: EventStore,
  query: SyncQuery = {},
  options?: CallOptions,
): Promise<SyncResult> {
  const run = (): Promise<SyncResult> => {
    const now = syncOnce(events, store, query, options);
    const own: Running = { now, next: null };
    running.set(store, own);
    const finish = (): void => {
      if (running.get(store) === own && !own.next) running.delete(store);
    };
    now.then(finish, finish);
    return now;
  };
  const before = running.get(store);
  if (!before) return run();
  return (before.next ??= before.now.then(run, run));
}

async function syncOnce(
  events: Events,
  store: EventStore,
  query: SyncQuery,
  options?: CallOptions,
): Promise<SyncResult> {
  const token = await store.getToken();
  if (token !== null) {
    try {
      return await apply(store, events.list({ sync_token: token, limit: query.limit }, options).pages());
    } catch (error) {
      if (!isProblem(error, 'resync')) throw error;
    }
  }
  // Read to its end before anything is removed.
  const pages: EventsView[] = [];
  for await (const page of events.list(query, options).pages()) pages.push(page);
  await store.clear();
  return { ...(await apply(store, pages)), whole: true };
}

async function apply(store: EventStore, pages: AsyncIterable<EventsView> | EventsView[]): Promise<SyncResult> {
  const result = { whole: false, put: 0, removed: 0 };
  for await (const { items, removed = [], sync_token } of pages) {
    if (items.length > 0) await store.put(items);
    if (removed.length > 0) await store.remove(removed);
    // On the last page.
    if (sync_token !== undefined) await store.setToken(sync_token);
    result.put += items.length;
    result.removed += removed.length;
  }
  return result;
}
