import { isDeepStrictEqual } from 'node:util';
import { expand } from '../recurrence/expand.js';
import { compileSeries } from '../recurrence/series-times.js';
import { formatLocalTime, localOf, parseLocalTime, stampOf } from '../time/local-time.js';
import { type EventContent, fieldsOfUnit, isSeries, type WireContent } from './event-content.js';
import { columnsOf, CONTENT_FIELDS, type ContentField, FIELDS, fieldOf, type StoredOverride } from './fields.js';
import { seriesOf } from './series.js';
import { mergeLines } from './merge-lines.js';
import { wireContent } from './wire.js';

/** Fields that are merged, rolled back and reverted together. */
export type Unit = (typeof FIELDS)[ContentField]['unit'];

/** The units, in the order of the table of fields. */
export const UNITS = [...new Set(CONTENT_FIELDS.map(unitOf))];

/** The properties of the content that belong to each unit. */
export const UNIT_PROPERTIES = Object.fromEntries(
  UNITS.map((unit) => [unit, fieldsOfUnit(unit).flatMap((field) => Object.keys(columnsOf(field)))]),
) as Record<Unit, (keyof EventContent)[]>;

/** Exclusions and overrides belong to single occurrences. The other times determine the whole series. */
const OF_OCCURRENCES: (keyof EventContent)[] = ['excluded', 'overrides'];
const OF_SERIES = UNIT_PROPERTIES.times.filter((property) => !OF_OCCURRENCES.includes(property));

/**
 * Merges two edits of the same base. A unit that only one side changed has the value of that side, and a unit that both
 * changed to the same value has that value. A unit that both changed to different values is a clash. The description merges line by line. Times, zone,
 * all-day and recurrence are one unit, because combining two new times gives a time that nobody chose. Exclusions and
 * overrides of different occurrences are still merged, also into a series that the other side moved or made longer, unless
 * no occurrence would be left. Pure.
 */
export function mergeContent(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): { content: EventContent } | { clashes: Unit[] } {
  const content = { ...theirs };
  const clashes: Unit[] = [];
  for (const unit of UNITS) {
    if (isSame(unit, base, yours) || isSame(unit, theirs, yours)) continue;
    if (isSame(unit, base, theirs)) Object.assign(content, pick(unit, yours));
    else {
      const merge = MERGES[unit];
      const merged = merge ? merge(base, theirs, yours) : null;
      if (merged) Object.assign(content, merged);
      else clashes.push(unit);
    }
  }
  return clashes.length > 0 ? { clashes } : { content };
}

/**
 * A field that both sides changed: the value at the base, the current value, and the value that the caller requested.
 */
export interface FieldClash {
  field: string;
  base: unknown;
  theirs: unknown;
  yours: unknown;
}

/**
 * Returns the values on each side, as clients see them, of the fields that both sides changed to different values.
 */
export function listFieldClashes(
  units: Unit[],
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): FieldClash[] {
  const [before, left, right] = [wireContent(base), wireContent(theirs), wireContent(yours)];
  const differ = (field: ContentField, a: WireContent, b: WireContent): boolean =>
    !isDeepStrictEqual(a[field], b[field]);
  return units.flatMap((unit) => {
    const fields = fieldsOfUnit(unit).filter((field) => differ(field, before, left) || differ(field, before, right));
    const both = fields.filter(
      (field) => differ(field, before, left) && differ(field, before, right) && differ(field, left, right),
    );
    // Times that clash only together, such as a start and a pattern, are all listed.
    return (both.length > 0 ? both : fields).map((field) => ({
      field,
      base: before[field],
      theirs: left[field],
      yours: right[field],
    }));
  });
}

/** Returns the unit to which a field belongs. */
export function unitOf(field: ContentField): Unit {
  return fieldOf(field).unit as Unit;
}

/** Returns the current content with some units of another state. */
export function replaceUnits(current: EventContent, source: EventContent, units: Iterable<Unit>): EventContent {
  const content = { ...current };
  for (const unit of units) Object.assign(content, pick(unit, source));
  return content;
}

/** Returns true when two states differ at most in which occurrences are excluded, and in overrides. */
export function differOnlyInOccurrences(a: EventContent, b: EventContent): boolean {
  return UNITS.every((unit) => isSame(unit, a, b) || (unit === 'times' && !isSeriesMoved(a, b)));
}

const isSame = (unit: Unit, a: EventContent, b: EventContent): boolean =>
  UNIT_PROPERTIES[unit].every((property) => isDeepStrictEqual(a[property], b[property]));

const pick = (unit: Unit, from: EventContent): Partial<EventContent> =>
  Object.fromEntries(UNIT_PROPERTIES[unit].map((property) => [property, from[property]]));

const isSeriesMoved = (a: EventContent, b: EventContent): boolean =>
  OF_SERIES.some((property) => !isDeepStrictEqual(a[property], b[property]));

/** Merges edits of the description line by line; null for a clash, and for a result that is too long. */
function mergeDescription(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): Pick<EventContent, 'description'> | null {
  const description = mergeLines(base.description, theirs.description, yours.description);
  const isTooLong = description !== null && description.length > FIELDS.description.input.maxLength;
  return description === null || isTooLong ? null : { description };
}

/** How units that both sides changed are merged; null for a clash. */
const MERGES: Partial<
  Record<Unit, (base: EventContent, theirs: EventContent, yours: EventContent) => Partial<EventContent> | null>
> = { description: mergeDescription, times: mergeTimes };

/** Merges edits of single occurrences with each other, or with a change of the whole series; null for a clash. */
function mergeTimes(base: EventContent, theirs: EventContent, yours: EventContent): Partial<EventContent> | null {
  const [theyMoved, youMoved] = [isSeriesMoved(base, theirs), isSeriesMoved(base, yours)];
  if (theyMoved && youMoved) return null;
  if (theyMoved) return mergeIntoMoved(base, theirs, yours);
  return youMoved ? mergeIntoMoved(base, yours, theirs) : mergeDates(base, theirs, yours);
}

/**
 * Applies the edits of single occurrences by one side to the series that the other side changed as a whole: each
 * occurrence has moved as far as the start. Null when the series no longer has it, or when that side changed it as well.
 */
function mergeIntoMoved(base: EventContent, moved: EventContent, other: EventContent): Partial<EventContent> | null {
  if (!isSeries(moved) || moved.timeZone !== base.timeZone || moved.allDay !== base.allDay) return null;
  const stampOfText = (text: string): number => stampOf(parseLocalTime(text));
  const shift = stampOfText(moved.localStart) - stampOfText(base.localStart);
  const occurs = compileSeries({ ...seriesOf(moved), excluded: [] });
  const [before, edited, dates] = [datesOf(base), datesOf(other), datesOf(moved)];
  for (const name of new Set([...before.keys(), ...edited.keys()])) {
    const [old, now] = [before.get(name), edited.get(name)];
    if (isDeepStrictEqual(old, now)) continue;
    const stamp = stampOfText(name) + shift;
    const original = formatLocalTime(localOf(stamp));
    const rename = (date: DateChange | undefined): DateChange | undefined =>
      typeof date === 'object' ? { ...date, original } : date;
    if (!occurs.has(stamp) || !isDeepStrictEqual(dates.get(original), rename(old))) return null;
    const renamed = rename(now);
    if (renamed === undefined) dates.delete(original);
    else dates.set(original, renamed);
  }
  const lists = toLists(dates);
  return takesPlace({ ...moved, ...lists }) ? { ...pick('times', moved), ...lists } : null;
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

/**
 * Merges exclusions and overrides, which clash only where both sides changed the same field of an occurrence; null for a
 * clash.
 */
function mergeDates(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): Pick<EventContent, 'excluded' | 'overrides'> | null {
  const sides = [base, theirs, yours].map(datesOf);
  const [before, their, your] = sides as [Dates, Dates, Dates];
  const merged: Dates = new Map();
  for (const name of new Set(sides.flatMap((side) => [...side.keys()]))) {
    const [b, t, y] = [before.get(name), their.get(name), your.get(name)];
    const theyChanged = !isDeepStrictEqual(b, t);
    const youChanged = !isDeepStrictEqual(b, y);
    let chosen = youChanged ? y : t;
    if (theyChanged && youChanged && !isDeepStrictEqual(t, y)) {
      if (b === 'excluded' || t === 'excluded' || y === 'excluded') return null;
      const fields = mergeOverride(name, b, t, y);
      if (!fields) return null;
      chosen = Object.keys(fields).length > 1 ? fields : undefined;
    }
    if (chosen !== undefined) merged.set(name, chosen);
  }
  const dates = toLists(merged);
  return takesPlace({ ...theirs, ...dates }) ? dates : null;
}

/**
 * Merges two edits of one occurrence by field; null when both changed one to different values. Where it was moved and how
 * long it lasts are one field.
 */
function mergeOverride(original: string, ...sides: (StoredOverride | undefined)[]): StoredOverride | null {
  const [before, theirs, yours] = sides.map((side) => {
    const { start, zone, duration, ...values } = side ?? { original };
    return new Map<string, unknown>(Object.entries({ ...values, original, times: { start, zone, duration } }));
  });
  const merged: Record<string, unknown> = {};
  for (const key of new Set([before, theirs, yours].flatMap((side) => [...side!.keys()]))) {
    const [b, t, y] = [before!.get(key), theirs!.get(key), yours!.get(key)];
    const youChanged = !isDeepStrictEqual(b, y);
    if (youChanged && !isDeepStrictEqual(b, t) && !isDeepStrictEqual(t, y)) return null;
    const chosen = youChanged ? y : t;
    if (key === 'times') Object.assign(merged, chosen);
    else merged[key] = chosen;
  }
  for (const key of Object.keys(merged)) if (merged[key] === undefined) delete merged[key];
  return merged as unknown as StoredOverride;
}

const ALWAYS = { from: -Infinity, to: Infinity };

/** Exclusions and overrides, by original start. */
type Dates = Map<string, DateChange>;
type DateChange = StoredOverride | 'excluded';

function datesOf({ excluded, overrides }: EventContent): Dates {
  const dates: Dates = new Map(overrides.map((override) => [override.original, override]));
  for (const name of excluded) dates.set(name, 'excluded');
  return dates;
}
