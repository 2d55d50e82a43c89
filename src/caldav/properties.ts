import { vtimezoneLines } from '../calendar/vtimezone.js';
import { joinLines } from '../calendar/write-lines.js';
import type { Actor } from '../platform/http/actor.js';
import type { CalendarObject } from './calendar-objects.service.js';
import { expandedData } from './expanded-data.js';
import { limitedData } from './limited-data.js';
import type { PropertyName, PropertyRequest } from './property-request.js';
import { pathsOf } from './resources.js';
import { CALDAV, caldav, CALENDAR_SERVER, DAV, dav, element, href, text, type Xml } from './write-xml.js';

/** A resource whose properties are written. */
export type Described =
  | { kind: 'root' }
  | { kind: 'principal' }
  | { kind: 'home' }
  | { kind: 'calendar'; token: string }
  | {
      kind: 'object';
      object: CalendarObject;
      /** In the response to a report, which may contain the file. */ inReport: boolean;
    };

interface Context {
  actor: Actor;
  request: PropertyRequest;
}

type Write<Kind extends Described['kind']> = (
  resource: Extract<Described, { kind: Kind }>,
  context: Context,
) => Xml[] | null;
type Table<Kind extends Described['kind']> = Record<string, Write<Kind>>;

export const CALENDAR_NAME = 'Convene';
const OBJECT_TYPE = 'text/calendar; charset=utf-8; component=vevent';

const nameOf = (namespace: string, name: string): string => `${namespace} ${name}`;

/** What every resource has. Nobody can change anything yet. */
const COMMON: Record<string, (resource: unknown, context: Context) => Xml[]> = {
  [nameOf(DAV, 'current-user-principal')]: (_resource, { actor }) => [href(pathsOf(actor).principal)],
  [nameOf(DAV, 'owner')]: (_resource, { actor }) => [href(pathsOf(actor).principal)],
  [nameOf(DAV, 'principal-collection-set')]: (_resource, { actor }) => [href(pathsOf(actor).root)],
  [nameOf(DAV, 'current-user-privilege-set')]: () =>
    [dav('read'), dav('read-current-user-privilege-set'), caldav('read-free-busy')].map((one) => dav('privilege', one)),
};

const noReports = (): Xml[] => [];

const REPORTS: Record<string, Xml> = {
  'calendar-query': caldav('calendar-query'),
  'calendar-multiget': caldav('calendar-multiget'),
  'free-busy-query': caldav('free-busy-query'),
  'sync-collection': dav('sync-collection'),
};

const TABLES: { [Kind in Described['kind']]: Table<Kind> } = {
  root: {
    [nameOf(DAV, 'resourcetype')]: () => [dav('collection')],
    [nameOf(DAV, 'displayname')]: () => [text(CALENDAR_NAME)],
    [nameOf(DAV, 'supported-report-set')]: noReports,
    ...COMMON,
  },
  principal: {
    [nameOf(DAV, 'resourcetype')]: () => [dav('collection'), dav('principal')],
    [nameOf(DAV, 'displayname')]: (_resource, { actor }) => [text(actor.username)],
    [nameOf(DAV, 'principal-URL')]: (_resource, { actor }) => [href(pathsOf(actor).principal)],
    [nameOf(CALDAV, 'calendar-home-set')]: (_resource, { actor }) => [href(pathsOf(actor).home)],
    [nameOf(CALDAV, 'calendar-user-address-set')]: (_resource, { actor }) => [href(pathsOf(actor).principal)],
    [nameOf(DAV, 'supported-report-set')]: noReports,
    ...COMMON,
  },
  home: {
    [nameOf(DAV, 'resourcetype')]: () => [dav('collection')],
    [nameOf(DAV, 'displayname')]: (_resource, { actor }) => [text(actor.username)],
    [nameOf(DAV, 'supported-report-set')]: noReports,
    ...COMMON,
  },
  calendar: {
    [nameOf(DAV, 'resourcetype')]: () => [dav('collection'), caldav('calendar')],
    [nameOf(DAV, 'displayname')]: () => [text(CALENDAR_NAME)],
    [nameOf(DAV, 'sync-token')]: ({ token }) => [text(token)],
    [nameOf(CALENDAR_SERVER, 'getctag')]: ({ token }) => [text(token)],
    [nameOf(CALDAV, 'supported-calendar-component-set')]: () => [element(CALDAV, 'comp', [], { name: 'VEVENT' })],
    [nameOf(CALDAV, 'supported-calendar-data')]: () => [
      element(CALDAV, 'calendar-data', [], { 'content-type': 'text/calendar', version: '2.0' }),
    ],
    [nameOf(CALDAV, 'supported-collation-set')]: () =>
      ['i;ascii-casemap', 'i;octet'].map((name) => caldav('supported-collation', text(name))),
    [nameOf(CALDAV, 'calendar-timezone')]: (_resource, { actor }) => [text(timeZoneFile(actor.timeZone))],
    [nameOf(DAV, 'supported-report-set')]: () =>
      Object.values(REPORTS).map((report) => dav('supported-report', dav('report', report))),
    ...COMMON,
  },
  object: {
    [nameOf(DAV, 'resourcetype')]: () => [],
    [nameOf(DAV, 'getetag')]: ({ object }) => [text(object.etag)],
    [nameOf(DAV, 'getcontenttype')]: () => [text(OBJECT_TYPE)],
    [nameOf(DAV, 'getcontentlength')]: ({ object }) => [text(String(Buffer.byteLength(object.data)))],
    [nameOf(DAV, 'getlastmodified')]: ({ object }) => [text(object.entry.stamp.toUTCString())],
    [nameOf(CALDAV, 'calendar-data')]: ({ object, inReport }, { actor, request }) => {
      if (!inReport) return null;
      const { expand, limit } = request;
      if (expand) return [text(expandedData(object.entry, expand, actor.timeZone))];
      return [text(limit ? limitedData(object, limit) : object.data)];
    },
    [nameOf(DAV, 'supported-report-set')]: noReports,
    ...COMMON,
  },
};

/** What `allprop` returns (RFC 4918 §9.1): the properties of DAV itself. Others are returned when they are named. */
const LISTED = ['resourcetype', 'displayname', 'getetag', 'getcontenttype', 'getcontentlength', 'getlastmodified'].map(
  (name) => nameOf(DAV, name),
);

/** Returns the properties of a resource that a request asks for, and the names of those that it does not have. */
export function describe(resource: Described, context: Context): { found: Xml[]; missing: Xml[] } {
  const { request } = context;
  const table = TABLES[resource.kind] as Table<Described['kind']>;
  const write = ({ namespace, name }: PropertyName): Xml | null => {
    const key = nameOf(namespace, name);
    const content = Object.hasOwn(table, key) ? table[key]!(resource, context) : null;
    return content && element(namespace, name, content);
  };
  if (request.kind === 'propname') {
    const names = Object.keys(table).filter((key) => key !== nameOf(CALDAV, 'calendar-data'));
    return { found: names.map(toName).map(({ namespace, name }) => element(namespace, name)), missing: [] };
  }
  const listed = request.kind === 'allprop' ? LISTED.filter((key) => Object.hasOwn(table, key)).map(toName) : [];
  const found: Xml[] = [];
  const missing: Xml[] = [];
  for (const wanted of [...listed, ...request.names]) {
    const written = write(wanted);
    if (written) found.push(written);
    else missing.push(element(wanted.namespace, wanted.name));
  }
  return { found, missing };
}

function toName(key: string): PropertyName {
  const space = key.lastIndexOf(' ');
  return { namespace: key.slice(0, space), name: key.slice(space + 1) };
}

/** Returns a calendar with nothing but a zone (RFC 4791 §5.2.2). */
function timeZoneFile(zone: string): string {
  const year = new Date().getUTCFullYear();
  return joinLines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Convene//Convene//EN',
    ...vtimezoneLines(zone, { firstYear: year, lastYear: year }),
    'END:VCALENDAR',
  ]);
}
