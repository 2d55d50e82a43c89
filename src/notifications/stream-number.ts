import { Problem } from '../problems/problem.js';
import type { StreamReach } from './stream-item.js';

/**
 * Returns whether every item after the number can still be read. A number beyond the end belongs to a stream from before
 * a restore of the database.
 */
export const isStored = (after: number, { firstSeq, lastSeq }: StreamReach): boolean =>
  after >= firstSeq - 1 && after <= lastSeq;

/**
 * Reads the number of an item from what a client sent, a number or its digits. Returns undefined when there is none.
 * @throws Problem validation_failed
 */
export function readSeq(value: unknown, pointer = '/after'): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const seq = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new Problem('validation_failed', {
    errors: [{ pointer, code: 'invalid', message: 'Send the `seq` of an item: a whole number, 0 or more.' }],
  });
}
