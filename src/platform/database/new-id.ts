import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Drawn for many ids at once: for one, that takes longer than all else about it. */
const random = Buffer.allocUnsafe(256 * BYTES);
let used = random.length;

let milliseconds = 0;
let sequence = 0;

/** Returns a UUID of version 7 (RFC 9562 §5.7). Those of one process are in the order in which they are made. */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const bytes = random.subarray(used, (used += BYTES));
  const now = Date.now();
  if (now > milliseconds) {
    milliseconds = now;
    // Half of the range, so that there is room for those that follow in the same millisecond.
    sequence = bytes.readUInt32BE(6) >>> 1;
  } else sequence += 1;
  return v7({ random: bytes, msecs: milliseconds, seq: sequence });
}
