import { MAX_DATES, MAX_OVERRIDES } from '../content/draft-recurrence.js';
import type { EventContent } from '../content/event-content.js';
import type { OccurrenceContent } from '../content/fields.js';
import { applySeries, seriesOf } from '../content/series.js';
import { durationBetween, endOf, type Override, type Series } from '../recurrence/series.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { compileSeries } from '../recurrence/series-times.js';
import { formatLocalTime, type LocalTime, stampOf } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { UnreadableEvent } from './calendar-file-error.js';
import { readTime } from './calendar-time.js';
import { propertyOf } from './component.js';
import type { Warn } from './import-rule.js';
import { type CompiledSeries, findOriginal } from './series-dates.js';
import type { VEvent } from './vevent.js';
import { readVEventTimes, type VEventTimes } from './vevent-times.js';
import { readKept, readValues, UNTITLED } from './vevent-values.js';

/** Content with the overrides of a file, and the lines to keep by original start. */
export interface Overridden {
  content: EventContent;
  kept: Record<string, string[]>;
}

/**
 * Applies the single occurrences of a file to the content of their series. An occurrence that the series does not have
 * becomes an added date, so that nothing is lost.
 * @param report receives the occurrences that cannot be read; they stay as the series says
 */
export async function applyOverrides(
  content: EventContent,
  events: VEvent[],
  warnOf: (event: VEvent) => Warn,
): Promise<Overridden> {
  const kept: Record<string, string[]> = {};
  const slices = new TimeSlices();
  const whole = seriesOf(content);
  const overrides = new Map<number, Override>(whole.overrides.map((one) => [stampOf(one.original), one]));
  let series = compiledOf(whole);
  for (const event of events) {
    await slices.pause();
    const warn = warnOf(event);
    try {
      const { override, added } = readOverride(series, overrides, content, event, warn);
      if (!override) continue;
      const stamp = stampOf(override.original);
      const isFull = overrides.size >= MAX_OVERRIDES && !overrides.has(stamp);
      if (isFull || (added && series.series.added.length >= MAX_DATES)) {
        throw new UnreadableEvent(
          event.component.line,
          `A series can have at most ${MAX_OVERRIDES} changed occurrences.`,
        );
      }
      if (added) series = compiledOf(addDate(series.series, override.original));
      if (Object.keys(override).length === 1) overrides.delete(stamp);
      else overrides.set(stamp, override);
      const lines = readKept(event.component, warn);
      if (lines.length > 0) kept[formatLocalTime(override.original)] = lines;
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      warn(
        { name: 'RECURRENCE-ID', line: error.line },
        `${error.reason} The occurrence was left as the series has it.`,
      );
    }
  }
  const sorted = [...overrides].sort(([a], [b]) => a - b).map(([, override]) => override);
  return { content: applySeries(content, { ...series.series, overrides: sorted }), kept };
}

const compiledOf = (series: Series): CompiledSeries => ({ series, compiled: compileSeries(series) });

const addDate = (series: Series, date: LocalTime): Series => ({
  ...series,
  added: [...series.added, date].sort((a, b) => stampOf(a) - stampOf(b)),
});

function readOverride(
  compiled: CompiledSeries,
  overrides: ReadonlyMap<number, Override>,
  content: EventContent,
  event: VEvent,
  warn: Warn,
): { override: Override | null; added: boolean } {
  const { component, zones } = event;
  const { series } = compiled;
  const id = propertyOf(component, 'RECURRENCE-ID')!;
  if (/;RANGE=/i.test(id.head)) warn(id, 'RANGE is not carried over: only this occurrence was changed.');
  const { original, occurs, excluded } = findOriginal(compiled, readTime(id, zones));
  if (excluded) {
    warn(id, 'The series excludes this occurrence.');
    return { override: null, added: false };
  }
  if (event.cancels) {
    if (!occurs) warn(id, 'The event has no such occurrence to cancel.');
    const before = overrides.get(stampOf(original));
    const cancelled = { ...before, original, content: { ...(before?.content as object), status: 'cancelled' } };
    return { override: occurs ? flatten(cancelled) : null, added: false };
  }
  const times = readVEventTimes(component, zones, warn);
  const moved = placeOverride(series, original, times, id, warn);
  const values = readValues(component, warn);
  const differing = Object.entries(values).filter(
    ([name, value]) => value !== content[name as keyof OccurrenceContent] && !(name === 'title' && value === UNTITLED),
  );
  return { override: flatten({ original, ...moved, content: Object.fromEntries(differing) }), added: !occurs };
}

/** Returns an override without the content that it does not have. */
function flatten(override: Override): Override {
  const { content, ...rest } = override;
  return Object.keys(content as object).length === 0 ? rest : override;
}

/** Returns the start and the duration that an occurrence has of its own. */
function placeOverride(
  series: Series,
  original: LocalTime,
  times: VEventTimes,
  id: { name: string; line: number },
  warn: Warn,
): Pick<Override, 'start' | 'zone' | 'duration'> {
  const { allDay, zone, duration } = series;
  if (times.allDay !== allDay) {
    warn(id, 'An occurrence is all-day when its series is, and only then; its day was kept.');
  }
  if (allDay) {
    const days = times.allDay ? times.duration.days : duration.days;
    return {
      ...(times.start.day === original.day ? {} : { start: { day: times.start.day, second: 0 } }),
      ...(days === duration.days ? {} : { duration: { days, seconds: 0 } }),
    };
  }
  const start = toInstant(times.start, times.allDay ? zone : times.zone).epochSecond;
  const end = times.allDay ? endOf(start, times.duration, zone) : times.end!;
  const local = times.zone === zone || times.allDay ? times.start : toLocal(start, zone);
  // Of two equal wall times, the second can only be named in UTC.
  const isRepeated = toInstant(local, zone).epochSecond !== start;
  const isMoved = isRepeated || stampOf(local) !== stampOf(original);
  return {
    ...(isMoved ? { start: isRepeated ? toLocal(start, 'UTC') : local } : {}),
    ...(isRepeated ? { zone: 'UTC' } : {}),
    ...(endOf(start, duration, zone) === end ? {} : { duration: durationBetween(start, end, zone) }),
  };
}
