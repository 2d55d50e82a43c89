import { validate, version } from 'uuid';
import { afterEach, expect, it, vi } from 'vitest';
import { newId } from './new-id.js';

afterEach(() => vi.useRealTimers());

it('is a UUID of version 7 with the time at which it was made', () => {
  const before = Date.now();
  const id = newId();
  expect([validate(id), version(id)]).toEqual([true, 7]);
  const at = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
});

it('is later than all before it, also within a millisecond and when the clock is set back', () => {
  const ids = Array.from({ length: 20_000 }, newId);
  vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ['Date'] });
  ids.push(...Array.from({ length: 1_000 }, newId));
  expect(ids.toSorted()).toEqual(ids);
  // The random part differs as well: nobody guesses an id from the one before.
  expect(new Set(ids.map((id) => id.slice(-11))).size).toBe(ids.length);
});
