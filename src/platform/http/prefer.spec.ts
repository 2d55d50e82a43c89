import { describe, expect, it } from 'vitest';
import { hasPreference } from './prefer.js';

describe('hasPreference', () => {
  it.each([
    'respond-async',
    'Respond-Async',
    'handling=lenient, respond-async; wait=10',
    ' wait=10 ,respond-async',
    'respond-async=""',
  ])('finds it in %j', (header) => expect(hasPreference(header, 'respond-async')).toBe(true));

  it.each([
    undefined,
    '',
    'no-respond-async',
    'respond-asynchronously',
    'respond-async=no',
    'x="respond',
    'wait=respond-async',
  ])('does not find it in %j', (header) => expect(hasPreference(header, 'respond-async')).toBe(false));

  it('compares values', () => {
    for (const header of ['handling=strict', 'Handling = "STRICT"', ['wait=1', 'handling=strict']])
      expect(hasPreference(header, 'handling', 'strict')).toBe(true);
    for (const header of ['handling=stricter', 'handling', 'mishandling=strict'])
      expect(hasPreference(header, 'handling', 'strict')).toBe(false);
  });
});
