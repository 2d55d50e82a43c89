import { SECONDS_IN_DAY, localOf, parseICalendarTime, stampOf, type LocalTime } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { parseRrule } from './rrule-text.js';
import { compileSeries } from './series-times.js';
import type { Duration, Series } from './series.js';
import { getZone } from '../time/zone.js';

/** The property values of an iCalendar component that make up its times, as text. */
export type ICalendarTimes = {
  /** `20260601T100000`, `20260601T080000Z` or, for all-day components, `20260601`. */
  dtstart: string;
  /** The zone of all local times. Null means floating, or UTC if `dtstart` ends in Z. */
  tzid: string | null;
  rrule: readonly string[];
  rdate: readonly string[];
  exdate: readonly string[];
  /** Defaults to one day for all-day components, and to zero otherwise (RFC 5545 §3.6.1). */
  duration?: Duration;
};

/**
 * Builds the series of an imported component. Its start always counts (see `Series`). Times in UTC become local times
 * in the zone of the series. Beside a timed start, an RDATE that is only a date means that day at the time of the
 * start; an EXDATE that is only a date means every occurrence on that day.
 * @throws TimeError `several_rules`, `invalid_time`, `unknown_time_zone`, or what `parseRrule` throws
 */
export function seriesFromICalendar(times: ICalendarTimes): Series {
  if (times.rrule.length > 1) {
    // RFC 5545 §3.8.5.3 advises against several rules and leaves their meaning undefined.
    throw new TimeError('several_rules', '', 'A component can have only one RRULE.');
  }
  if (typeof times.dtstart !== 'string') throw new TimeError('invalid_time', '', 'A component needs a DTSTART.');
  const allDay = times.dtstart.length === 8;
  const zone = times.tzid ?? (times.dtstart.endsWith('Z') ? 'UTC' : null);
  const start = readTime(times.dtstart, zone);
  const series: Series = {
    start,
    zone,
    allDay,
    duration: times.duration ?? { days: allDay ? 1 : 0, seconds: 0 },
    rule: times.rrule[0] === undefined ? null : parseRrule(times.rrule[0]),
    added: times.rdate.map((text) => readAdded(text, zone, start, allDay)),
    excluded: [],
    overrides: [],
    startAlwaysCounts: true,
  };
  return { ...series, excluded: times.exdate.flatMap((text) => readExcluded(text, series)) };
}

function readTime(text: string, zone: string | null): LocalTime {
  if (!text.endsWith('Z')) return parseICalendarTime(text);
  return localOf(getZone(zone).toStamp(stampOf(parseICalendarTime(text.slice(0, -1)))));
}

function readAdded(text: string, zone: string | null, start: LocalTime, allDay: boolean): LocalTime {
  const [timeOfPeriod = ''] = text.split('/');
  const { day, second } = readTime(timeOfPeriod, zone);
  if (allDay) return { day, second: 0 };
  return { day, second: timeOfPeriod.length === 8 ? start.second : second };
}

function readExcluded(text: string, series: Series): LocalTime[] {
  const time = readTime(text, series.zone);
  if (series.allDay) return [{ day: time.day, second: 0 }];
  return text.length === 8 ? occurringOn(time.day, series) : [time];
}

function occurringOn(day: number, series: Series): LocalTime[] {
  const found = series.added.filter((added) => added.day === day);
  compileSeries(series).rule.forward(day * SECONDS_IN_DAY, (stamp) => {
    const time = localOf(stamp);
    if (time.day === day) found.push(time);
    return time.day === day;
  });
  return found;
}
