import { isDeepStrictEqual } from 'node:util';
import { occurrenceAt } from '../recurrence/expand.js';
import type { Occurrence } from '../recurrence/occurrence.js';
import { parseLocalTime } from '../time/local-time.js';
import { camelCase } from './columns.js';
import { type EventContent, fieldsOfUnit, type WireContent } from './event-content.js';
import { type ContentField, OCCURRENCE_FIELDS } from './fields.js';
import { type DateClash, mergeTimes, type Sides } from './merge-dates.js';
import { listClashingRegions, mergeLines, type TextRegion } from './merge-lines.js';
import { seriesOf } from './series.js';
import type { Unit } from './units.js';
import { wireContent, wireLocal, wireOccurrenceTime } from './wire.js';

/** What both sides changed to different values, as clients see it: the value at the base, the current one, the requested. */
export interface FieldClash extends Sides<unknown> {
  field: string;
  /** The original start of the occurrence whose field it is; absent for a field of the event. */
  occurrence?: string;
  /** Of a description: the lines that both changed. */
  regions?: TextRegion[];
  /** Of a description whose lines merge: the length of the result, which is too long. */
  merged_length?: number;
}

/** The lists of a series. A clash names single dates instead. */
const DATES = ['excluded', 'added', 'overrides'] as const;

/** Returns what clashes in units that do not merge. */
export function listFieldClashes(
  units: Unit[],
  base: EventContent,
  theirs: EventContent,
  yours: EventContent,
): FieldClash[] {
  const sides = { base, theirs, yours };
  return units.flatMap((unit) => {
    const merged = unit === 'times' ? mergeTimes(base, theirs, yours) : null;
    const dates = merged && 'clashes' in merged ? merged.clashes : [];
    return dates.length > 0 ? dates.flatMap((clash) => listOfDate(clash, sides)) : listOfUnit(unit, sides);
  });
}

function listOfUnit(unit: Unit, sides: Sides<EventContent>): FieldClash[] {
  const wire = mapSides(sides, (content) => wireContent(content));
  const valuesOf = (field: ContentField): Sides<unknown> => mapSides(wire, (content: WireContent) => content[field]);
  const isList = (field: string): boolean => DATES.some((name) => name === field);
  const isSame = ({ theirs, yours }: Sides<unknown>): boolean => isDeepStrictEqual(theirs, yours);
  const fields = fieldsOfUnit(unit).filter(
    (field) => !isList(field) && isChanged(valuesOf(field)) && !isSame(valuesOf(field)),
  );
  // No date would be left: each side cancelled some of the last.
  if (fields.length === 0) return listCancelled(sides);
  const both = fields.filter((field) => clashes(valuesOf(field)));
  // Times that clash only together, such as a start and a pattern, are all listed.
  return (both.length > 0 ? both : fields).map((field) => ({
    field,
    ...valuesOf(field),
    ...(field === 'description' ? describeTexts(valuesOf(field)) : {}),
  }));
}

function listCancelled(sides: Sides<EventContent>): FieldClash[] {
  const { base, theirs, yours } = sides;
  const names = new Set([...theirs.excluded, ...yours.excluded, ...theirs.added, ...yours.added, ...base.added]);
  const clash = (name: string, property: 'excluded' | 'added'): FieldClash[] => {
    const [found] = listOfDate({ names: { base: name, theirs: name, yours: name }, property }, sides);
    return isChanged(found!) ? [found!] : [];
  };
  return [...names].sort().flatMap((name) => [...clash(name, 'excluded'), ...clash(name, 'added')]);
}

function listOfDate({ names, property }: DateClash, sides: Sides<EventContent>): FieldClash[] {
  const occurrence = wireLocal(names.theirs, sides.theirs);
  const of = (field: string, read: (content: EventContent, name: string) => unknown): FieldClash => ({
    field,
    occurrence,
    base: read(sides.base, names.base),
    theirs: read(sides.theirs, names.theirs),
    yours: read(sides.yours, names.yours),
  });
  if (property === 'excluded' || property === 'added')
    return [of(property, (content, name) => content[property].includes(name))];
  if (property === 'times') {
    const times = (['start', 'end'] as const).map((end) =>
      of(`${end}_time`, (content, name) => timeOf(content, name, end)),
    );
    const both = times.filter(clashes);
    return both.length > 0 ? both : times;
  }
  const field = OCCURRENCE_FIELDS.find((name) => camelCase(name) === property)!;
  const clash = of(field, (content, name) => {
    if (!findOccurrence(content, name)) return null;
    // An override may clear a field, which is null then.
    const own = content.overrides.find(({ original }) => original === name)?.[property];
    return own === undefined ? content[property] : own;
  });
  return [{ ...clash, ...(field === 'description' ? describeTexts(clash) : {}) }];
}

/** Returns when an occurrence starts or ends, excluded or not; null when the series does not have it. */
function timeOf(content: EventContent, name: string, end: 'start' | 'end'): string | null {
  const occurrence = findOccurrence(content, name);
  return occurrence && wireOccurrenceTime(occurrence[end], content);
}

/** Returns an occurrence by its original start, excluded or not; null when the series does not have it. */
const findOccurrence = (content: EventContent, name: string): Occurrence | null =>
  occurrenceAt(seriesOf({ ...content, excluded: [] }), parseLocalTime(name));

function describeTexts({ base, theirs, yours }: Sides<unknown>): Pick<FieldClash, 'regions' | 'merged_length'> {
  if (typeof base !== 'string' || typeof theirs !== 'string' || typeof yours !== 'string') return {};
  const regions = listClashingRegions(base, theirs, yours);
  if (regions.length > 0) return { regions };
  const merged = mergeLines(base, theirs, yours);
  return merged === null ? {} : { merged_length: merged.length };
}

const isChanged = ({ base, theirs, yours }: Sides<unknown>): boolean =>
  !isDeepStrictEqual(base, theirs) || !isDeepStrictEqual(base, yours);

/** Returns true for what both sides changed to different values. */
const clashes = ({ base, theirs, yours }: Sides<unknown>): boolean =>
  !isDeepStrictEqual(base, theirs) && !isDeepStrictEqual(base, yours) && !isDeepStrictEqual(theirs, yours);

const mapSides = <From, To>({ base, theirs, yours }: Sides<From>, map: (side: From) => To): Sides<To> => ({
  base: map(base),
  theirs: map(theirs),
  yours: map(yours),
});
