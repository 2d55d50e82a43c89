import { describe, expect, it } from 'vitest';
import { hasPreference } from './prefer.js';

describe('hasPreference', () => {
  it.each([
    'respond-async',
    'Respond-Async',
    'handling=lenient, respond-async; wait=10',
    ' wait=10 ,respond-async',
    'respond-async=""',
    'x="a, \\"b", respond-async',
    'respond-async, respond-async=no',
    'x=";" ; y, respond-async',
  ])('finds it in %j', (header) => expect(hasPreference(header, 'respond-async')).toBe(true));

  it.each([
    undefined,
    '',
    'no-respond-async',
    'respond-asynchronously',
    'respond-async=no',
    'x="respond',
    'wait=respond-async',
    'wait=10; respond-async',
    'x="a, respond-async, b"',
    'respond-async=no, respond-async',
    `${'"'.repeat(8_001)}, respond-async, "`,
  ])('does not find it in %j', (header) => expect(hasPreference(header, 'respond-async')).toBe(false));

  it('compares values', () => {
    for (const header of ['handling=strict', 'Handling = "STRICT"', ['wait=1', 'handling=strict']])
      expect(hasPreference(header, 'handling', 'strict')).toBe(true);
    for (const header of ['handling=lenient, handling=strict', 'handling=stricter', 'handling', 'mishandling=strict'])
      expect(hasPreference(header, 'handling', 'strict')).toBe(false);
  });
});
