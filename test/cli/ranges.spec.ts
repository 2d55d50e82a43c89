import { describe, expect, it } from 'vitest';
import { moveTimes } from '../../sdk/cli/shift.js';
import { eventTimes, readSpan } from '../../sdk/cli/when.js';
import { readWindow } from '../../sdk/cli/window.js';

const PARIS = 'Europe/Paris';
/** A Wednesday, 10:00 in Paris. */
const NOW = new Date('2026-12-02T09:00:00Z');
/** A Friday. */
const CHRISTMAS = new Date('2026-12-25T09:00:00Z');

const refusal = (work: () => unknown): string => {
  try {
    return JSON.stringify(work());
  } catch (error) {
    return (error as Error).message;
  }
};
const add = (text: string, now = NOW): string => refusal(() => {
  const { start_time, end_time } = eventTimes(readSpan(text, PARIS, { now }), PARIS).times;
  return [start_time, end_time];
}); // prettier-ignore
const ls = (text: string, now = NOW): string => refusal(() => readWindow(text, PARIS, now));
const day = { start_time: '2026-12-07', end_time: '2026-12-08', all_day: true, time_zone: PARIS };
const mv = (text: string, now = NOW): string => refusal(() => moveTimes(day, text, PARIS, now));

describe('a range of days that ends before it starts', () => {
  it.each([
    ['2027-07-10 to 2027-07-05', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['2027-07-10 - 2027-07-05', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['2027-07-10 to 5 july', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['10 july 2027 to 5 july 2027', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['july 10-5, 2027', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['25.12.2026 to 24.12.2026', 'Thu 24 Dec 2026 is before Fri 25 Dec 2026.'],
    ['26 to 24 dec', 'Thu 24 Dec 2026 is before Sat 26 Dec 2026.'],
    ['tomorrow to today', 'Wed 2 Dec 2026 is before Thu 3 Dec 2026.'],
    ['in 4 days to in 2 days', 'Fri 4 Dec 2026 is before Sun 6 Dec 2026.'],
    ['friday to 2026-11-20', 'Fri 20 Nov 2026 is before Fri 4 Dec 2026.'],
    ['2027-07-10 10:00 to 2027-07-05 12:00', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['10 july 2027 10:00 to 5 july 2027 12:00', 'Mon 5 Jul 2027 is before Sat 10 Jul 2027.'],
    ['in 3 days 22:00 to tomorrow 1:00', 'Thu 3 Dec 2026 is before Sat 5 Dec 2026.'],
  ])('“%s” is refused everywhere', (text, sentence) => {
    const refused = `The end is before the start: ${sentence}`;
    expect([add(text), ls(text), mv(text)]).toEqual([refused, refused, refused]);
  });

  it.each([
    ['dec 26 to dec 24', '24 Dec is not after 26 Dec', '26 Dec 2026 to 24 Dec 2027'],
    ['dec 26 through dec 24', '24 Dec is not after 26 Dec', '26 Dec 2026 to 24 Dec 2027'],
    ['dec 26 to nov 24', '24 Nov is not after 26 Dec', '26 Dec 2026 to 24 Nov 2027'],
    ['dec 26 2026 to dec 24', '24 Dec is not after 26 Dec', '26 Dec 2026 to 24 Dec 2027'],
    ['dec 26 to dec 24 2027', '24 Dec is not after 26 Dec', '26 Dec 2026 to 24 Dec 2027'],
    ['2026-12-26 to dec 24', '24 Dec is not after 26 Dec', '26 Dec 2026 to 24 Dec 2027'],
    ['10 july to 5 july', '5 Jul is not after 10 Jul', '10 Jul 2027 to 5 Jul 2028'],
    ['dec 26 10:00 to dec 24 9:00', '24 Dec is not after 26 Dec', '26 Dec 2026 to 24 Dec 2027'],
    ['monday 7 december to friday 4 december', '4 Dec is not after 7 Dec', '7 Dec 2026 to 4 Dec 2027'],
  ])('“%s” does not become a year', (text, sentence, both) => {
    const refused = `The end is before the start: ${sentence}. For an end in the next year, write both years: ${both}.`;
    expect([add(text), ls(text), mv(text)]).toEqual([refused, refused, refused]);
    // What it says to write is understood.
    expect(add(both)).toMatch(/^\["20/);
  });

  it('is refused when the end is a day of this year that is over', () => {
    expect(add('today to dec 24', CHRISTMAS)).toContain('24 Dec is not after 25 Dec.');
    expect(add('from friday to 10 december', CHRISTMAS)).toContain('10 Dec is not after 25 Dec.');
  });

  it('is refused for days of the week that would be those of another week', () => {
    expect(add('monday to 3 december')).toBe('The end is before the start: Thu 3 Dec 2026 is before Mon 7 Dec 2026.');
    expect(add('friday 10:00 to friday 9:00')).toBe(
      'The end is before the start: for an end a week later, write its date: 11 Dec 2026.',
    );
  });

  it('is refused for times of one day', () => {
    expect(add('noon to 9:00')).toContain('09:00 is not after 12:00.');
    expect(add('2027-07-10T10:00Z to 2027-07-10T09:00Z')).toBe('The event would end before it starts.');
    expect(ls('2027-07-10T10:00Z to 2027-07-10T09:00Z')).toContain('would end before it starts.');
    expect(ls('2027-07-10 10:00 to 2027-07-10 9:00')).toContain('would end before it starts.');
  });
});

describe('a range of days', () => {
  it.each([
    ['dec 30 to jan 2', '2026-12-30', '2027-01-03'],
    ['30 dec - 2 jan', '2026-12-30', '2027-01-03'],
    ['dec 30 2026 to jan 2', '2026-12-30', '2027-01-03'],
    ['dec 30 to jan 2 2027', '2026-12-30', '2027-01-03'],
    ['dec 30 22:00 to jan 2 9:00', '2026-12-30T22:00:00', '2027-01-02T09:00:00'],
    ['dec 3 to may 31', '2026-12-03', '2027-06-01'],
    ['jan 5 to dec 20', '2027-01-05', '2027-12-21'],
    ['jan 5 to jan 5', '2027-01-05', '2027-01-06'],
    ['2027-07-10 to 2027-07-15', '2027-07-10', '2027-07-16'],
  ])('“%s” may cross New Year', (text, start, end) => expect(add(text)).toBe(JSON.stringify([start, end])));

  it.each([
    ['friday to wednesday', '2026-12-04', '2026-12-10'],
    ['monday to friday', '2026-12-07', '2026-12-12'],
    ['friday to friday', '2026-12-04', '2026-12-05'],
    ['friday to next friday', '2026-12-04', '2026-12-12'],
    ['friday to 10 december', '2026-12-04', '2026-12-11'],
    ['yesterday to today', '2026-12-01', '2026-12-03'],
    ['friday 10:00 to thursday 9:00', '2026-12-04T10:00:00', '2026-12-10T09:00:00'],
    ['friday 9:00 to friday 17:00', '2026-12-04T09:00:00', '2026-12-04T17:00:00'],
    ['8pm to midnight', '2026-12-02T20:00:00', '2026-12-03T00:00:00'],
  ])('“%s” may be of days of the week, and times', (text, start, end) =>
    expect(add(text)).toBe(JSON.stringify([start, end])),
  );

  it('may begin in the past when it is looked at', () => {
    expect(ls('monday to today')).toBe(JSON.stringify({ from: '2026-11-29T23:00:00Z', to: '2026-12-02T23:00:00Z' }));
  });
});
