import { localOf, type LocalTime, stampOf } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import type { Override, Series } from '../recurrence/series.js';

/**
 * Converts a series to another zone, to all-day or back to times of day, before it moves to its new start. Occurrences
 * that were moved stay at their instant, or on their day. Pure.
 * @param newStart time of day for occurrences that had only a date
 */
export function changeClock(series: Series, zone: string | null, allDay: boolean, newStart: LocalTime): Series {
  if (zone !== series.zone || allDay !== series.allDay) series = { ...series, rule: untilOnClock(series) };
  if (allDay && !series.allDay) return { ...toAllDay(series), zone, allDay };
  const overrides = series.overrides.map((override) => {
    const { duration, ...rest } = toClock(series, override, { zone, allDay, newStart });
    return duration && series.allDay === allDay ? { ...rest, duration } : rest;
  });
  return { ...series, zone, allDay, overrides };
}

/** Returns an override with its own start, if it has one, on other clocks. */
function toClock(
  series: Series,
  override: Override,
  { zone, allDay, newStart }: { zone: string | null; allDay: boolean; newStart: LocalTime },
): Override {
  if (!override.start) return override;
  if (series.allDay)
    return allDay ? override : { ...override, start: { day: override.start.day, second: newStart.second } };
  if (zone === series.zone) return override;
  const { epochSecond } = toInstant(override.start, override.zone ?? series.zone);
  const { zone: _inUtc, ...rest } = { ...override, start: toLocal(epochSecond, zone) };
  // The second of two equal wall times can be expressed only in UTC.
  const isFirst = toInstant(rest.start, zone).epochSecond === epochSecond;
  return isFirst ? rest : { ...rest, start: localOf(epochSecond), zone: 'UTC' };
}

/** Returns the rule with an UNTIL on the clock of the series, which then means the same occurrences in another zone. */
function untilOnClock({ rule, zone, start }: Series): RecurrenceRule | null {
  if (!rule?.until || rule.until.form === 'date') return rule;
  const local = rule.until.form === 'local' ? rule.until.local : toLocal(rule.until.epochSecond, zone);
  if (rule.byHour || rule.byMinute || rule.bySecond) return { ...rule, until: { form: 'local', local } };
  const day = local.second >= start.second ? local.day : local.day - 1;
  return { ...rule, until: { form: 'date', day } };
}

function toAllDay(series: Series): Series {
  const dayOf = ({ day }: LocalTime): LocalTime => ({ day, second: 0 });
  const daysOf = (times: readonly LocalTime[]): LocalTime[] => [...new Set(times.map(dayOf).map(stampOf))].map(localOf);
  return {
    ...series,
    start: dayOf(series.start),
    added: daysOf(series.added),
    excluded: daysOf(series.excluded),
    overrides: series.overrides.map(({ duration: _inSeconds, zone, ...override }) => {
      const start =
        override.start && (zone ? toLocal(toInstant(override.start, zone).epochSecond, series.zone) : override.start);
      return { ...override, ...(start ? { start: dayOf(start) } : {}), original: dayOf(override.original) };
    }),
  };
}
