import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';

/**
 * Returns a store in memory for `CacheModule`, for at most `max` entries: Keyv removes an expired one only when it is
 * read. Values stay objects, because they never leave the process.
 */
export function memoryStore(max: number): Keyv {
  const entries = new LRUCache<string, object>({ max });
  return new Keyv({
    store: {
      get: (key: string) => entries.get(key),
      // Keyv passes the time to live in milliseconds as a number, which the cache expects in its options.
      set: (key: string, value: object, ttl?: number) => void entries.set(key, value, { ttl }),
      delete: (key: string) => entries.delete(key),
      clear: () => entries.clear(),
    },
    serialize: (data) => data as never,
    deserialize: (data) => data as never,
    useKeyPrefix: false,
    throwOnErrors: true,
  });
}
