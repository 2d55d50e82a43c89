import { formatLocalTime, type LocalTime, parseLocalTime } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { durationOf, type EventContent } from './event-content.js';
import type { OccurrenceContent, StoredOverride } from './fields.js';
import { parseRrule, printRrule } from '../recurrence/rrule-text.js';
import { endOf, type Override, type Series } from '../recurrence/series.js';

/** The content of an override besides its times. The recurrence engine passes it through. */
type OverrideContent = Partial<OccurrenceContent>;

/** Returns the times of an event as a series of the recurrence engine. */
export function seriesOf(content: EventContent): Series {
  return {
    start: parseLocalTime(content.localStart),
    zone: content.timeZone,
    allDay: content.allDay,
    duration: durationOf(content),
    rule: content.rrule === null ? null : parseRrule(content.rrule),
    added: content.added.map(parseLocalTime),
    excluded: content.excluded.map(parseLocalTime),
    overrides: content.overrides.map(toEngineOverride),
  };
}

/**
 * Returns the content with the times of a series; the inverse of `seriesOf`. Instants are derived from the wall times.
 */
export function applySeries(content: EventContent, series: Series): EventContent {
  const timeZone = series.zone ?? content.timeZone;
  const start = toInstant(series.start, timeZone).epochSecond;
  const end = endOf(start, series.duration, timeZone, series.allDay);
  return {
    ...content,
    timeZone,
    allDay: series.allDay,
    startTime: new Date(start * 1_000),
    endTime: new Date(end * 1_000),
    localStart: formatLocalTime(series.start),
    localEnd: formatLocalTime(series.allDay ? dayAfter(series.start, series.duration.days) : toLocal(end, timeZone)),
    rrule: series.rule && printRrule(series.rule),
    added: series.added.map(formatLocalTime),
    excluded: series.excluded.map(formatLocalTime),
    overrides: series.overrides.map(toStoredOverride),
  };
}

const dayAfter = ({ day }: LocalTime, days: number): LocalTime => ({ day: day + days, second: 0 });

/** Returns the content of the override of an occurrence; empty when it has none. */
export function overrideContent(override: Override | undefined): OverrideContent {
  return override?.content ?? {};
}

/** Returns when an occurrence with an override takes place, on the clock of the series; an all-day one ends at midnight. */
export function occurrenceSpan(
  content: EventContent,
  { original, start, duration = durationOf(content) }: StoredOverride,
): { start: LocalTime; end: LocalTime; allDay: boolean } {
  const { timeZone, allDay } = content;
  const from = parseLocalTime(start ?? original);
  if (allDay) return { start: from, end: dayAfter(from, duration.days), allDay };
  const end = endOf(toInstant(from, timeZone).epochSecond, duration, timeZone);
  return { start: from, end: toLocal(end, timeZone), allDay };
}

function toEngineOverride({ original, start, zone, duration, ...content }: StoredOverride): Override {
  return {
    original: parseLocalTime(original),
    ...(start === undefined ? {} : { start: parseLocalTime(start) }),
    ...(zone === undefined ? {} : { zone }),
    ...(duration === undefined ? {} : { duration }),
    content,
  };
}

function toStoredOverride(override: Override): StoredOverride {
  const { original, start, zone, duration } = override;
  return {
    original: formatLocalTime(original),
    ...(start === undefined ? {} : { start: formatLocalTime(start) }),
    ...(zone === 'UTC' ? { zone } : {}),
    ...(duration === undefined ? {} : { duration }),
    ...overrideContent(override),
  };
}
