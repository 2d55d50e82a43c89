import { types } from 'pg';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from './timestamps.js';

const theirs = types.getTypeParser(types.builtins.TIMESTAMPTZ, 'text') as (text: string) => unknown;

describe('parseTimestamp', () => {
  it.each([
    '2026-06-01 08:00:00+00',
    '2026-06-01 08:00:00.2+00',
    '2026-06-01 08:00:00.25+00',
    '2026-06-01 08:00:00.257+00',
    '2026-06-01 08:00:00.007+00',
    '2024-02-29 23:59:59.999+00',
    '1000-01-01 00:00:00+00',
    '1899-12-31 23:59:59+00',
    '1969-12-31 23:59:59.9+00',
    '9999-12-31 23:59:59+00',
    '2026-06-01 08:00:00.257123+00',
    '2026-06-01 08:00:00+02',
    '2026-06-01 08:00:00+05:30',
    '0099-06-01 08:00:00+00',
    '12026-06-01 08:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    'infinity',
    '-infinity',
  ])('reads %s as the driver does', (text) => {
    expect(parseTimestamp(text)).toEqual(theirs(text));
  });

  it('reads every day of some years, and seconds of a day, as the driver does', () => {
    for (let time = Date.UTC(1996, 0, 1); time < Date.UTC(2005, 0, 1); time += 86_400_000 + 61_007) {
      const text = new Date(time)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.?0*Z$/, '+00');
      expect(parseTimestamp(text)).toEqual(new Date(time));
    }
  });
});
