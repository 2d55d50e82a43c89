import { formatLocalTime } from '../time/local-time.js';
import { camelCase } from './columns.js';
import { OCCURRENCE_FIELDS, type OccurrenceContent } from './fields.js';
import { type EventContent, isSeries } from './event-content.js';
import { wireLocal, wireOccurrenceTime } from './wire.js';
import { overrideContent, seriesOf } from './series.js';
import { expand, type Occurrence, type Window } from '../recurrence/expand.js';

/** One occurrence of an event with its times and its values. */
export interface EventOccurrence {
  /** Epoch seconds. */
  start: number;
  end: number;
  /** Original local start, which names the occurrence. */
  original: string;
  /** True when the local time is in a DST gap on that day. */
  adjusted: boolean;
  overridden: boolean;
  /** The values of the series, replaced by those that the occurrence overrides. */
  values: OccurrenceContent;
}

/** Where a list of occurrences continues: after this start and, among equal starts, after this original start. */
export interface OccurrenceKey {
  /** Epoch seconds. */
  start: number;
  original: string;
}

/**
 * Returns up to `limit` occurrences that overlap a window (epoch seconds, half-open) and come after a key, by start,
 * then by original start. A single event has one occurrence. Pure.
 * @param accepts filters the occurrences
 */
export function listOccurrences(
  content: EventContent,
  window: Window,
  limit: number,
  after: OccurrenceKey | null = null,
  accepts: (occurrence: EventOccurrence) => boolean = () => true,
): EventOccurrence[] {
  const wanted = (occurrence: EventOccurrence): boolean => isAfter(occurrence, after) && accepts(occurrence);
  if (!isSeries(content)) return [toSingleOccurrence(content)].filter((only) => overlaps(only, window) && wanted(only));
  const series = seriesOf(content);
  const rest = { from: Math.max(window.from, after?.start ?? -Infinity), to: window.to };
  // Occurrences that began before the key and overlap the rest of the window come first; they are skipped.
  for (let take = limit + 1; ; take *= 2) {
    const found = expand(series, rest, take);
    const kept = found.map((occurrence) => toEventOccurrence(content, occurrence)).filter(wanted);
    if (kept.length >= limit || found.length < take) return kept.slice(0, limit);
  }
}

/** Returns the times of an occurrence as clients see them. */
export function wireOccurrence(
  content: EventContent,
  occurrence: EventOccurrence,
): { start_time: string; end_time: string; original_start: string } {
  return {
    start_time: wireOccurrenceTime(occurrence.start, content),
    end_time: wireOccurrenceTime(occurrence.end, content),
    original_start: wireLocal(occurrence.original, content),
  };
}

function toSingleOccurrence(content: EventContent): EventOccurrence {
  return {
    start: content.startTime.getTime() / 1_000,
    end: content.endTime.getTime() / 1_000,
    original: content.localStart,
    adjusted: false,
    overridden: false,
    values: valuesOf(content),
  };
}

function toEventOccurrence(
  content: EventContent,
  { start, end, original, adjusted, override }: Occurrence,
): EventOccurrence {
  const values = { ...valuesOf(content), ...overrideContent(override) };
  return { start, end, original: formatLocalTime(original), adjusted, overridden: override !== undefined, values };
}

const valuesOf = (content: EventContent): OccurrenceContent =>
  Object.fromEntries(
    OCCURRENCE_FIELDS.map((field) => [camelCase(field), content[camelCase(field)]]),
  ) as unknown as OccurrenceContent;

const overlaps = ({ start, end }: EventOccurrence, { from, to }: Window): boolean => start < to && end > from;

const isAfter = ({ start, original }: EventOccurrence, key: OccurrenceKey | null): boolean =>
  key === null || start > key.start || (start === key.start && original > key.original);
