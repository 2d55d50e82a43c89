import { Problem } from '../problems/problem.js';

/** Everything after this number can still be read. A number beyond the end is of another stream: of before a restore. */
export const isKept = (after: number, firstSeq: number, lastSeq: number): boolean =>
  after >= firstSeq - 1 && after <= lastSeq;

/**
 * The number of an item as clients send it, as a number or in digits; undefined when there is none.
 * @throws Problem validation_failed
 */
export function readSeq(value: unknown, pointer = '/after'): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const seq = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new Problem('validation_failed', {
    errors: [{ pointer, code: 'invalid', message: 'The number of an item, 0 or more.' }],
  });
}
