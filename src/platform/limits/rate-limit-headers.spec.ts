import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from './rate-limit-headers.js';

const budget = { name: 'reads', limit: 100, windowMs: 60_000 };

describe('rateLimitHeaders', () => {
  it.each([
    [1, 60_000, '"reads";r=99;t=60'],
    [99, 1_001, '"reads";r=1;t=2'],
    [100, 1, '"reads";r=0;t=1'],
    [250, 0.5, '"reads";r=0;t=1'],
  ])('after %i, %f ms before the end of the window: %s', (count, resetMs, ratelimit) => {
    const headers = rateLimitHeaders({ budget, count, resetMs });
    expect(headers).toEqual({ ratelimit, 'ratelimit-policy': '"reads";q=100;w=60' });
  });
});
