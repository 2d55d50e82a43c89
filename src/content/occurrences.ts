import { formatLocalTime, stampOf } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';
import { compileRecord } from '../platform/records/compile-record.js';
import { camelCase } from './columns.js';
import { OCCURRENCE_FIELDS, type OccurrenceContent } from './fields.js';
import { type EventContent, isAdjusted, isSeries } from './event-content.js';
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
 * A window of time as a person sees it, in epoch seconds. All-day events float: they overlap it by their dates, which are
 * compared with the clocks of the person's `zone`. Without a zone, they overlap it as instants.
 */
export interface ReaderWindow extends Window {
  readonly zone?: string;
}

/** Longer than the difference between the clocks of any two zones. */
export const MAX_ZONE_DIFFERENCE = 27 * 3_600;

/** Returns true when an occurrence of an event (epoch seconds) overlaps a window. Pure. */
export function overlapsWindow(
  { allDay, timeZone }: Pick<EventContent, 'allDay' | 'timeZone'>,
  { start, end }: { start: number; end: number },
  { from, to, zone }: ReaderWindow,
): boolean {
  if (!allDay || zone === undefined) return start < to && end > from;
  const dateOf = (epochSecond: number): number => stampOf({ ...toLocal(epochSecond, timeZone), second: 0 });
  const shown = (bound: number): number => (Number.isFinite(bound) ? stampOf(toLocal(bound, zone)) : bound);
  return dateOf(start) < shown(to) && dateOf(end) > shown(from);
}

/** Which of the occurrences in a window are listed. */
export interface OccurrenceChoice {
  /** Those after it. */
  after?: OccurrenceKey | null;
  /** Those that start at this time (epoch seconds) at the latest. */
  until?: number;
  accepts?: (occurrence: EventOccurrence) => boolean;
}

/**
 * Returns up to `limit` occurrences that overlap a window (half-open) and are chosen, by start, then by original start. A
 * single event has one occurrence. Pure.
 */
export function listOccurrences(
  content: EventContent,
  window: ReaderWindow,
  limit: number,
  { after = null, until = Infinity, accepts = () => true }: OccurrenceChoice = {},
): EventOccurrence[] {
  const wanted = (occurrence: EventOccurrence): boolean =>
    isAfter(occurrence, after) && overlapsWindow(content, occurrence, window) && accepts(occurrence);
  const plain = valuesOf(content);
  if (!isSeries(content))
    return [toSingleOccurrence(content, plain)].filter(({ start }) => start <= until).filter(wanted);
  const series = seriesOf(content);
  const floats = content.allDay && window.zone !== undefined;
  const [from, to] = floats
    ? [window.from - MAX_ZONE_DIFFERENCE, window.to + MAX_ZONE_DIFFERENCE]
    : [window.from, window.to];
  const rest = { from: Math.max(from, after?.start ?? -Infinity), to: Math.min(to, until + 1) };
  // Occurrences that began before the key and overlap the rest of the window come first; they are skipped.
  for (let take = limit + 1; ; take *= 2) {
    const found = expand(series, rest, take);
    const kept = found.map((occurrence) => toEventOccurrence(plain, occurrence)).filter(wanted);
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

function toSingleOccurrence(content: EventContent, values: OccurrenceContent): EventOccurrence {
  return {
    start: content.startTime.getTime() / 1_000,
    end: content.endTime.getTime() / 1_000,
    original: content.localStart,
    adjusted: isAdjusted(content),
    overridden: false,
    values,
  };
}

function toEventOccurrence(
  plain: OccurrenceContent,
  { start, end, original, adjusted, override }: Occurrence,
): EventOccurrence {
  const values = override ? { ...plain, ...overrideContent(override) } : plain;
  return { start, end, original: formatLocalTime(original), adjusted, overridden: override !== undefined, values };
}

const valuesOf = compileRecord<EventContent, OccurrenceContent>(
  OCCURRENCE_FIELDS.map((field) => [camelCase(field), camelCase(field)]),
);

const isAfter = ({ start, original }: EventOccurrence, key: OccurrenceKey | null): boolean =>
  key === null || start > key.start || (start === key.start && original > key.original);
