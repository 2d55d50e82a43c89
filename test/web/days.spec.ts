import { describe, expect, it } from 'vitest';
import { isDay } from '../../web/time/zoned.js';

describe('a day in the address or in a field', () => {
  it('exists', () => {
    for (const day of ['2026-02-28', '2028-02-29', '1000-01-01', '9998-11-30'])
      expect([day, isDay(day)]).toEqual([day, true]);
  });

  it('is refused when no calendar has it, or its month cannot be shown', () => {
    const none = [
      '2026-13-45',
      '2026-02-30',
      '2027-02-29',
      '0000-01-01',
      '9999-12-31',
      '12026-01-01',
      '2026-6-1',
      'zzz',
      '',
    ];
    for (const day of [...none, undefined]) expect([day, isDay(day)]).toEqual([day, false]);
  });
});
