import { type Property, parseProperty, textOf } from '../calendar/property.js';
import { caldavError } from './dav-error.js';
import { childOf, isElement, type XmlElement } from './read-xml.js';
import { parseDavTime, type TimeRange } from './time-range.js';
import { CALDAV } from './write-xml.js';

/** Which events a calendar-query asks for (RFC 4791 §9.7). */
export interface CalendarFilter {
  window: TimeRange;
  /** Judges the lines of an event, unfolded; null when the window is all that counts. */
  matches: ((lines: string[]) => boolean) | null;
}

type Test = (properties: Property[]) => boolean;

const ALWAYS: TimeRange = { from: -Infinity, to: Infinity };
/** What this server never has. */
const OTHER_COMPONENTS = new Set(['VTODO', 'VJOURNAL', 'VFREEBUSY', 'VAVAILABILITY', 'VPOLL']);

const isCaldav = (element: XmlElement, name: string): boolean => isElement(element, CALDAV, name);
const nameOf = (element: XmlElement): string => element.attributes.get('name')?.toUpperCase() ?? '';

/**
 * Reads the filter of a calendar-query. Null for one that no event passes, such as a filter for tasks.
 * @throws DavError valid-filter, supported-filter, supported-collation
 */
export function readFilter(query: XmlElement): CalendarFilter | null {
  const filter = childOf(query, CALDAV, 'filter');
  const [calendar, ...others] = filter?.children.filter((child) => isCaldav(child, 'comp-filter')) ?? [];
  if (!calendar || others.length > 0 || nameOf(calendar) !== 'VCALENDAR') {
    throw invalidFilter('A filter has one comp-filter, for VCALENDAR.');
  }
  let found: CalendarFilter | null = { window: ALWAYS, matches: null };
  for (const part of calendar.children) {
    if (isCaldav(part, 'is-not-defined')) return null;
    if (!isCaldav(part, 'comp-filter')) throw unsupported('Of a calendar, only its components can be filtered.');
    const isNot = childOf(part, CALDAV, 'is-not-defined') !== undefined;
    if (OTHER_COMPONENTS.has(nameOf(part))) {
      if (!isNot) return null;
    } else if (nameOf(part) !== 'VEVENT') throw unsupported('Only filters for VEVENT are supported.');
    else if (isNot) return null;
    else found = intersect(found, readEventFilter(part));
    if (!found) return null;
  }
  return found;
}

function intersect(a: CalendarFilter, b: CalendarFilter | null): CalendarFilter | null {
  if (!b) return null;
  const window = { from: Math.max(a.window.from, b.window.from), to: Math.min(a.window.to, b.window.to) };
  const tests = [a.matches, b.matches].filter((test) => test !== null);
  return { window, matches: tests.length === 0 ? null : (lines) => tests.every((test) => test(lines)) };
}

function readEventFilter(event: XmlElement): CalendarFilter | null {
  let window = ALWAYS;
  const tests: Test[] = [];
  for (const part of event.children) {
    if (isCaldav(part, 'time-range')) window = readTimeRange(part);
    else if (isCaldav(part, 'prop-filter')) tests.push(readPropertyFilter(part));
    else if (isCaldav(part, 'comp-filter') && nameOf(part) === 'VALARM') {
      // Events have no alarms here.
      if (!childOf(part, CALDAV, 'is-not-defined')) return null;
    } else throw unsupported('Of an event, its times, its properties and its alarms can be filtered.');
  }
  if (tests.length === 0) return { window, matches: null };
  return { window, matches: (lines) => componentsIn(lines).some((one) => tests.every((test) => test(one))) };
}

/** Reads a time-range, of which a side may be open. @throws DavError valid-filter */
export function readTimeRange({ attributes }: XmlElement): TimeRange {
  const read = (name: string, open: number): number => {
    const text = attributes.get(name);
    const time = text === undefined ? open : parseDavTime(text);
    if (time === null) throw invalidFilter(`The ${name} of a time-range is a time in UTC, such as 20260601T080000Z.`);
    return time;
  };
  const range = { from: read('start', -Infinity), to: read('end', Infinity) };
  if (range.from >= range.to) throw invalidFilter('The end of a time-range is after its start.');
  return range;
}

function readPropertyFilter(filter: XmlElement): Test {
  const name = nameOf(filter);
  if (name === '') throw invalidFilter('A prop-filter needs a name.');
  const named = (properties: Property[]): Property[] => properties.filter((one) => one.name === name);
  const [condition, ...others] = filter.children;
  if (!condition) return (properties) => named(properties).length > 0;
  if (others.length > 0) throw unsupported('A prop-filter can have one condition.');
  if (isCaldav(condition, 'is-not-defined')) return (properties) => named(properties).length === 0;
  if (!isCaldav(condition, 'text-match')) throw unsupported('Properties are filtered by text-match.');
  const contains = readTextMatch(condition);
  return (properties) => named(properties).some((property) => contains(textOf(property)));
}

function readTextMatch({ attributes, text }: XmlElement): (value: string) => boolean {
  const collation = attributes.get('collation') ?? 'i;ascii-casemap';
  if (collation !== 'i;ascii-casemap' && collation !== 'i;octet' && collation !== 'default') {
    throw caldavError('supported-collation', 'Compare with i;ascii-casemap or i;octet.');
  }
  const fold = (value: string): string =>
    collation === 'i;octet' ? value : value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const wanted = fold(text);
  const isNegated = attributes.get('negate-condition') === 'yes';
  return (value) => fold(value).includes(wanted) !== isNegated;
}

function componentsIn(lines: string[]): Property[][] {
  const components: Property[][] = [];
  for (const line of lines) {
    if (line === 'BEGIN:VEVENT') components.push([]);
    const property = parseProperty({ text: line, line: 0 });
    if (property) components.at(-1)?.push(property);
  }
  return components;
}

const invalidFilter = (detail: string): Error => caldavError('valid-filter', detail);
const unsupported = (detail: string): Error => caldavError('supported-filter', detail);
