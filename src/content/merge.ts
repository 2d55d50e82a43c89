import { isDeepStrictEqual } from 'node:util';
import { expand } from '../recurrence/expand.js';
import { type EventContent, fieldsOfUnit } from './event-content.js';
import { columnsOf, CONTENT_FIELDS, type ContentField, FIELDS, fieldOf, type StoredOverride } from './fields.js';
import { seriesOf } from './series.js';
import { wireContent } from './wire.js';

/** Fields that are merged, rolled back and reverted together. */
export type Unit = (typeof FIELDS)[ContentField]['unit'];

/** The names of units, in the order of the table. */
export const UNITS = [...new Set(CONTENT_FIELDS.map(unitOf))];

/** The parts of the content that belong to a unit. */
export const UNIT_PROPERTIES = Object.fromEntries(
  UNITS.map((unit) => [unit, fieldsOfUnit(unit).flatMap((field) => Object.keys(columnsOf(field)))]),
) as Record<Unit, (keyof EventContent)[]>;

/** Exclusions and overrides belong to single occurrences; everything else of the times shapes the whole series. */
const OF_OCCURRENCES: (keyof EventContent)[] = ['excluded', 'overrides'];
const OF_SERIES = UNIT_PROPERTIES.times.filter((property) => !OF_OCCURRENCES.includes(property));

/**
 * Three-way merge. What only one side changed since `base` is taken over; what both changed in the same way is kept;
 * what both changed differently is a clash. Times, zone, all-day and recurrence are one unit (half of one new time and
 * half of another is a time that nobody asked for), except that exclusions and overrides of different occurrences go
 * together as long as neither side moved the series and something of it is left. Pure.
 */
export function mergeContent(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): { content: EventContent } | { clashes: Unit[] } {
  const content = { ...theirs };
  const clashes: Unit[] = [];
  for (const unit of UNITS) {
    if (same(unit, base, yours) || same(unit, theirs, yours)) continue;
    if (same(unit, base, theirs)) Object.assign(content, pick(unit, yours));
    else if (unit === 'times' && !moved(base, theirs) && !moved(base, yours)) {
      const dates = mergeDates(base, theirs, yours);
      if (dates) Object.assign(content, dates);
      else clashes.push(unit);
    } else clashes.push(unit);
  }
  return clashes.length > 0 ? { clashes } : { content };
}

/** A field that was changed on both sides: before, as it is now, and as the caller wanted it. */
export interface FieldClash {
  field: string;
  base: unknown;
  theirs: unknown;
  yours: unknown;
}

/** Returns what each side made of the clashing fields, as clients see them. */
export function fieldClashes(
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
export function withUnits(current: EventContent, source: EventContent, units: Iterable<Unit>): EventContent {
  const content = { ...current };
  for (const unit of units) Object.assign(content, pick(unit, source));
  return content;
}

const same = (unit: Unit, a: EventContent, b: EventContent): boolean =>
  UNIT_PROPERTIES[unit].every((property) => isDeepStrictEqual(a[property], b[property]));

const pick = (unit: Unit, from: EventContent): Partial<EventContent> =>
  Object.fromEntries(UNIT_PROPERTIES[unit].map((property) => [property, from[property]]));

const moved = (a: EventContent, b: EventContent): boolean =>
  OF_SERIES.some((property) => !isDeepStrictEqual(a[property], b[property]));

/** Exclusions and overrides clash only where both sides touched the same occurrence. */
function mergeDates(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): Pick<EventContent, 'excluded' | 'overrides'> | null {
  const sides = [base, theirs, yours].map(datesOf);
  const [before, left, right] = sides as [Dates, Dates, Dates];
  const merged: Dates = new Map();
  for (const name of new Set(sides.flatMap((side) => [...side.keys()]))) {
    const [b, l, r] = [before.get(name), left.get(name), right.get(name)];
    const leftChanged = !isDeepStrictEqual(b, l);
    const rightChanged = !isDeepStrictEqual(b, r);
    if (leftChanged && rightChanged && !isDeepStrictEqual(l, r)) return null;
    const chosen = rightChanged ? r : l;
    if (chosen !== undefined) merged.set(name, chosen);
  }
  const names = [...merged.keys()].sort();
  const dates = {
    excluded: names.filter((name) => merged.get(name) === 'excluded'),
    overrides: names.map((name) => merged.get(name)!).filter((date) => date !== 'excluded'),
  };
  const isLeft = expand(seriesOf({ ...theirs, ...dates }), ALWAYS, 1).length > 0;
  return isLeft ? dates : null;
}

const ALWAYS = { from: -Infinity, to: Infinity };

/** What single occurrences have of their own, by original start. */
type Dates = Map<string, StoredOverride | 'excluded'>;

function datesOf({ excluded, overrides }: EventContent): Dates {
  const dates: Dates = new Map(overrides.map((override) => [override.original, override]));
  for (const name of excluded) dates.set(name, 'excluded');
  return dates;
}
