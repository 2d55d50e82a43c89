import { isDeepStrictEqual } from 'node:util';
import type { EventContent } from './event-content.js';
import { isSeriesMoved, mergeDescription, mergeTimes } from './merge-dates.js';
import { isSameUnit, pickUnit, type Unit, UNITS } from './units.js';

/**
 * Merges two edits of the same base. A unit that only one side changed has the value of that side, and a unit that both
 * changed to the same value has that value. A unit that both changed to different values is a clash, which
 * `listFieldClashes` explains. The description merges line by line. Times, zone, all-day and recurrence are one unit,
 * because combining two new times gives a time that nobody chose; the dates of a series are merged one by one
 * (`mergeTimes`). Pure.
 */
export function mergeContent(
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): { content: EventContent } | { clashes: Unit[] } {
  const content = { ...theirs };
  const clashes: Unit[] = [];
  for (const unit of UNITS) {
    if (isSameUnit(unit, base, yours) || isSameUnit(unit, theirs, yours)) continue;
    if (isSameUnit(unit, base, theirs)) Object.assign(content, pickUnit(unit, yours));
    else {
      const merge = MERGES[unit];
      const merged = merge ? merge(base, theirs, yours) : null;
      if (merged) Object.assign(content, merged);
      else clashes.push(unit);
    }
  }
  return clashes.length > 0 ? { clashes } : { content };
}

/** Returns true when two states differ at most in which occurrences are excluded, and in overrides. */
export function differOnlyInOccurrences(a: EventContent, b: EventContent): boolean {
  const differOnlyInDates = !isSeriesMoved(a, b) && isDeepStrictEqual(a.added, b.added);
  return UNITS.every((unit) => isSameUnit(unit, a, b) || (unit === 'times' && differOnlyInDates));
}

/** How units that both sides changed are merged; null for a clash. */
const MERGES: Partial<
  Record<Unit, (base: EventContent, theirs: EventContent, yours: EventContent) => Partial<EventContent> | null>
> = {
  description(base, theirs, yours) {
    const description = mergeDescription(base.description, theirs.description, yours.description);
    return description === null ? null : { description };
  },
  times(base, theirs, yours) {
    const merged = mergeTimes(base, theirs, yours);
    return 'times' in merged ? merged.times : null;
  },
};
