import { describe, expect, it } from 'vitest';
import { hoursOff } from '../../web/panels/hours-off.js';

const HOURS = { start: '09:00', end: '18:00' };
const DAY = { from: 7 * 60, to: 21 * 60 };
const WEDNESDAY = '2030-06-05';

/** As times of the reader's clock. */
const off = (day: string, ahead: number, hours = HOURS): string[] =>
  hoursOff(day, ahead, hours, DAY).map(({ from, to }) => `${from / 60}-${to / 60}`);

describe('when somebody does not work', () => {
  it.each([
    ['where the reader is', 0, ['7-9', '18-21']],
    ['six hours behind', -360, ['7-15']],
    ['four and a half hours ahead', 270, ['13.5-21']],
    ['a day ahead, almost', 13 * 60, ['7-20']],
  ])('is outside the hours of their own clock: %s', (_where, ahead, expected) => {
    expect(off(WEDNESDAY, ahead)).toEqual(expected);
  });

  it('is at weekends, which are others where the day is another', () => {
    expect(off('2030-06-08', 0)).toEqual(['7-21']);
    // Friday evening is Saturday there; Sunday evening is Monday.
    expect(off('2030-06-07', 13 * 60)).toEqual(['7-21']);
    expect(off('2030-06-09', 13 * 60)).toEqual(['7-20']);
  });

  it('follows the hours that are asked for, to the quarter', () => {
    expect(off(WEDNESDAY, 0, { start: '08:15', end: '16:30' })).toEqual(['7-8.25', '16.5-21']);
  });
});
