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
}

const EVERYTHING: PropertyRequest = { kind: 'allprop', names: [], expand: null };
const MAX_NAMES = 200;

/**
 * Reads the properties that a PROPFIND or a report asks for. Without any, all are meant.
 * @throws Problem unreadable_body, DavError
 */
export function readPropertyRequest(body: XmlElement | null): PropertyRequest {
  if (!body) return EVERYTHING;
  if (childOf(body, DAV, 'propname')) return { ...EVERYTHING, kind: 'propname' };
  const prop = childOf(body, DAV, 'prop');
  if (prop) return { kind: 'prop', names: namesIn(prop), expand: readExpand(prop) };
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
    throw new Problem('unreadable_body', { detail: `Ask for at most ${MAX_NAMES} properties.` });
  }
  return names;
}

const unique = (names: PropertyName[]): PropertyName[] => [
  ...new Map(names.map((one) => [`${one.namespace} ${one.name}`, one])).values(),
];

function readExpand(prop: XmlElement): TimeRange | null {
  const data = childOf(prop, CALDAV, 'calendar-data');
  const expand = data && childOf(data, CALDAV, 'expand');
  if (!expand) return null;
  const from = parseDavTime(expand.attributes.get('start'));
  const to = parseDavTime(expand.attributes.get('end'));
  if (from === null || to === null || from >= to) {
    throw caldavError('valid-calendar-data', '`expand` needs a `start` before its `end`, both in UTC.');
  }
  return { from, to };
}
