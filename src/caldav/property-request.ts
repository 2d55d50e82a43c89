import { counted } from '../problems/counted.js';
import { parseDavTime, type TimeRange } from './time-range.js';
import { caldavError } from './dav-error.js';
import { childOf, isElement, type XmlElement } from './read-xml.js';
import { CALDAV, DAV } from './write-xml.js';
import { Problem } from '../problems/problem.js';

export interface PropertyName {
  namespace: string;
  name: string;
}

/** Which properties a client asks for (RFC 4918 §9.1). */
export interface PropertyRequest {
  kind: 'prop' | 'allprop' | 'propname';
  /** Those that are named; with `allprop`, the ones besides. */
  names: PropertyName[];
  /** The occurrences of series, each as an event of its own, instead of the series (RFC 4791 §9.6.5). */
  expand: TimeRange | null;
  /** Only the changed occurrences of series that are in the range, or were to be (RFC 4791 §9.6.6). */
  limit: TimeRange | null;
}

const EVERYTHING: PropertyRequest = { kind: 'allprop', names: [], expand: null, limit: null };
const MAX_NAMES = 200;

/**
 * Reads the properties that a PROPFIND or a report asks for. Without any, all are meant.
 * @throws Problem unreadable_body, DavError
 */
export function readPropertyRequest(body: XmlElement | null): PropertyRequest {
  if (!body) return EVERYTHING;
  if (childOf(body, DAV, 'propname')) return { ...EVERYTHING, kind: 'propname' };
  const prop = childOf(body, DAV, 'prop');
  if (prop) {
    const read = (name: string): TimeRange | null => readRange(prop, name);
    return { kind: 'prop', names: namesIn(prop), expand: read('expand'), limit: read('limit-recurrence-set') };
  }
  const include = childOf(body, DAV, 'include');
  return { ...EVERYTHING, names: include ? namesIn(include) : [] };
}

/** Returns the properties that a PROPPATCH is to change. */
export function readPropertyUpdate(body: XmlElement | null): PropertyName[] {
  if (!body || !isElement(body, DAV, 'propertyupdate')) {
    throw new Problem('unreadable_body', { detail: 'Send a propertyupdate element.' });
  }
  const changed = body.children
    .filter((child) => isElement(child, DAV, 'set') || isElement(child, DAV, 'remove'))
    .flatMap((child) => childOf(child, DAV, 'prop') ?? []);
  return unique(changed.flatMap(namesIn));
}

function namesIn(parent: XmlElement): PropertyName[] {
  const names = unique(parent.children.map(({ namespace, name }) => ({ namespace, name })));
  if (names.length > MAX_NAMES) {
    throw new Problem('unreadable_body', {
      detail: `Ask for at most ${counted(MAX_NAMES, 'property', 'properties')}.`,
    });
  }
  return names;
}

const unique = (names: PropertyName[]): PropertyName[] => [
  ...new Map(names.map((one) => [`${one.namespace} ${one.name}`, one])).values(),
];

function readRange(prop: XmlElement, name: string): TimeRange | null {
  const data = childOf(prop, CALDAV, 'calendar-data');
  const range = data && childOf(data, CALDAV, name);
  if (!range) return null;
  const from = parseDavTime(range.attributes.get('start'));
  const to = parseDavTime(range.attributes.get('end'));
  if (from === null || to === null || from >= to) {
    throw caldavError('valid-calendar-data', `\`${name}\` needs a \`start\` before its \`end\`, both in UTC.`);
  }
  return { from, to };
}
