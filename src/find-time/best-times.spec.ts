import { describe, expect, it } from 'vitest';
import { mergeIntervals } from '../availability/free-slots.js';
import type { Interval } from '../availability/occupancy.js';
import { parseRrule } from '../recurrence/rrule-text.js';
import type { Weekday } from '../time/calendar-day.js';
import { type Attendee, type BestTimes, bestTimes, type Slot } from './best-times.js';
import { seriesCandidates, singleCandidates } from './candidates.js';
import { awayTime, distanceFromHours, type WorkingHours } from './working-hours.js';

const at = (text: string): number => Date.parse(text) / 1_000;
const clock = (instant: number): string => new Date(instant * 1_000).toISOString().slice(0, 16);
const MONDAY = { start: at('2026-06-01T08:00:00Z'), end: at('2026-06-01T18:00:00Z') };
const NINE_TO_FIVE: WorkingHours = { start: 9 * 3_600, end: 17 * 3_600, days: new Set<Weekday>([0, 1, 2, 3, 4]) };

/** `09:00-10:00` on that Monday. */
const hours = (...spans: string[]): Interval[] =>
  mergeIntervals(
    spans.map((span) => {
      const [start, end] = span.split('-').map((time) => at(`2026-06-01T${time}:00Z`));
      return { start: start!, end: end! };
    }),
  );
const person = (id: string, busy: Interval[], more: Partial<Attendee> = {}): Attendee => ({
  id,
  required: true,
  busy,
  away: [],
  ...more,
});
const inZone = (id: string, zone: string, window: Interval): Attendee =>
  person(id, [], { away: awayTime(NINE_TO_FIVE, zone, window) });
const startsOf = ({ slots }: BestTimes): string[] => slots.map(({ occurrences }) => clock(occurrences[0]!.start));
const onMonday = (attendees: Attendee[], { minutes = 60, buffer = 0, limit = 3 } = {}): BestTimes =>
  bestTimes(attendees, singleCandidates({ window: MONDAY, length: minutes * 60, zoneName: 'UTC' }), buffer * 60, limit);

describe('bestTimes', () => {
  it('suggests the earliest times at which everybody is free, without overlaps', () => {
    const found = onMonday([person('ana', hours('08:00-09:30')), person('ben', hours('10:45-11:00'))]);
    expect(startsOf(found)).toEqual(['2026-06-01T09:30', '2026-06-01T11:00', '2026-06-01T12:00']);
  });

  it('allows slots that touch other events, unless the question has a buffer', () => {
    const people = [person('ana', hours('08:00-09:00', '10:00-12:00'))];
    expect(startsOf(onMonday(people, { limit: 1 }))).toEqual(['2026-06-01T09:00']);
    expect(startsOf(onMonday(people, { limit: 1, buffer: 10 }))).toEqual(['2026-06-01T12:15']);
  });

  it('prefers times with more optional people, and returns who is available', () => {
    const optional = { required: false };
    const found = onMonday([
      person('ana', []),
      person('ben', hours('08:00-10:00'), optional),
      person('cem', hours('08:00-13:00'), optional),
    ]);
    expect(found.slots.map(({ optionalFree, optionalBusy }) => [optionalFree, optionalBusy])).toEqual([
      [['ben', 'cem'], []],
      [['ben', 'cem'], []],
      [['ben', 'cem'], []],
    ]);
    expect(startsOf(found)[0]).toBe('2026-06-01T13:00');
    const busyAllDay = person('cem', hours('08:00-18:00'), optional);
    const [best] = onMonday([person('ana', []), person('ben', hours('08:00-10:00'), optional), busyAllDay]).slots;
    expect(best).toMatchObject({ optionalFree: ['ben'], optionalBusy: ['cem'] });
    expect(clock(best!.occurrences[0]!.start)).toBe('2026-06-01T10:00');
  });

  it('returns the times that are impossible for the fewest people, with the reasons', () => {
    const { slots, rejected } = onMonday(
      [person('ana', hours('08:00-18:00')), person('ben', hours('08:00-12:00')), person('cem', hours('08:00-10:00'))],
      { minutes: 120 },
    );
    expect(slots).toEqual([]);
    expect(rejected.slice(0, 2).map(({ start, reasons }) => [clock(start), reasons])).toEqual([
      ['2026-06-01T12:00', [{ id: 'ana', reason: 'busy' }]],
      ['2026-06-01T14:00', [{ id: 'ana', reason: 'busy' }]],
    ]);
    expect(rejected.length).toBeLessThanOrEqual(5);
  });

  it('ranks a rejected time within working hours above one at night', () => {
    const window = { start: at('2026-06-01T00:00:00Z'), end: at('2026-06-02T00:00:00Z') };
    const ana = { ...inZone('ana', 'UTC', window), busy: hours('09:00-17:00') };
    const candidates = singleCandidates({ window, length: 3_600, zoneName: 'UTC' });
    const { slots, rejected } = bestTimes([ana], candidates, 0, 3);
    expect(slots).toEqual([]);
    expect([clock(rejected[0]!.start), rejected[0]!.reasons]).toEqual([
      '2026-06-01T09:00',
      [{ id: 'ana', reason: 'busy' }],
    ]);
  });

  it('allows a buffer outside working hours', () => {
    const window = MONDAY;
    const ana = { ...inZone('ana', 'UTC', window), busy: hours('09:00-15:30') };
    const candidates = singleCandidates({ window, length: 3_600, zoneName: 'UTC' });
    expect(startsOf(bestTimes([ana], candidates, 30 * 60, 1))).toEqual(['2026-06-01T16:00']);
  });
});

describe('bestTimes compared with an exhaustive search', () => {
  it('finds the earliest free time of each random week, without overlaps', () => {
    let state = 7;
    const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
    for (let round = 0; round < 50; round += 1) {
      const people = Array.from({ length: 1 + below(6) }, (_, index) => {
        const busy = Array.from({ length: below(40) }, () => {
          const start = MONDAY.start + below(7 * 96) * 300;
          return { start, end: start + (1 + below(24)) * 300 };
        });
        return person(String(index), mergeIntervals(busy));
      });
      const window = { start: MONDAY.start, end: MONDAY.start + 7 * 86_400 };
      const candidates = singleCandidates({ window, length: 2_700, zoneName: 'UTC' });
      const buffer = below(3) * 300;
      const { slots } = bestTimes(people, candidates, buffer, 5);
      const isFree = ([one]: Interval[]): boolean =>
        people.every(({ busy }) =>
          busy.every(({ start, end }) => end + buffer <= one!.start || one!.end + buffer <= start),
        );
      expect(slots[0]?.occurrences).toEqual(candidates.find(isFree));
      expect(slots.every(({ occurrences }) => isFree(occurrences))).toBe(true);
      const times = slots.map(({ occurrences }) => occurrences[0]!);
      expect(times.every((one, index) => index === 0 || times[index - 1]!.end <= one.start)).toBe(true);
    }
  });
});

describe('bestTimes for people in different zones', () => {
  const day = (date: string): Interval => ({ start: at(`${date}T00:00:00Z`), end: at(`${date}T00:00:00Z`) + 86_400 });
  const meet = (date: string, zones: string[], minutes = 60): BestTimes => {
    const window = day(date);
    const candidates = singleCandidates({ window, length: minutes * 60, zoneName: 'UTC' });
    return bestTimes(
      zones.map((zone) => inZone(zone, zone, window)),
      candidates,
      0,
      5,
    );
  };

  it('finds the two hours that New York and Paris share', () => {
    expect(startsOf(meet('2026-06-01', ['America/New_York', 'Europe/Paris']))).toEqual([
      '2026-06-01T13:00',
      '2026-06-01T14:00',
    ]);
  });

  it('finds three hours in the weeks in which only New York has changed its clocks', () => {
    expect(startsOf(meet('2026-03-09', ['America/New_York', 'Europe/Paris']))).toEqual([
      '2026-03-09T13:00',
      '2026-03-09T14:00',
      '2026-03-09T15:00',
    ]);
    expect(startsOf(meet('2026-03-30', ['America/New_York', 'Europe/Paris']))).toHaveLength(2);
  });

  it('finds the hours that Paris and Kolkata share, up to a half hour', () => {
    expect(startsOf(meet('2026-06-01', ['Europe/Paris', 'Asia/Kolkata']))).toEqual([
      '2026-06-01T07:00',
      '2026-06-01T08:00',
      '2026-06-01T09:00',
      '2026-06-01T10:00',
    ]);
    // 11:30 UTC is 17:00 in Kolkata.
    expect(startsOf(meet('2026-06-01', ['Europe/Paris', 'Asia/Kolkata'], 270))).toEqual(['2026-06-01T07:00']);
    expect(startsOf(meet('2026-06-01', ['Europe/Paris', 'Asia/Kolkata'], 285))).toEqual([]);
  });

  it('rejects a time because somebody is busy, also outside their hours, and after those at which they are free', () => {
    const { rejected } = onMonday([person('ana', hours('08:00-11:00'), { away: hours('08:00-18:00') })]);
    expect(rejected.map(({ start, reasons }) => [clock(start), reasons[0]!.reason])).toEqual(
      ['11', '12', '13', '14', '15'].map((hour) => [`2026-06-01T${hour}:00`, 'outside_working_hours']),
    );
    const whole = onMonday([person('ana', hours('08:00-17:00'), { away: hours('08:00-18:00') })]).rejected;
    expect(whole.map(({ start, reasons }) => [clock(start), reasons]).slice(0, 2)).toEqual([
      ['2026-06-01T17:00', [{ id: 'ana', reason: 'outside_working_hours' }]],
      ['2026-06-01T08:00', [{ id: 'ana', reason: 'busy' }]],
    ]);
  });

  it('finds nothing for New York, Paris and Kolkata, and returns who is outside working hours at the closest times', () => {
    const { slots, rejected } = meet('2026-06-01', ['America/New_York', 'Europe/Paris', 'Asia/Kolkata']);
    expect(slots).toEqual([]);
    expect(rejected.map(({ start, reasons }) => [clock(start), reasons])).toEqual([
      ['2026-06-01T07:00', [{ id: 'America/New_York', reason: 'outside_working_hours' }]],
      ['2026-06-01T08:00', [{ id: 'America/New_York', reason: 'outside_working_hours' }]],
      ['2026-06-01T09:00', [{ id: 'America/New_York', reason: 'outside_working_hours' }]],
      ['2026-06-01T10:00', [{ id: 'America/New_York', reason: 'outside_working_hours' }]],
      ['2026-06-01T13:00', [{ id: 'Asia/Kolkata', reason: 'outside_working_hours' }]],
    ]);
  });
});

describe('bestTimes for a series', () => {
  const TUESDAY = { start: at('2026-06-02T08:00:00Z'), end: at('2026-06-02T12:00:00Z') };
  const weekly = (attendees: Attendee[], limit = 5, window = TUESDAY): BestTimes => {
    const question = { window, length: 3_600, zoneName: 'UTC' };
    return bestTimes(attendees, seriesCandidates(question, parseRrule('FREQ=WEEKLY;BYDAY=TU')), 0, limit);
  };
  const summarise = ({ occurrences, free }: Slot): string =>
    `${clock(occurrences[0]!.start)} ${free}/${occurrences.length}`;
  const busyOn = (...dates: string[]): Interval[] =>
    dates.map((date) => ({ start: at(`${date}T08:00:00Z`), end: at(`${date}T10:00:00Z`) }));

  it('ranks times at which every occurrence works first, and lists the taken occurrences of the others', () => {
    const { slots, nearMiss } = weekly([person('ana', busyOn('2026-06-23')), person('ben', [])]);
    expect(slots.map(summarise)).toEqual([
      '2026-06-02T10:00 10/10',
      '2026-06-02T11:00 10/10',
      '2026-06-02T08:00 9/10',
      '2026-06-02T09:00 9/10',
    ]);
    expect(nearMiss!.taken).toEqual([
      { start: at('2026-06-23T08:00:00Z'), end: at('2026-06-23T09:00:00Z'), id: 'ana', reason: 'busy' },
    ]);
  });

  it('does not suggest the same series a week later', () => {
    const twoWeeks = { start: TUESDAY.start, end: TUESDAY.start + 8 * 86_400 };
    const found = weekly([person('ana', [])], 3, twoWeeks).slots;
    expect(found.map(summarise)).toEqual([
      '2026-06-02T08:00 10/10',
      '2026-06-02T09:00 10/10',
      '2026-06-02T10:00 10/10',
    ]);
  });

  it('counts optional people as free only if they are available for every occurrence', () => {
    const ben = person('ben', busyOn('2026-07-14'), { required: false });
    const { slots } = weekly([person('ana', []), ben], 4);
    expect(slots.map((slot) => [summarise(slot).slice(11, 16), slot.optionalFree])).toEqual([
      ['10:00', ['ben']],
      ['11:00', ['ben']],
      ['08:00', []],
      ['09:00', []],
    ]);
  });

  it('finds occurrences outside working hours when only one of two zones changes its clocks', () => {
    const window = { start: at('2026-10-13T13:00:00Z'), end: at('2026-10-13T16:00:00Z') };
    const question = { window, length: 3_600, zoneName: 'America/New_York' };
    const candidates = seriesCandidates(question, parseRrule('FREQ=WEEKLY'));
    const span = { start: window.start, end: window.end + 366 * 86_400 };
    const people = [inZone('ny', 'America/New_York', span), inZone('paris', 'Europe/Paris', span)];
    const { slots } = bestTimes(people, candidates, 0, 1);
    // 9:00 and 10:00 in New York are 15:00 and 16:00 in Paris, and an hour earlier in the last week of October.
    expect(slots.map(summarise)).toEqual(['2026-10-13T13:00 10/10']);
    const late = bestTimes(people, candidates.slice(5), 0, 1).slots[0]!;
    expect(summarise(late)).toBe('2026-10-13T14:15 1/10');
    expect(new Set(late.taken.map(({ id, reason }) => `${id} ${reason}`))).toEqual(
      new Set(['paris outside_working_hours']),
    );
  });

  it('rejects a time at which no occurrence works', () => {
    const always = busyOn(
      ...Array.from({ length: 10 }, (_, week) => clock(TUESDAY.start + week * 7 * 86_400).slice(0, 10)),
    );
    const { slots, rejected } = weekly([person('ana', always)]);
    expect(slots.map(summarise)).toEqual(['2026-06-02T10:00 10/10', '2026-06-02T11:00 10/10']);
    expect(rejected[0]).toMatchObject({ start: TUESDAY.start, reasons: [{ id: 'ana', reason: 'busy' }] });
  });

  it('names first, of the times that suit nobody, those nearest to working hours, and no night before an evening', () => {
    const saturday = { start: at('2026-06-06T00:00:00Z'), end: at('2026-06-07T00:00:00Z') };
    const attendee = (id: string, zone: string): Attendee => ({
      ...inZone(id, zone, saturday),
      distance: (time) => distanceFromHours(NINE_TO_FIVE, zone, time),
    });
    const rejected = (...attendees: Attendee[]): string[] =>
      bestTimes(attendees, singleCandidates({ window: saturday, length: 1_800, zoneName: 'UTC' }), 0, 5).rejected.map(
        ({ start }) => clock(start).slice(11),
      );
    expect(rejected(attendee('ana', 'UTC'))).toEqual(['09:00', '09:30', '10:00', '10:30', '11:00']);
    // 14:00 in Paris is 8:00 in New York, and 12:00 UTC.
    expect(rejected(attendee('ana', 'Europe/Paris'), attendee('sam', 'America/New_York'))[0]).toBe('13:00');
    // 17:15 in Tokyo: nobody is further from their working hours than three quarters of an hour.
    const far = rejected(attendee('ana', 'UTC'), attendee('kim', 'Asia/Tokyo'));
    expect(far[0]).toBe('08:15');
  });

  it('measures how far a time of day is from working hours', () => {
    const distance = (from: string, to: string): number =>
      distanceFromHours(NINE_TO_FIVE, 'UTC', { start: at(`2026-06-06T${from}:00Z`), end: at(`2026-06-06T${to}:00Z`) });
    expect(distance('09:00', '10:00')).toBe(0);
    expect(distance('16:00', '17:00')).toBe(0);
    expect(distance('08:00', '09:00')).toBe(3_600);
    expect(distance('16:30', '17:30')).toBe(1_800);
    expect(distance('20:00', '21:00')).toBe(4 * 3_600);
    expect(distance('03:00', '04:00')).toBe(6 * 3_600);
    expect(distance('08:00', '18:00')).toBe(3_600);
  });
});
