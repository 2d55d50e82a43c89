import { localOf, type LocalTime, stampOf } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import type { Override, Series } from '../recurrence/series.js';

/**
 * The series as another clock tells it, before it moves to its new start: in another zone, in whole days, or in hours
 * again. Occurrences that were put at a time of their own stay at that instant, or on that day.
 * @param newStart time of day for what had only a date
 */
export function onClock(series: Series, zone: string | null, allDay: boolean, newStart: LocalTime): Series {
  if (allDay && !series.allDay) return { ...inWholeDays(series), zone, allDay };
  const told = (start: LocalTime): LocalTime => {
    if (series.allDay) return allDay ? start : { day: start.day, second: newStart.second };
    return zone === series.zone ? start : toLocal(toInstant(start, series.zone).epochSecond, zone);
  };
  const overrides = series.overrides.map((override) => {
    const { duration, ...rest } = withStart(override, told);
    return duration && series.allDay === allDay ? { ...rest, duration } : rest;
  });
  return { ...series, zone, allDay, overrides };
}

function inWholeDays(series: Series): Series {
  const dayOf = ({ day }: LocalTime): LocalTime => ({ day, second: 0 });
  const daysOf = (times: readonly LocalTime[]): LocalTime[] => [...new Set(times.map(dayOf).map(stampOf))].map(localOf);
  return {
    ...series,
    start: dayOf(series.start),
    added: daysOf(series.added),
    excluded: daysOf(series.excluded),
    overrides: series.overrides.map(({ duration: _inHours, ...override }) => ({
      ...withStart(override, dayOf),
      original: dayOf(override.original),
    })),
  };
}

const withStart = (override: Override, told: (start: LocalTime) => LocalTime): Override =>
  override.start ? { ...override, start: told(override.start) } : override;
