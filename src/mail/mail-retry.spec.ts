import { describe, expect, it } from 'vitest';
import { failureOf, pauseSeconds, retrySeconds } from './mail-retry.js';

describe('failureOf', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'unreachable'],
    [{ code: 'ETIMEDOUT' }, 'unreachable'],
    [{ code: 'EAUTH', responseCode: 535 }, 'unreachable'],
    [{ code: 'EENVELOPE', responseCode: 421 }, 'unreachable'],
    [{ code: 'EENVELOPE', responseCode: 451 }, 'refused'],
    [{ code: 'EMESSAGE', responseCode: 452 }, 'refused'],
    [{ code: 'EENVELOPE', responseCode: 550 }, 'impossible'],
    [{ code: 'EMESSAGE', responseCode: 554 }, 'impossible'],
    [new Error('anything'), 'unreachable'],
    [undefined, 'unreachable'],
  ])('%o is %s', (error, failure) => {
    expect(failureOf(error)).toBe(failure);
  });
});

describe('the time until the next attempt', () => {
  it.each([
    ['one mail', retrySeconds, 30, 3_600],
    ['the server', pauseSeconds, 2, 300],
  ])('of %s grows to a limit, and is random', (_what, seconds, first, longest) => {
    expect(seconds(1, 1)).toBe(first);
    expect(seconds(1, 0)).toBe(first / 2);
    expect(seconds(2, 1)).toBe(first * 2);
    expect(seconds(100, 1)).toBe(longest);
    expect(seconds(5_000, 0)).toBe(longest / 2);
  });
});
