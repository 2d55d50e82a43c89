import { isDeepStrictEqual } from 'node:util';
import { type ContentField, type EventContent, type StoredOverride, wireContent } from '../events/event-content.js';
import { seriesOf } from '../events/event-series.js';
import { expand } from '../events/recurrence/expand.js';

const SHAPE = ['startTime', 'endTime', 'localStart', 'localEnd', 'timeZone', 'allDay', 'rrule', 'added'] as const;

/** The parts of an event that can be changed independently of each other. */
export const UNITS = {
  title: ['title'],
  description: ['description'],
  location: ['location'],
  show_as: ['showAs'],
  deleted: ['deletedAt'],
  /** Half of a new time together with half of another is a time that nobody asked for. */
  times: [...SHAPE, 'excluded', 'overrides'],
} as const satisfies Record<string, readonly (keyof EventContent)[]>;

export type Unit = keyof typeof UNITS;

const FIELDS_OF: Record<Unit, ContentField[]> = {
  title: ['title'],
  description: ['description'],
  location: ['location'],
  show_as: ['show_as'],
  deleted: ['deleted'],
  times: [
    'start_time',
    'end_time',
    'time_zone',
    'all_day',
    'is_recurring',
    'recurrence_pattern',
    'excluded',
    'added',
    'overrides',
  ],
};

/**
 * Three-way merge. What only one side changed since `base` is taken over; what both changed alike is theirs as well as
 * ours; what both changed differently is a clash. Times, zone, all-day and recurrence are one unit, except that
 * exclusions and overrides of different occurrences go together as long as neither side moved the series and something
 * of it is left. Pure.
 */
export function mergeContent(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): { content: EventContent } | { clashes: Unit[] } {
  const content = { ...theirs };
  const clashes: Unit[] = [];
  for (const unit of Object.keys(UNITS) as Unit[]) {
    if (same(unit, base, yours) || same(unit, theirs, yours)) continue;
    if (same(unit, base, theirs)) Object.assign(content, picked(unit, yours));
    else if (unit === 'times' && !moved(base, theirs) && !moved(base, yours)) {
      const dates = mergeDates(base, theirs, yours);
      if (dates) Object.assign(content, dates);
      else clashes.push(unit);
    } else clashes.push(unit);
  }
  return clashes.length > 0 ? { clashes } : { content };
}

/** What each side made of the clashing fields, as clients see them. */
export function fieldClashes(
  units: Unit[],
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): { field: string; base: unknown; theirs: unknown; yours: unknown }[] {
  const [before, left, right] = [wireContent(base), wireContent(theirs), wireContent(yours)];
  return units
    .flatMap((unit) => FIELDS_OF[unit])
    .filter(
      (field) => !isDeepStrictEqual(before[field], left[field]) || !isDeepStrictEqual(before[field], right[field]),
    )
    .map((field) => ({ field, base: before[field], theirs: left[field], yours: right[field] }));
}

/** The unit to which a field of the wire belongs. */
export function unitOf(field: ContentField): Unit {
  return (Object.keys(FIELDS_OF) as Unit[]).find((unit) => FIELDS_OF[unit].includes(field))!;
}

/** The current content with some units of another state. */
export function withUnits(current: EventContent, source: EventContent, units: Iterable<Unit>): EventContent {
  const content = { ...current };
  for (const unit of units) Object.assign(content, picked(unit, source));
  return content;
}

const same = (unit: Unit, a: EventContent, b: EventContent): boolean =>
  UNITS[unit].every((field) => isDeepStrictEqual(a[field], b[field]));

const picked = (unit: Unit, from: EventContent): Partial<EventContent> =>
  Object.fromEntries(UNITS[unit].map((field) => [field, from[field]]));

const moved = (a: EventContent, b: EventContent): boolean =>
  SHAPE.some((field) => !isDeepStrictEqual(a[field], b[field]));

/** Exclusions and overrides hang on single occurrences: they clash only where both sides touched the same one. */
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

/** What is said of single occurrences, by original start. */
type Dates = Map<string, StoredOverride | 'excluded'>;

function datesOf({ excluded, overrides }: EventContent): Dates {
  const dates: Dates = new Map(overrides.map((override) => [override.original, override]));
  for (const name of excluded) dates.set(name, 'excluded');
  return dates;
}
