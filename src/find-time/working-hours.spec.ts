import { describe, expect, it } from 'vitest';
import type { Interval } from '../availability/occupancy.js';
import type { Weekday } from '../time/calendar-day.js';
import { awayTime, secondsOfClock, type WorkingHours } from './working-hours.js';

const at = (text: string): number => Date.parse(text) / 1_000;
const format = (intervals: Interval[]): string[] =>
  intervals.map(({ start, end }) => `${new Date(start * 1_000).toISOString()}/${new Date(end * 1_000).toISOString()}`);

function hours(start: string, end: string, days: Weekday[] = [0, 1, 2, 3, 4]): WorkingHours {
  return { start: secondsOfClock(start), end: secondsOfClock(end), days: new Set(days) };
}

const EVERY_DAY: Weekday[] = [0, 1, 2, 3, 4, 5, 6];

describe('awayTime', () => {
  it('returns the time between the working hours of a zone', () => {
    const window = { start: at('2026-06-01T00:00:00Z'), end: at('2026-06-03T00:00:00Z') };
    expect(format(awayTime(hours('09:00', '17:00'), 'Europe/Paris', window))).toEqual([
      '2026-06-01T00:00:00.000Z/2026-06-01T07:00:00.000Z',
      '2026-06-01T15:00:00.000Z/2026-06-02T07:00:00.000Z',
      '2026-06-02T15:00:00.000Z/2026-06-03T00:00:00.000Z',
    ]);
  });

  it('keeps the wall time across both clock changes', () => {
    const spring = { start: at('2026-03-28T12:00:00Z'), end: at('2026-03-29T12:00:00Z') };
    const autumn = { start: at('2026-10-24T12:00:00Z'), end: at('2026-10-25T12:00:00Z') };
    const paris = (window: Interval): string[] =>
      format(awayTime(hours('09:00', '17:00', EVERY_DAY), 'Europe/Paris', window));
    expect(paris(spring)).toEqual(['2026-03-28T16:00:00.000Z/2026-03-29T07:00:00.000Z']);
    expect(paris(autumn)).toEqual(['2026-10-24T15:00:00.000Z/2026-10-25T08:00:00.000Z']);
  });

  it('begins or ends at the end of a gap where the clocks skip the time, and has no hours inside one', () => {
    const window = { start: at('2026-03-29T00:00:00Z'), end: at('2026-03-29T04:00:00Z') };
    expect(format(awayTime(hours('02:30', '24:00', EVERY_DAY), 'Europe/Paris', window))).toEqual([
      '2026-03-29T00:00:00.000Z/2026-03-29T01:00:00.000Z',
    ]);
    expect(format(awayTime(hours('02:15', '02:45', EVERY_DAY), 'Europe/Paris', window))).toEqual([
      '2026-03-29T00:00:00.000Z/2026-03-29T04:00:00.000Z',
    ]);
  });

  it('returns whole days without work', () => {
    const window = { start: at('2026-06-05T12:00:00Z'), end: at('2026-06-08T12:00:00Z') };
    expect(format(awayTime(hours('09:00', '17:00'), 'UTC', window))).toEqual([
      '2026-06-05T17:00:00.000Z/2026-06-08T09:00:00.000Z',
    ]);
  });

  it('joins days that touch at midnight', () => {
    const window = { start: at('2026-06-01T00:00:00Z'), end: at('2026-06-30T00:00:00Z') };
    expect(awayTime(hours('00:00', '24:00', EVERY_DAY), 'America/New_York', window)).toEqual([]);
  });

  it('returns the whole window if it contains no working hours', () => {
    const window = { start: at('2026-06-06T00:00:00Z'), end: at('2026-06-07T00:00:00Z') };
    expect(awayTime(hours('09:00', '17:00'), 'UTC', window)).toEqual([window]);
  });

  it('includes the hours of a day that began before the window', () => {
    const window = { start: at('2026-06-02T03:00:00Z'), end: at('2026-06-02T05:00:00Z') };
    // 20:00 to 22:00 on Monday in Los Angeles.
    expect(format(awayTime(hours('09:00', '21:00'), 'America/Los_Angeles', window))).toEqual([
      '2026-06-02T04:00:00.000Z/2026-06-02T05:00:00.000Z',
    ]);
  });
});
