import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const BYTES = 16;
// Asking for a few random bytes at a time takes longer than everything else about an id.
const pool = Buffer.alloc(1_024 * BYTES);
let used = pool.length;

/** Returns a new id from a time in milliseconds. */
export function idFrom(time: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += BYTES));
  return uuidv7({ msecs: time, random });
}
