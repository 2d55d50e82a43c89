import type { EventContent } from '../content/event-content.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { seriesOf } from '../content/series.js';
import { expand, type Window } from '../recurrence/expand.js';
import { findOccupied, findOccupiedStarts, type Interval, type OccupiedInterval, WeekMask } from './occupancy.js';

// 2026-01-01 to 2105: one bit per day, 3.6 KB per series.
const FIRST_DAY = 20_454;
const DAYS = 29_200;
const DAY = 86_400;
const END = (FIRST_DAY + DAYS) * DAY;
const ONE = '1'.charCodeAt(0);
const MAX_OCCURRENCES = 100_000;

/** About as many occurrences as one part of a window contains: a few milliseconds of work. */
const PART = 5_000;
const SAMPLE = 1_000;

/**
 * When a series occupies time beyond the horizon, roughly: two series that share no day, or no half hour of the week, never
 * conflict. Others are compared exactly.
 */
export interface FarTime {
  /** One bit for each day until 2105, as a PostgreSQL bit string. */
  days: string;
  /** See `WeekMask`. */
  week: string;
}

/** Returns when an event occupies time. Pure. @param from epoch seconds; earlier time is omitted */
export function computeFarTime(content: EventContent, from: number): FarTime {
  const time = new FarTimeReader(content, from);
  while (time.next());
  return time.result();
}

/** Computes the same part by part, so that others are served in between. */
export async function computeFarTimeInParts(content: EventContent, from: number, slices: TimeSlices): Promise<FarTime> {
  const time = new FarTimeReader(content, from);
  while (time.next()) await slices.pause();
  return time.result();
}

class FarTimeReader {
  private readonly days = Buffer.alloc(DAYS, '0');
  private readonly week = new WeekMask();
  private readonly parts: Parts;

  constructor(content: EventContent, from: number) {
    this.parts = inParts(content, { from: Math.max(from, FIRST_DAY * DAY), to: END });
  }

  /** Marks the time of the next part. Returns false when there is none. */
  next(): boolean {
    const part = this.parts.next();
    // Of a series with too many occurrences, all that follows may be occupied.
    if (part.done && part.value < END) this.mark({ start: part.value, end: END });
    if (part.done) return false;
    for (const one of part.value) this.mark(one);
    return true;
  }

  private mark(one: Interval): void {
    const last = Math.floor((one.end - 1) / DAY) - FIRST_DAY;
    for (let day = Math.max(0, Math.floor(one.start / DAY) - FIRST_DAY); day <= last && day < DAYS; day += 1)
      this.days[day] = ONE;
    this.week.add(one);
  }

  result(): FarTime {
    return { days: this.days.toString('latin1'), week: this.week.toString() };
  }
}

/** Occurrences of two series that overlap. */
export interface Pair {
  ours: OccupiedInterval;
  theirs: OccupiedInterval;
}

/** How many occurrences may still be read. */
export interface Budget {
  left: number;
}

/** What looking up an occurrence takes, in occurrences that are read. */
const LOOK_UP = 50;

/**
 * Returns the first overlapping occurrences of two series after an instant (epoch seconds) and before 2105; null for none.
 * Of a series with more than 100,000 occurrences until then, the others are looked up in the time of the other series, if that
 * has fewer. Pure, and others are served in between.
 * @param budget is used up by this; when nothing is left, the result is null
 */
export async function findFirstOverlap(
  ours: EventContent,
  theirs: EventContent,
  from: number,
  slices = new TimeSlices(),
  budget: Budget = { left: Infinity },
): Promise<Pair | null> {
  const window = { from, to: END };
  const read = (occurrences: number): void => void (budget.left -= occurrences);
  const mine = new Reader(reportParts(inParts(ours, window), read));
  const others = new Reader(reportParts(inParts(theirs, window), read));
  for await (const pair of pairsOf(mine, others, slices)) return pair;
  if (mine.reached !== null && mine.reached < END) {
    const found = await lookUp(others, mine.reached, ours, slices, budget);
    return found && { ours: found.there, theirs: found.one };
  }
  if (others.reached !== null && others.reached < END) {
    const found = await lookUp(mine, others.reached, theirs, slices, budget);
    return found && { ours: found.one, theirs: found.there };
  }
  return null;
}

/** Returns the first of the occurrences that are left that overlaps one of a series, after an instant (epoch seconds). */
async function lookUp(
  left: Reader,
  after: number,
  series: EventContent,
  slices: TimeSlices,
  budget: Budget,
): Promise<{ one: OccupiedInterval; there: OccupiedInterval } | null> {
  for (let one = left.current(); one && budget.left > 0; left.skip(), one = left.current()) {
    await slices.pause();
    if (one.end <= after) continue;
    budget.left -= LOOK_UP;
    const [there] = findOccupied(series, { from: one.start, to: one.end }, LOOK_UP);
    if (there) return { one, there };
  }
  return null;
}

/**
 * Yields each occurrence of ours in a window (epoch seconds) that overlaps one of theirs, with the first of these, however
 * many there are. Pure, and others are served in between.
 * @param onRead receives the number of occurrences that were read, part by part; an error in it ends the comparison
 */
export function listPairs(
  ours: EventContent,
  theirs: EventContent,
  window: Window,
  slices: TimeSlices,
  onRead: (occurrences: number) => void,
): AsyncGenerator<Pair> {
  const reporting = (content: EventContent): Parts => reportParts(inParts(content, window, Infinity), onRead);
  return pairsOf(new Reader(reporting(ours)), new Reader(reporting(theirs)), slices);
}

function* reportParts(parts: Parts, onRead: (occurrences: number) => void): Parts {
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
    onRead(part.value.length);
    yield part.value;
  }
}

async function* pairsOf(mine: Reader, others: Reader, slices: TimeSlices): AsyncGenerator<Pair> {
  for (;;) {
    const [a, b] = [mine.current(), others.current()];
    if (!a || !b) return;
    const overlap = a.start < b.end && b.start < a.end;
    if (overlap) yield { ours: a, theirs: b };
    const behind = overlap || a.end <= b.end ? mine : others;
    if (behind.skip()) await slices.pause();
  }
}

/** The occurrences of a series, part by part; at the end, the time up to which they are all there (epoch seconds). */
type Parts = Generator<OccupiedInterval[], number>;

/** Reads occurrences one after the other, in the order of their starts. */
class Reader {
  /** Up to when no occurrence was missing, in epoch seconds; null before the end. */
  reached: number | null = null;
  private part: OccupiedInterval[] = [];
  private at = 0;

  constructor(private readonly parts: Parts) {}

  current(): OccupiedInterval | null {
    while (this.at >= this.part.length) {
      const next = this.parts.next();
      if (next.done) {
        this.reached ??= next.value;
        return null;
      }
      this.part = next.value;
      this.at = 0;
    }
    return this.part[this.at]!;
  }

  /** Goes on to the next occurrence. Returns true when the next part is needed for it. */
  skip(): boolean {
    this.at += 1;
    return this.at >= this.part.length;
  }
}

/**
 * Yields the occurrences of a series in a window that occupy time, part by part, each once and up to a limit: those that
 * began before the window belong to the first part. How long a part is depends on how many occurrences there are at the
 * beginning. Returns the time up to which no occurrence is missing (epoch seconds).
 */
export function* inParts(content: EventContent, window: Window, limit = MAX_OCCURRENCES): Parts {
  const sample = expand(seriesOf(content), window, SAMPLE);
  if (sample.length < SAMPLE) {
    yield findOccupied(content, window, SAMPLE);
    return window.to;
  }
  const [first, last] = [sample[0]!.start, sample.at(-1)!.start];
  const length = Math.max(DAY, (last - first) * (PART / SAMPLE));
  const begin = Math.max(window.from, first);
  yield findOccupied(content, { from: window.from, to: begin }, MAX_OCCURRENCES);
  let left = limit;
  for (let from = begin; from < window.to; from += length) {
    const part = findOccupiedStarts(content, { from, to: Math.min(from + length, window.to) }, left);
    left -= part.length;
    yield part;
    if (left <= 0) return from;
  }
  return window.to;
}
