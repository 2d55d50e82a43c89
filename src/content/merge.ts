import { isDeepStrictEqual } from 'node:util';
import { expand } from '../recurrence/expand.js';
import { type EventContent, fieldsOfUnit } from './event-content.js';
import { columnsOf, CONTENT_FIELDS, type ContentField, FIELDS, fieldOf, type StoredOverride } from './fields.js';
import { seriesOf } from './series.js';
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
 * changed to the same value has that value. A unit that both changed to different values is a clash. Times, zone,
 * all-day and recurrence are one unit, because combining two new times gives a time that nobody chose. Exclusions and
 * overrides of different occurrences are still merged, unless a side moved the series or no occurrence would be left.
 * Pure.
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
    else if (unit === 'times' && !isSeriesMoved(base, theirs) && !isSeriesMoved(base, yours)) {
      const dates = mergeDates(base, theirs, yours);
      if (dates) Object.assign(content, dates);
      else clashes.push(unit);
    } else clashes.push(unit);
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

/** Returns the values of the clashing fields on each side, as clients see them. */
export function listFieldClashes(
  units: Unit[],
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): FieldClash[] {
  const [before, left, right] = [wireContent(base), wireContent(theirs), wireContent(yours)];
  return units
    .flatMap(fieldsOfUnit)
    .filter(
      (field) => !isDeepStrictEqual(before[field], left[field]) || !isDeepStrictEqual(before[field], right[field]),
    )
    .map((field) => ({ field, base: before[field], theirs: left[field], yours: right[field] }));
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

const isSame = (unit: Unit, a: EventContent, b: EventContent): boolean =>
  UNIT_PROPERTIES[unit].every((property) => isDeepStrictEqual(a[property], b[property]));

const pick = (unit: Unit, from: EventContent): Partial<EventContent> =>
  Object.fromEntries(UNIT_PROPERTIES[unit].map((property) => [property, from[property]]));

const isSeriesMoved = (a: EventContent, b: EventContent): boolean =>
  OF_SERIES.some((property) => !isDeepStrictEqual(a[property], b[property]));

/** Merges exclusions and overrides, which clash only where both sides changed the same occurrence; null for a clash. */
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
    if (theyChanged && youChanged && !isDeepStrictEqual(t, y)) return null;
    const chosen = youChanged ? y : t;
    if (chosen !== undefined) merged.set(name, chosen);
  }
  const names = [...merged.keys()].sort();
  const dates = {
    excluded: names.filter((name) => merged.get(name) === 'excluded'),
    overrides: names.map((name) => merged.get(name)!).filter((date) => date !== 'excluded'),
  };
  const hasOccurrence = expand(seriesOf({ ...theirs, ...dates }), ALWAYS, 1).length > 0;
  return hasOccurrence ? dates : null;
}

const ALWAYS = { from: -Infinity, to: Infinity };

/** Exclusions and overrides, by original start. */
type Dates = Map<string, StoredOverride | 'excluded'>;

function datesOf({ excluded, overrides }: EventContent): Dates {
  const dates: Dates = new Map(overrides.map((override) => [override.original, override]));
  for (const name of excluded) dates.set(name, 'excluded');
  return dates;
}
