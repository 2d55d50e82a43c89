import { expand, previous } from '../../src/recurrence/expand.js';
import { seriesFromICalendar } from '../../src/recurrence/icalendar-series.js';
import {
  formatICalendarDate,
  formatICalendarTime,
  localOf,
  parseICalendarTime,
  stampOf,
} from '../../src/time/local-time.js';
import { durationBetween, type Series } from '../../src/recurrence/series.js';
import { toInstant, toLocal } from '../../src/time/time-zone.js';

/** One case of a vectors file: what another test suite, or the RFC itself, expects of a set of iCalendar properties. */
export type Vector = {
  id: string;
  class: 'core' | 'unsynced' | 'invalid-input' | 'overrides';
  dtstart: string;
  /** Of all local times; absent: floating. */
  tzid?: string;
  dtend?: string;
  rrule: string[];
  rdate?: string[];
  exdate?: string[];
  overrides?: { recurrenceId: string; dtstart: string }[];
  window?: { start: string; end: string | null; inc?: boolean | null; overlap?: boolean };
  /** Only the first so many are listed. */
  limit?: number;
  /** Whether `expected` is everything (in the window). */
  complete?: boolean;
  /** Dates, local times of `expectedTzid` or `tzid`, or instants ending in Z. */
  expected?: string[];
  expectedTzid?: string;
  query?: { method: 'before'; at: string; inc: boolean };
};

type Instants = { from: number; to: number; includes: (start: number, end: number) => boolean };

const MORE_THAN_ANY_VECTOR_HAS = 1_000_000;

/** RFC 7529 and frequencies below daily, which the engine refuses on purpose. */
export function isOutOfScope({ rrule }: Vector): boolean {
  return /RSCALE|HOURLY|MINUTELY|SECONDLY/.test(rrule.join());
}

/**
 * All answers that a case allows, spelled like `expected`. There is one, except where the sources leave something open:
 * whether a start counts that its rule doesn't match (undefined in RFC 5545), and which ends of a window belong to it.
 */
export function answers(vector: Vector): string[][] {
  return readings(vector).flatMap((series) =>
    windows(vector, series.zone).map((window) => answer(vector, series, window)),
  );
}

function readings(vector: Vector): Series[] {
  const zone = vector.tzid ?? null;
  const series = seriesFromICalendar({
    dtstart: vector.dtstart,
    tzid: zone,
    rrule: vector.rrule,
    rdate: vector.rdate ?? [],
    exdate: vector.exdate ?? [],
    ...(vector.dtend && {
      duration: durationBetween(instantOf(vector.dtstart, zone), instantOf(vector.dtend, zone), zone),
    }),
  });
  const overrides = (vector.overrides ?? []).map(({ recurrenceId, dtstart }) => ({
    original: toLocal(instantOf(recurrenceId, zone), zone),
    start: toLocal(instantOf(dtstart, zone), zone),
  }));
  const startCounts = { ...series, overrides };
  const startIsNothing = { ...startCounts, startAlwaysCounts: false };
  const startIsExtra = { ...startIsNothing, added: [...series.added, series.start] };
  return [startCounts, startIsNothing, startIsExtra];
}

function windows({ window }: Vector, zone: string | null): Instants[] {
  const everything = { from: -Infinity, to: Infinity, includes: () => true };
  if (!window) return [everything];
  const from = instantOf(window.start, zone);
  const to = window.end ? instantOf(window.end, zone) : Infinity;
  const inclusive = { from, to: to + 1, includes: (start: number) => start >= from && start <= to };
  if (window.inc === true) return [inclusive];
  if (window.inc === false) return [{ from, to, includes: (start) => start > from && start < to }];
  if (window.overlap) return [{ from, to, includes: () => true }];
  const halfOpen = { from, to, includes: (start: number) => start >= from && start < to };
  return window.end ? [halfOpen, inclusive] : [halfOpen, everything];
}

function answer(vector: Vector, series: Series, { from, to, includes }: Instants): string[] {
  const expected = vector.expected ?? [];
  const asked = vector.limit ?? (vector.complete ? MORE_THAN_ANY_VECTOR_HAS : expected.length);
  const most = Math.min(asked, expected.length + 1);
  const inUtc = expected.some((time) => time.endsWith('Z'));
  const spell = (start: number): string => {
    if (inUtc) return `${formatICalendarTime(localOf(start))}Z`;
    const local = toLocal(start, vector.expectedTzid ?? series.zone);
    return series.allDay ? formatICalendarDate(local) : formatICalendarTime(local);
  };

  if (vector.query) {
    const found = previous(series, instantOf(vector.query.at, series.zone) + (vector.query.inc ? 1 : 0));
    return found ? [spell(found.start)] : [];
  }
  // Two more than wanted: the window's first and last may fall to `includes`.
  const starts = expand(series, { from, to }, most + 2).filter(({ start, end }) => includes(start, end));
  return starts.slice(0, vector.complete ? most : Math.min(most, expected.length)).map(({ start }) => spell(start));
}

function instantOf(text: string, zone: string | null): number {
  if (text.endsWith('Z')) return stampOf(parseICalendarTime(text.slice(0, -1)));
  return toInstant(parseICalendarTime(text), zone).epochSecond;
}
