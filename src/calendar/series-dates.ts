import { localOf, type LocalTime, SECONDS_IN_DAY, stampOf } from '../time/local-time.js';
import { toInstant } from '../time/time-zone.js';
import { durationBetween, type Duration, endOf, type Override, type Series } from '../recurrence/series.js';
import { compileSeries, type SeriesTimes } from '../recurrence/series-times.js';
import { MAX_DATES } from '../content/draft-recurrence.js';
import { UnreadableEvent } from './calendar-file-error.js';
import { parseDuration } from './calendar-duration.js';
import { type CalendarTime, dayOf, listValues, localIn, originalsOf, readTimes, readValue } from './calendar-time.js';
import { type Component, propertiesOf } from './component.js';
import type { FileZones } from './file-zones.js';
import type { Warn } from './import-rule.js';
import type { Property } from './property.js';

const MAX_DATES_READ = 2 * MAX_DATES;

/**
 * Returns a series with the RDATEs of its component, and with overrides for periods of another length. A date beside a
 * timed series is that day at the time of the start.
 */
export function addDates(series: Series, component: Component, zones: FileZones, warn: Warn): Series {
  refuseMany(component, 'RDATE');
  const added = new Map<number, LocalTime>(series.added.map((time) => [stampOf(time), time]));
  const overrides: Override[] = [];
  for (const property of propertiesOf(component, 'RDATE')) {
    for (const value of listValues(property)) {
      const [from = '', length] = value.split('/');
      const time = readValue(property, from, zones);
      const local = startOfDate(time, series);
      if (local === null) {
        warn(property, 'The clocks show this time twice, and a series can only have the first.');
        continue;
      }
      if (stampOf(local) === stampOf(series.start)) continue;
      added.set(stampOf(local), local);
      const duration =
        length === undefined || time.isDate ? null : readLength(property, length, time.instant, series, zones, warn);
      if (duration) overrides.push({ original: local, duration, content: {} });
    }
  }
  return { ...series, added: [...added.values()].sort((a, b) => stampOf(a) - stampOf(b)), overrides };
}

/** Counts dates before any is read. A file may name some of them more than once. */
function refuseMany(component: Component, name: string): void {
  let count = 0;
  for (const { value, line } of propertiesOf(component, name)) {
    for (let at = 0; at >= 0 && count <= MAX_DATES_READ; at = value.indexOf(',', at + 1)) count += 1;
    if (count > MAX_DATES_READ) {
      throw new UnreadableEvent(line, `${name}: a series can have at most ${MAX_DATES} of these dates.`);
    }
  }
}

function startOfDate(time: CalendarTime, { allDay, start, zone }: Series): LocalTime | null {
  if (allDay) return { day: dayOf(time), second: 0 };
  if (time.isDate) return { day: time.day, second: start.second };
  const local = localIn(time, zone!);
  return toInstant(local, zone).epochSecond === time.instant || time.zone === zone ? local : null;
}

/** Returns the length of a period (RFC 5545 §3.3.9) when it is another one than that of the series. */
function readLength(
  property: Property,
  text: string,
  start: number,
  { duration, zone, allDay }: Series,
  zones: FileZones,
  warn: Warn,
): Duration | null {
  if (allDay) return null;
  const given = parseDuration(text);
  const end = given ? endOf(start, given, zone) : endInstant(readValue(property, text, zones), start);
  if (end <= start) warn(property, 'A period has no length; the occurrence has that of the series.');
  return end <= start || end === endOf(start, duration, zone) ? null : durationBetween(start, end, zone);
}

const endInstant = (time: CalendarTime, start: number): number => (time.isDate ? start : time.instant);

/**
 * Returns the original starts that EXDATEs exclude: they name instants, and are compared as such. A date beside a timed
 * series excludes that day; a time beside an all-day series, its date on the clock that it names. Others exclude nothing.
 */
export function readExcluded(series: Series, component: Component, zones: FileZones): LocalTime[] {
  refuseMany(component, 'EXDATE');
  const times = propertiesOf(component, 'EXDATE').flatMap((property) => readTimes(property, zones));
  if (times.length === 0) return [];
  const compiled = compileSeries(series);
  const excluded = new Set<number>();
  for (const time of times) {
    if (series.allDay) excluded.add(dayOf(time) * SECONDS_IN_DAY);
    else if (time.isDate) for (const stamp of startsOn(time.day, compiled)) excluded.add(stamp);
    else
      for (const stamp of originalsOf(time, series.zone!)
        .filter((one) => compiled.has(one))
        .slice(0, 1))
        excluded.add(stamp);
  }
  return [...excluded]
    .filter((stamp) => compiled.has(stamp))
    .sort((a, b) => a - b)
    .map(localOf);
}

/** Returns the original starts of a series on a day. */
function startsOn(day: number, { rule, added }: SeriesTimes): number[] {
  const isOn = (stamp: number): boolean => Math.floor(stamp / SECONDS_IN_DAY) === day;
  const found = added.filter(isOn);
  rule.forward(day * SECONDS_IN_DAY, (stamp) => {
    if (isOn(stamp)) found.push(stamp);
    return isOn(stamp);
  });
  return found;
}

/**
 * Returns the original start that a RECURRENCE-ID names, and whether the series has it. A time that the series does not
 * have is named by its wall time.
 */
export function findOriginal(
  { series, compiled }: CompiledSeries,
  time: CalendarTime,
): { original: LocalTime; occurs: boolean; excluded: boolean } {
  const isIn = (one: number): boolean => compiled.has(one) || compiled.excluded.has(one);
  const stamps = candidatesOf({ series, compiled }, time);
  const stamp = stamps.find(isIn) ?? stamps[0] ?? stampOf(localIn(time, series.zone!));
  return { original: localOf(stamp), occurs: isIn(stamp), excluded: compiled.excluded.has(stamp) };
}

/** A series, compiled once for many questions. */
export interface CompiledSeries {
  series: Series;
  compiled: SeriesTimes;
}

function candidatesOf({ series, compiled }: CompiledSeries, time: CalendarTime): number[] {
  if (series.allDay) return [dayOf(time) * SECONDS_IN_DAY];
  return time.isDate ? startsOn(time.day, compiled) : originalsOf(time, series.zone!);
}
