import type { Interval } from '../availability/occupancy.js';
import { expand } from '../recurrence/expand.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import type { Series } from '../recurrence/series.js';
import { modulo } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, stampOf } from '../time/local-time.js';
import { getZone } from '../time/zone.js';

/** Starts are looked for on this grid, on the clocks of the asked zone. */
export const GRID = 900;
/** How many occurrences of a series are looked at, and for how many days after its start. */
export const MAX_OCCURRENCES = 10;
export const SERIES_DAYS = 366;

/** A time that may or may not suit everybody: one occurrence, or the first ones of a series. In order, never empty. */
export type Candidate = Interval[];

export interface Question {
  /** Epoch seconds; the first occurrence lies within. */
  window: Interval;
  /** Seconds, at most a day. */
  length: number;
  zoneName: string;
}

/** Every quarter of an hour of the window at which something that happens once could begin. */
export function singleCandidates({ window, length, zoneName }: Question): Candidate[] {
  const { toStamp } = getZone(zoneName);
  const onGrid = (instant: number): number => instant + modulo(-toStamp(instant), GRID);
  const candidates: Candidate[] = [];
  for (let start = onGrid(window.start); start + length <= window.end; start = onGrid(start + GRID)) {
    candidates.push([{ start, end: start + length }]);
  }
  return candidates;
}

/**
 * Every quarter of an hour of the window at which the series could begin, with its first occurrences. Only days that the
 * rule matches; the clock time stays the same in the zone.
 * @param rule without times of its own: they are what is looked for
 */
export function seriesCandidates({ window, length, zoneName }: Question, rule: RecurrenceRule): Candidate[] {
  const { toInstant, toStamp } = getZone(zoneName);
  const includes = untilOf(rule);
  const lastDay = Math.floor(toStamp(window.end) / SECONDS_IN_DAY);
  const candidates: Candidate[] = [];
  for (let day = Math.floor(toStamp(window.start) / SECONDS_IN_DAY); day <= lastDay; day += 1) {
    const dates = datesFrom(rule, day);
    if (dates[0] !== day) continue;
    for (let second = 0; second < SECONDS_IN_DAY; second += GRID) {
      const first = toInstant(day * SECONDS_IN_DAY + second);
      const { epochSecond: start } = first;
      // A start that the clocks skip is the same as a later one.
      if (first.adjusted || start < window.start || start + length > window.end) continue;
      const occurrences = dates
        .map((date) => date * SECONDS_IN_DAY + second)
        .filter((stamp) => includes(stamp, toInstant(stamp).epochSecond))
        .map((stamp) => toInstant(stamp).epochSecond)
        .map((at) => ({ start: at, end: at + length }));
      if (occurrences.length > 0) candidates.push(occurrences);
    }
  }
  return candidates;
}

/** The rule as a series that starts on a day: what a candidate stands for, for checking it. */
export function seriesFrom(rule: RecurrenceRule, day: number): Series {
  const start = { day, second: 0 };
  const duration = { days: 1, seconds: 0 };
  return { start, zone: null, allDay: true, duration, rule, added: [], excluded: [], overrides: [] };
}

/** UNTIL only cuts the dates off, at a place that depends on the time of day: it is applied afterwards. */
function datesFrom({ until: _until, ...rule }: RecurrenceRule, day: number): number[] {
  const window = { from: day * SECONDS_IN_DAY, to: (day + SERIES_DAYS) * SECONDS_IN_DAY };
  return expand(seriesFrom(rule, day), window, MAX_OCCURRENCES).map(({ original }) => original.day);
}

function untilOf({ until }: RecurrenceRule): (stamp: number, epochSecond: number) => boolean {
  if (until === undefined) return () => true;
  if (until.form === 'instant') return (_stamp, epochSecond) => epochSecond <= until.epochSecond;
  const last = until.form === 'date' ? (until.day + 1) * SECONDS_IN_DAY - 1 : stampOf(until.local);
  return (stamp) => stamp <= last;
}
