import { describe, expect, it } from 'vitest';
import { expand } from './expand.js';
import { seriesFromICalendar, type ICalendarTimes } from './icalendar-series.js';
import { formatICalendarTime } from '../time/local-time.js';

function names(times: Partial<ICalendarTimes>): string[] {
  const series = seriesFromICalendar({
    dtstart: '20260601T100000',
    tzid: 'Europe/Paris',
    rrule: ['FREQ=DAILY;COUNT=3'],
    rdate: [],
    exdate: [],
    ...times,
  });
  return expand(series, { from: -Infinity, to: Infinity }, 20).map(({ original }) =>
    formatICalendarTime(original).slice(4, 13),
  );
}

describe('seriesFromICalendar', () => {
  it('reads times in UTC as local times of the series', () => {
    expect(names({ rdate: ['20260610T160000Z'], exdate: ['20260602T080000Z'] })).toEqual([
      '0601T1000',
      '0603T1000',
      '0610T1800',
    ]);
  });

  it('reads an RDATE or EXDATE without a time as that day when the start has a time', () => {
    expect(names({ rrule: ['FREQ=DAILY;BYHOUR=10,15;COUNT=5'], exdate: ['20260602'] })).toEqual([
      '0601T1000',
      '0601T1500',
      '0603T1000',
    ]);
    expect(names({ rdate: ['20260610'] }).at(-1)).toBe('0610T1000');
  });

  it('keeps only the dates of all-day components, and only the start of periods', () => {
    expect(names({ dtstart: '20260601', tzid: null, rdate: ['20260610T100000Z'] }).at(-1)).toBe('0610T0000');
    expect(names({ rdate: ['20260610T120000/PT1H'] }).at(-1)).toBe('0610T1200');
  });

  it('uses UTC if the start is in UTC and there is no zone, and floats without either', () => {
    const zoneOf = (dtstart: string) =>
      seriesFromICalendar({ dtstart, tzid: null, rrule: [], rdate: [], exdate: [] }).zone;
    expect([zoneOf('20260601T100000Z'), zoneOf('20260601T100000')]).toEqual(['UTC', null]);
  });

  it('counts a start that is not in its pattern', () => {
    expect(names({ rrule: ['FREQ=WEEKLY;BYDAY=TU;COUNT=2'] })).toEqual(['0601T1000', '0602T1000']);
  });

  it.each([
    ['several rules', { rrule: ['FREQ=DAILY', 'FREQ=WEEKLY'] }, 'several_rules'],
    ['no start', { dtstart: undefined }, 'invalid_time'],
    ['an unknown zone', { tzid: 'Mars/Olympus', dtstart: '20260601T100000Z' }, 'unknown_time_zone'],
    ['a bad date', { exdate: ['20260230'] }, 'invalid_time'],
  ])('rejects %s', (_, times, code) => {
    expect(() => names(times as Partial<ICalendarTimes>)).toThrow(expect.objectContaining({ code }));
  });
});
