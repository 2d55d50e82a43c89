import { isDeepStrictEqual } from 'node:util';
import { expand } from '../recurrence/expand.js';
import { compileSeries } from '../recurrence/series-times.js';
import { formatLocalTime, localOf, parseLocalTime, stampOf } from '../time/local-time.js';
import { type EventContent, isSeries } from './event-content.js';
import { FIELDS, type OccurrenceContent, type StoredOverride } from './fields.js';
import { mergeLines } from './merge-lines.js';
import { seriesOf } from './series.js';
import { pickUnit, UNIT_PROPERTIES } from './units.js';

/** These belong to single dates of a series. The other times determine the whole series. */
const OF_DATES: (keyof EventContent)[] = ['excluded', 'added', 'overrides'];
const MAX_DESCRIPTION = FIELDS.description.input.maxLength;
const OF_SERIES = UNIT_PROPERTIES.times.filter((property) => !OF_DATES.includes(property));

/** What both sides changed of one date: whether it is excluded or added, when it takes place, or a text. */
export interface DateClash {
  /** The original local start on each side: the side that moved the series has another one. */
  names: Sides<string>;
  property: 'excluded' | 'added' | 'times' | keyof OccurrenceContent;
}

export interface Sides<Value> {
  base: Value;
  theirs: Value;
  yours: Value;
}

/** Returns true when two states differ in the times of the series itself. */
export const isSeriesMoved = (a: EventContent, b: EventContent): boolean =>
  OF_SERIES.some((property) => !isDeepStrictEqual(a[property], b[property]));

/**
 * Merges the times of two edits of the same base: exclusions, overrides and added dates with each other, date by date and
 * override by field, and also into a series that the other side moved or made longer. Pure.
 * @returns the times; or the dates that clash, none when the series itself does, or when no occurrence would be left
 */
export function mergeTimes(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): { times: Partial<EventContent> } | { clashes: DateClash[] } {
  const [theyMoved, youMoved] = [isSeriesMoved(base, theirs), isSeriesMoved(base, yours)];
  if (theyMoved && youMoved) return { clashes: [] };
  const moved = youMoved ? yours : theirs;
  const other = youMoved ? theirs : yours;
  if (theyMoved || youMoved) {
    const canFollow = isSeries(moved) && moved.timeZone === base.timeZone && moved.allDay === base.allDay;
    if (!canFollow) return { clashes: [] };
  }
  const shift = stampOfText(moved.localStart) - stampOfText(base.localStart);
  const move = (name: string): string => formatLocalTime(localOf(stampOfText(name) + shift));
  const namesOf = (name: string): Sides<string> => ({
    base: name,
    theirs: theyMoved ? move(name) : name,
    yours: youMoved ? move(name) : name,
  });
  return mergeInto(moved, base, other, move, namesOf);
}

/** Applies what `other` changed of single dates since the base to `moved`, where each date has the name that `move` gives. */
function mergeInto(
  moved: EventContent,
  base: EventContent,
  other: EventContent,
  move: (name: string) => string,
  namesOf: (name: string) => Sides<string>,
): { times: Partial<EventContent> } | { clashes: DateClash[] } {
  const clashes: DateClash[] = [];
  const [before, edited, dates] = [datesOf(base), datesOf(other), datesOf(moved)];
  const added = mergeAdded(moved, base, other, move);
  const occurs = compileSeries({ ...seriesOf({ ...moved, added }), excluded: [] });
  const rename = (date: DateChange | undefined, original: string): DateChange | undefined =>
    typeof date === 'object' ? { ...date, original } : date;
  const gone = base.added.filter((name) => !other.added.includes(name) && !occurs.has(stampOfText(move(name))));
  for (const name of gone) {
    const original = move(name);
    // One side took the date away, and the other changed it.
    const isChanged = !isDeepStrictEqual(dates.get(original), rename(before.get(name), original));
    if (isChanged && moved.added.includes(original)) clashes.push({ names: namesOf(name), property: 'added' });
    dates.delete(original);
  }
  for (const name of new Set([...before.keys(), ...edited.keys()])) {
    const [old, now] = [before.get(name), edited.get(name)];
    if (isDeepStrictEqual(old, now) || gone.includes(name)) continue;
    const original = move(name);
    const merged = mergeDate(
      original,
      ...([rename(old, original), dates.get(original), rename(now, original)] as const),
      base.description,
    );
    const found = 'clashes' in merged ? merged.clashes : [];
    // The other side ended the series before it, or took the date away.
    if (found.length === 0 && !occurs.has(stampOfText(original))) found.push(...listChanged(old, now));
    clashes.push(...found.map((property) => ({ names: namesOf(name), property })));
    if ('clashes' in merged || merged.date === undefined) dates.delete(original);
    else dates.set(original, merged.date);
  }
  if (clashes.length > 0) return { clashes };
  const times = { ...pickUnit('times', moved), ...toLists(dates), added };
  return takesPlace({ ...moved, ...times }) ? { times } : { clashes: [] };
}

/** Returns the added dates of `moved` with those that `other` added, and without those that it took away. */
function mergeAdded(
  moved: EventContent,
  base: EventContent,
  other: EventContent,
  move: (name: string) => string,
): string[] {
  const [before, now] = [new Set(base.added), new Set(other.added)];
  const taken = new Set(base.added.filter((name) => !now.has(name)).map(move));
  const more = other.added.filter((name) => !before.has(name)).map(move);
  return [...new Set([...moved.added.filter((name) => !taken.has(name)), ...more])].sort();
}

/** Merges two edits of one date: `theirs` and `yours` here are the two sides, in any order. */
function mergeDate(
  original: string,
  before: DateChange | undefined,
  theirs: DateChange | undefined,
  yours: DateChange | undefined,
  description: string | null,
): { date: DateChange | undefined } | { clashes: DateClash['property'][] } {
  if (isDeepStrictEqual(before, theirs) || isDeepStrictEqual(theirs, yours)) return { date: yours };
  if (before === 'excluded' || theirs === 'excluded' || yours === 'excluded') return { clashes: ['excluded'] };
  const merged: Record<string, unknown> = {};
  const clashes: DateClash['property'][] = [];
  const sides = [before, theirs, yours].map((side) => valuesOf(side ?? { original }));
  const [b, t, y] = sides as [Map<string, unknown>, Map<string, unknown>, Map<string, unknown>];
  for (const key of new Set(sides.flatMap((side) => [...side.keys()]))) {
    const [was, left, right] = [b.get(key), t.get(key), y.get(key)];
    let chosen = isDeepStrictEqual(was, right) ? left : right;
    if (!isDeepStrictEqual(was, left) && !isDeepStrictEqual(was, right) && !isDeepStrictEqual(left, right)) {
      const lines = key === 'description' ? mergeDescription(was === undefined ? description : was, left, right) : null;
      if (lines === null) clashes.push(key as DateClash['property']);
      else chosen = lines;
    }
    if (key === 'times') Object.assign(merged, chosen);
    else merged[key] = chosen;
  }
  if (clashes.length > 0) return { clashes };
  for (const key of Object.keys(merged)) if (merged[key] === undefined) delete merged[key];
  return { date: Object.keys(merged).length > 1 ? (merged as unknown as StoredOverride) : undefined };
}

/** The values of an override by property. Where it was moved and how long it lasts are one value. */
function valuesOf({ start, zone, duration, ...values }: StoredOverride): Map<string, unknown> {
  return new Map<string, unknown>(Object.entries({ ...values, times: { start, zone, duration } }));
}

/** Merges two edits of a description line by line; null for a clash, and for a result that is too long. Pure. */
export function mergeDescription(base: unknown, theirs: unknown, yours: unknown): string | null {
  if (typeof base !== 'string' || typeof theirs !== 'string' || typeof yours !== 'string') return null;
  const merged = mergeLines(base, theirs, yours);
  return merged === null || merged.length > MAX_DESCRIPTION ? null : merged;
}

/** Returns what changed of a date. */
function listChanged(old: DateChange | undefined, now: DateChange | undefined): DateClash['property'][] {
  if (old === 'excluded' || now === 'excluded') return ['excluded'];
  const [before, after] = [old, now].map((date) => valuesOf(date ?? { original: '' }));
  const keys = new Set([...before!.keys(), ...after!.keys()]);
  keys.delete('original');
  return [...keys].filter((key) => !isDeepStrictEqual(before!.get(key), after!.get(key))) as DateClash['property'][];
}

/** Exclusions and overrides, by original start. */
type Dates = Map<string, DateChange>;
type DateChange = StoredOverride | 'excluded';

function datesOf({ excluded, overrides }: EventContent): Dates {
  const dates: Dates = new Map(overrides.map((override) => [override.original, override]));
  for (const name of excluded) dates.set(name, 'excluded');
  return dates;
}

/** Returns the excluded dates and the overrides, in order. */
function toLists(dates: Dates): Pick<EventContent, 'excluded' | 'overrides'> {
  const names = [...dates.keys()].sort();
  return {
    excluded: names.filter((name) => dates.get(name) === 'excluded'),
    overrides: names.map((name) => dates.get(name)!).filter((date) => date !== 'excluded'),
  };
}

const takesPlace = (content: EventContent): boolean => expand(seriesOf(content), ALWAYS, 1).length > 0;

const ALWAYS = { from: -Infinity, to: Infinity };

const stampOfText = (text: string): number => stampOf(parseLocalTime(text));
