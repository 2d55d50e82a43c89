import { ConveneError, ConveneNetworkError } from './errors.js';

/** How often a call is repeated that failed for a reason which may pass. */
export interface RetryOptions {
  /** How many times a request is sent again: 4 by default, which spans about four seconds. */
  retries?: number | undefined;
  /** The longest wait before one of them, in milliseconds: 30,000. A longer `Retry-After` is not waited for. */
  maxRetryWait?: number | undefined;
}

/** Statuses of a request that was not carried out, or may be sent again with its key. */
const REFUSED_FOR_NOW = new Set([429, 503]);
const PERHAPS_DONE = new Set([408, 502, 504]);
const FIRST_WAIT_MS = 250;

/**
 * Returns the milliseconds to wait before the attempt is repeated, or null if it must not be. Waits double from 250 ms
 * and are shortened at random, so that clients do not return all at once; `Retry-After` is a lower bound.
 *
 * @param attempt how many failed before this one
 * @param repeatable whether the server does the request only once, or repeating it makes no difference
 */
export function waitBeforeRetry(
  error: unknown,
  attempt: number,
  repeatable: boolean,
  { retries = 4, maxRetryWait = 30_000 }: RetryOptions,
): number | null {
  if (attempt >= retries) return null;
  let least = 0;
  if (error instanceof ConveneError) {
    const runs = error.code === 'request_running';
    if (!runs && !REFUSED_FOR_NOW.has(error.status) && !(repeatable && PERHAPS_DONE.has(error.status))) return null;
    least = (error.retryAfter ?? 0) * 1_000;
  } else if (!(error instanceof ConveneNetworkError) || !repeatable) return null;
  if (least > maxRetryWait) return null;
  return Math.min(least + backOff(attempt), Math.max(least, maxRetryWait));
}

/** Milliseconds of exponential back-off with jitter: between half and all of 250 ms · 2^attempt. */
export function backOff(attempt: number, maxMs = 30_000): number {
  return Math.min(FIRST_WAIT_MS * 2 ** attempt, maxMs) * (0.5 + Math.random() / 2);
}

/** Resolves after the time. @throws what the signal was aborted with */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
