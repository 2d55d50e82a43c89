import type { Interval } from '../availability/occupancy.js';
import { expand } from '../recurrence/expand.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import type { Series } from '../recurrence/series.js';
import { modulo } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, stampOf } from '../time/local-time.js';
import { getZone } from '../time/zone.js';

/** Seconds between two possible starts, on the clocks of the requested zone. */
export const GRID_SECONDS = 900;
/** The largest number of occurrences of a series that are checked, within `MAX_SERIES_DAYS` after its start. */
export const MAX_OCCURRENCES = 10;
export const MAX_SERIES_DAYS = 366;

/** A possible time: one occurrence, or the first occurrences of a series. In order, never empty. */
export type Candidate = Interval[];

export interface Question {
  /** The window for the first occurrence, in epoch seconds. */
  window: Interval;
  /** Seconds, at most a day. */
  length: number;
  zoneName: string;
}

/** Returns every quarter of an hour of the window at which a single event can begin. */
export function singleCandidates({ window, length, zoneName }: Question): Candidate[] {
  const { toStamp } = getZone(zoneName);
  const onGrid = (instant: number): number => instant + modulo(-toStamp(instant), GRID_SECONDS);
  const candidates: Candidate[] = [];
  for (let start = onGrid(window.start); start + length <= window.end; start = onGrid(start + GRID_SECONDS)) {
    candidates.push([{ start, end: start + length }]);
  }
  return candidates;
}

/**
 * Returns every quarter of an hour of the window at which the series can begin, with its first occurrences. Only days
 * that the rule matches are candidates; the series keeps its wall time in the zone.
 * @param rule without times of day, because they are the result of the search
 */
export function seriesCandidates({ window, length, zoneName }: Question, rule: RecurrenceRule): Candidate[] {
  const { toInstant, toStamp } = getZone(zoneName);
  const includes = untilOf(rule);
  const lastDay = Math.floor(toStamp(window.end) / SECONDS_IN_DAY);
  const candidates: Candidate[] = [];
  for (let day = Math.floor(toStamp(window.start) / SECONDS_IN_DAY); day <= lastDay; day += 1) {
    const dates = datesFrom(rule, day);
    if (dates[0] !== day) continue;
    for (let second = 0; second < SECONDS_IN_DAY; second += GRID_SECONDS) {
      const first = toInstant(day * SECONDS_IN_DAY + second);
      const { epochSecond: start } = first;
      // A start that the clocks skip equals a later candidate.
      if (first.adjusted || start < window.start || start + length > window.end) continue;
      const zoned = dates
        .map((date) => date * SECONDS_IN_DAY + second)
        .map((stamp) => ({ stamp, ...toInstant(stamp) }))
        .filter(({ stamp, epochSecond }) => includes(stamp, epochSecond));
      // Nobody wants a series one of whose occurrences has to be moved out of a gap.
      if (zoned.length === 0 || zoned.some(({ adjusted }) => adjusted)) continue;
      candidates.push(zoned.map(({ epochSecond: at }) => ({ start: at, end: at + length })));
    }
  }
  return candidates;
}

/** Returns the rule as an all-day series that starts on a day, to expand or validate it. */
export function seriesFrom(rule: RecurrenceRule, day: number): Series {
  const start = { day, second: 0 };
  const duration = { days: 1, seconds: 0 };
  return { start, zone: null, allDay: true, duration, rule, added: [], excluded: [], overrides: [] };
}

/**
 * Returns the dates of the rule from a day on, without UNTIL: it depends on the time of day and is applied afterwards.
 */
function datesFrom({ until: _until, ...rule }: RecurrenceRule, day: number): number[] {
  const window = { from: day * SECONDS_IN_DAY, to: (day + MAX_SERIES_DAYS) * SECONDS_IN_DAY };
  return expand(seriesFrom(rule, day), window, MAX_OCCURRENCES).map(({ original }) => original.day);
}

function untilOf({ until }: RecurrenceRule): (stamp: number, epochSecond: number) => boolean {
  if (until === undefined) return () => true;
  if (until.form === 'instant') return (_stamp, epochSecond) => epochSecond <= until.epochSecond;
  const last = until.form === 'date' ? (until.day + 1) * SECONDS_IN_DAY - 1 : stampOf(until.local);
  return (stamp) => stamp <= last;
}
