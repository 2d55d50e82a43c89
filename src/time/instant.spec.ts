import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant } from './instant.js';

describe('an instant', () => {
  it.each([
    '0000-01-01T00:00:00.000Z',
    '0099-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '2024-02-29T12:34:56.007Z',
    '2026-06-01T08:00:00.070Z',
    '9999-12-31T23:59:59.999Z',
    '-000001-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00.000Z',
  ])('is written as %s, as by toISOString', (text) => {
    expect(formatInstant(new Date(text))).toBe(text);
    expect(new Date(text).toISOString()).toBe(text);
  });

  it('is written as by toISOString, whatever it is', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (time) => {
        expect(formatInstant(time)).toBe(time.toISOString());
      }),
      { numRuns: 5_000 },
    );
  });

  it('is refused when it is none, as by toISOString', () => {
    expect(() => formatInstant(new Date(Number.NaN))).toThrow(RangeError);
  });
});
