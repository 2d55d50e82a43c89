import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveTimes, readShift, shiftTimes } from '../../sdk/cli/shift.js';
import { moveWall, oddity, wallOf } from '../../sdk/cli/zones.js';

const PARIS = 'Europe/Paris';
const NEW_YORK = 'America/New_York';
/** A Wednesday, 10:00 in Paris. */
const NOW = new Date('2026-12-02T09:00:00Z');

const refusal = (work: () => unknown): string => {
  try {
    return JSON.stringify(work());
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a move', () => {
  const moved = (text: string, start_time: string, end_time: string, zone = PARIS): unknown[] => {
    const { times, notes } = shiftTimes({ start_time, end_time }, readShift(text)!, zone);
    return [times.start_time, times.end_time, ...notes];
  };

  it.each([
    ['+1h', '2026-12-07T10:00:00Z', '2026-12-07T11:00:00Z'],
    ['+ 1h30', '2026-12-07T10:30:00Z', '2026-12-07T11:30:00Z'],
    ['-30m', '2026-12-07T08:30:00Z', '2026-12-07T09:30:00Z'],
    ['−30 min', '2026-12-07T08:30:00Z', '2026-12-07T09:30:00Z'],
    ['1 hour later', '2026-12-07T10:00:00Z', '2026-12-07T11:00:00Z'],
    ['half an hour earlier', '2026-12-07T08:30:00Z', '2026-12-07T09:30:00Z'],
    ['2 days earlier', '2026-12-05T09:00:00Z', '2026-12-05T10:00:00Z'],
    ['a week later', '2026-12-14T09:00:00Z', '2026-12-14T10:00:00Z'],
    ['1 day and 2 hours later for 15 min', '2026-12-08T11:00:00Z', '2026-12-08T11:15:00Z'],
  ])('of 10:00–11:00 by “%s”', (text, start, end) => {
    expect(moved(text, '2026-12-07T09:00:00Z', '2026-12-07T10:00:00Z')).toEqual([start, end]);
  });

  it.each(['10:00', 'tomorrow', 'in 1 hour', '2026-12-07 10:00', '17:30', 'friday for 1h'])('“%s” is none', (text) => {
    expect(readShift(text)).toBeNull();
  });

  /** Where a phrase moves an event of 10 June 2031, 10:00–11:00 in Paris, when it is 2 December 2026; or the refusal. */
  const phrase = (text: string): string =>
    refusal(() => {
      const event = { start_time: '2031-06-10T08:00:00Z', end_time: '2031-06-10T09:00:00Z', time_zone: PARIS };
      const { start_time: start, end_time: end } = moveTimes({ ...event, all_day: false }, text, PARIS, NOW).times;
      return [start, end].map((at) => (at.endsWith('Z') ? wallOf(at, PARIS) : at).slice(0, 16)).join(' ');
    });

  it.each([
    ['2 days later 10:00', '2031-06-12T10:00 2031-06-12T11:00'],
    ['2 days later at 14:30', '2031-06-12T14:30 2031-06-12T15:30'],
    ['2 days later, 14:30', '2031-06-12T14:30 2031-06-12T15:30'],
    ['3 days earlier at 9:00', '2031-06-07T09:00 2031-06-07T10:00'],
    ['2 days sooner 9am', '2031-06-08T09:00 2031-06-08T10:00'],
    ['a week later at 10:00', '2031-06-17T10:00 2031-06-17T11:00'],
    ['one week later', '2031-06-17T10:00 2031-06-17T11:00'],
    ['Two weeks later 9:00 for 2h', '2031-06-24T09:00 2031-06-24T11:00'],
    ['three days earlier 9:00-9:30', '2031-06-07T09:00 2031-06-07T09:30'],
    ['two days later 10-11', '2031-06-12T10:00 2031-06-12T11:00'],
    ['half past nine two days later', '2031-06-12T09:30 2031-06-12T10:30'],
    ['at 14:00 2 days later', '2031-06-12T14:00 2031-06-12T15:00'],
    ['+2 days 14:00', '2031-06-12T14:00 2031-06-12T15:00'],
    ['14:00 +2 days', '2031-06-12T14:00 2031-06-12T15:00'],
    ['-1w at 9:00', '2031-06-03T09:00 2031-06-03T10:00'],
    ['+2 days later', '2031-06-12T10:00 2031-06-12T11:00'],
    ['+90m', '2031-06-10T11:30 2031-06-10T12:30'],
    ['+ 90 m', '2031-06-10T11:30 2031-06-10T12:30'],
    ['ninety minutes later', '2031-06-10T11:30 2031-06-10T12:30'],
    ['forty-five minutes earlier', '2031-06-10T09:15 2031-06-10T10:15'],
    ['an hour and a half later', '2031-06-10T11:30 2031-06-10T12:30'],
    ['two and a half hours later', '2031-06-10T12:30 2031-06-10T13:30'],
    ['2 hours and a half later', '2031-06-10T12:30 2031-06-10T13:30'],
    ['half an hour earlier for 15 min', '2031-06-10T09:30 2031-06-10T09:45'],
  ])('of an event, “%s” counts from it', (text, times) => expect(phrase(text)).toBe(JSON.stringify(times)));

  it.each([
    ['half past nine', '2031-06-10T09:30 2031-06-10T10:30'],
    ['quarter to nine', '2031-06-10T08:45 2031-06-10T09:45'],
    ['at a quarter past 2 pm', '2031-06-10T14:15 2031-06-10T15:15'],
    ['10-11', '2031-06-10T10:00 2031-06-10T11:00'],
    ['12 - 14', '2031-06-10T12:00 2031-06-10T14:00'],
    ['14h - 17h', '2031-06-10T14:00 2031-06-10T17:00'],
    ['tomorrow 10-11', '2026-12-03T10:00 2026-12-03T11:00'],
    ['day after tomorrow', '2026-12-04T10:00 2026-12-04T11:00'],
    ['in 2 days', '2026-12-04T10:00 2026-12-04T11:00'],
    ['2 days from now at 9:00', '2026-12-04T09:00 2026-12-04T10:00'],
    ['in an hour and a half', '2026-12-02T11:30 2026-12-02T12:30'],
    ['2 days ago 9:00', '2026-11-30T09:00 2026-11-30T10:00'],
    ['friday 9:00', '2026-12-04T09:00 2026-12-04T10:00'],
    ['12/25 9:00', '2026-12-25T09:00 2026-12-25T10:00'],
  ])('of an event, “%s” is what it says', (text, times) => expect(phrase(text)).toBe(JSON.stringify(times)));

  it.each([
    ['later', 'does not say by how much. To count from the event, write +90m'],
    ['later today', 'does not say by how much'],
    ['10:00 later', '“10:00” is not a duration'],
    ['a few days later 10:00', 'is not a duration'],
    ['a month later', '“a month” is not a duration'],
    ['1 hour later 15:00', 'has both hours to move by and a time of day'],
    ['15:00 + 30 min', 'has both hours to move by and a time of day'],
    ['+1h 15:00', 'has both hours to move by and a time of day'],
    ['1 day and 2 hours later 15:00', 'has both hours to move by and a time of day'],
    ['2 days later friday 10:00', 'has more than days to move by and a time of day'],
    ['2 days later tomorrow', 'has more than days to move by and a time of day'],
    ['2 days later in 2 hours', 'has more than days to move by and a time of day'],
    ['2 days later 9:00-9:30 for 1h', 'has both an end and a duration'],
    ['2 days later than planned', '“than planned” is not a time'],
    ['2 days later 10:00 2 days later', 'does not say from when'],
    ['2 days', 'may count from the event, or from now'],
    ['two days 10:00', 'may count from the event, or from now'],
    ['2 days back', 'may count from the event, or from now'],
    ['2 days forward at 9:00', 'may count from the event, or from now'],
    ['2 days after 10:00', 'may count from the event, or from now'],
    ['the day after 10:00', 'may count from the event, or from now'],
    ['the day before at 9:00', 'may count from the event, or from now'],
    ['next day 10:00', 'may count from the event, or from now'],
    ['the following day 10:00', 'may count from the event, or from now'],
    ['next hour', 'may count from the event, or from now'],
    ['same day 14:00', 'may count from the event, or from now'],
    ['2 days from then', 'may count from the event, or from now'],
    ['5 days hence', 'may count from the event, or from now'],
    ['2h', 'may count from the event, or from now'],
    ['10:00 Asia/tokyo', 'Write the zone as an option: --zone Asia/Tokyo.'],
    ['12/6 10:00', 'Write 12 June, or 6 December.'],
  ])('of an event, “%s” is refused', (text, sentence) => expect(phrase(text)).toContain(sentence));

  it('of dates is by whole days', () => {
    expect(moved('2 days later', '2026-12-24', '2026-12-27')).toEqual(['2026-12-26', '2026-12-29']);
    expect(moved('-1w for 1 day', '2026-12-24', '2026-12-27')).toEqual(['2026-12-17', '2026-12-18']);
    expect(refusal(() => moved('+1h', '2026-12-24', '2026-12-27'))).toMatch(/^An event on dates alone moves by whole/);
    expect(refusal(() => moved('+soon', '2026-12-24', '2026-12-27'))).not.toMatch(/^\[/);
    expect(refusal(() => readShift('2 moons later'))).toMatch(/^“2 moons” is not a duration/);
  });

  it('by days keeps the time of day when the clocks change, and says when there is none', () => {
    // 10:00 is 09:00 UTC on the 27th, and 08:00 UTC on the 28th.
    expect(moved('1 day later', '2027-03-27T09:00:00Z', '2027-03-27T10:00:00Z')).toEqual([
      '2027-03-28T08:00:00Z',
      '2027-03-28T09:00:00Z',
    ]);
    expect(moved('+24h', '2027-03-27T09:00:00Z', '2027-03-27T10:00:00Z')[0]).toBe('2027-03-28T09:00:00Z');
    expect(moved('+1d', '2027-03-27T01:30:00Z', '2027-03-27T02:00:00Z')).toEqual([
      '2027-03-28T01:30:00Z',
      '2027-03-28T02:00:00Z',
      'The clocks of Europe/Paris skip 02:30 on Sun 28 Mar 2027: it is 03:30 then.',
    ]);
    // The second 02:30 of that night.
    expect(moved('+15m', '2027-10-31T01:30:00Z', '2027-10-31T02:00:00Z')[0]).toBe('2027-10-31T01:45:00Z');
  });

  it('by hours and back is none, by days keeps the clock, and both keep the length', () => {
    const zones = fc.constantFrom(PARIS, NEW_YORK, 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC');
    const minutes = fc.integer({ min: Date.parse('2024-01-01') / 60_000, max: Date.parse('2032-01-01') / 60_000 });
    const iso = (minute: number): string => new Date(minute * 60_000).toISOString().replace('.000Z', 'Z');
    fc.assert(
      fc.property(zones, minutes, fc.nat(3_000), fc.integer({ min: 1, max: 900 }), (zone, at, length, amount) => {
        const present = { start_time: iso(at), end_time: iso(at + length + 1) };
        const shift = (text: string, times = present) => shiftTimes(times, readShift(text)!, zone).times;
        const later = shift(`+${amount}m`);
        expect(later).toEqual({ start_time: iso(at + amount), end_time: iso(at + length + 1 + amount) });
        expect(shift(`${amount} minutes earlier`, later)).toEqual(present);
        const days = shift(`-${amount}d`);
        expect(Date.parse(days.end_time) - Date.parse(days.start_time)).toBe((length + 1) * 60_000);
        const wall = moveWall(wallOf(present.start_time, zone), { days: -amount });
        if (oddity(wall, zone) !== 'skipped') expect(wallOf(days.start_time, zone)).toBe(wall);
      }),
    );
  });
});
