import { localOf, type LocalTime, stampOf } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import type { Override, Series } from '../recurrence/series.js';

/**
 * Converts a series to another zone, to all-day or back to times of day, before it moves to its new start. Occurrences
 * that were moved stay at their instant, or on their day. Pure.
 * @param newStart time of day for occurrences that had only a date
 */
export function changeClock(series: Series, zone: string | null, allDay: boolean, newStart: LocalTime): Series {
  if (allDay && !series.allDay) return { ...toAllDay(series), zone, allDay };
  const toClock = (start: LocalTime): LocalTime => {
    if (series.allDay) return allDay ? start : { day: start.day, second: newStart.second };
    return zone === series.zone ? start : toLocal(toInstant(start, series.zone).epochSecond, zone);
  };
  const overrides = series.overrides.map((override) => {
    const { duration, ...rest } = mapStart(override, toClock);
    return duration && series.allDay === allDay ? { ...rest, duration } : rest;
  });
  return { ...series, zone, allDay, overrides };
}

function toAllDay(series: Series): Series {
  const dayOf = ({ day }: LocalTime): LocalTime => ({ day, second: 0 });
  const daysOf = (times: readonly LocalTime[]): LocalTime[] => [...new Set(times.map(dayOf).map(stampOf))].map(localOf);
  return {
    ...series,
    start: dayOf(series.start),
    added: daysOf(series.added),
    excluded: daysOf(series.excluded),
    overrides: series.overrides.map(({ duration: _inSeconds, ...override }) => ({
      ...mapStart(override, dayOf),
      original: dayOf(override.original),
    })),
  };
}

const mapStart = (override: Override, convert: (start: LocalTime) => LocalTime): Override =>
  override.start ? { ...override, start: convert(override.start) } : override;
