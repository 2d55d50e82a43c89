import { createAppPassword, createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { readXml, type XmlElement } from '../../src/caldav/read-xml.js';
import { ok, type Person, type TestApp } from './test-app.js';

/** Somebody whose calendar application is set up. */
export interface DavAccount {
  person: Person;
  passwordId: string;
  secret: string;
  /** The address of the calendar. */
  calendar: string;
}

export interface DavAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body read as XML; null when it is none. */
  xml: XmlElement | null;
}

export interface DavRequest {
  method: string;
  path: string;
  body?: string;
  headers?: Record<string, string>;
}

/** Signs somebody up and makes a password for their phone. */
export async function signUpWithPhone(app: TestApp, name: string, timeZone = 'UTC'): Promise<DavAccount> {
  const person = await app.signUp(name, timeZone);
  const { id, secret } = await ok(createAppPassword({ client: person.client, body: { name: 'Phone' } }));
  return { person, passwordId: id, secret, calendar: `/dav/calendars/${person.id}/convene/` };
}

export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** Sends a request as a calendar application does. @param account null for one without credentials */
export async function sendDav(
  { url }: { url: string },
  account: DavAccount | null,
  { method, path, body, headers = {} }: DavRequest,
): Promise<DavAnswer> {
  const response = await fetch(new URL(path, url), {
    method,
    redirect: 'manual',
    headers: {
      ...(account ? { authorization: basic(account.person.username, account.secret) } : {}),
      ...(body === undefined ? {} : { 'content-type': 'text/xml; charset=utf-8' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isXml = response.headers.get('content-type')?.startsWith('application/xml') && text !== '';
  const xml = isXml ? await readXml(Buffer.from(text), { bytes: 2 ** 30, nesting: 50, elements: 1_000_000 }) : null;
  return { status: response.status, headers: response.headers, text, xml };
}

/** What a multistatus says of one resource: the properties that it has, as texts, and the status of the others. */
export interface DavResponse {
  href: string;
  /** Of the resource itself, such as 404. */
  status: number | null;
  found: Record<string, string>;
  elements: Record<string, XmlElement>;
  missing: string[];
}

const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((one) => one.name === name);
const statusOf = (element: XmlElement): number | null => {
  const status = child(element, 'status');
  return status ? Number(status.text.split(' ')[1]) : null;
};

/** Reads a multistatus. @throws Error for any other answer */
export function responsesOf({ status, xml, text }: DavAnswer): DavResponse[] {
  if (status !== 207 || xml?.name !== 'multistatus') throw new Error(`No multistatus: ${status} ${text}`);
  return xml.children
    .filter(({ name }) => name === 'response')
    .map((response) => {
      const propstats = response.children.filter(({ name }) => name === 'propstat');
      const of = (wanted: number): XmlElement[] =>
        propstats.filter((one) => statusOf(one) === wanted).flatMap((one) => child(one, 'prop')!.children);
      return {
        href: child(response, 'href')!.text,
        status: statusOf(response),
        found: Object.fromEntries(of(200).map((one) => [one.name, textIn(one)])),
        elements: Object.fromEntries(of(200).map((one) => [one.name, one])),
        missing: propstats
          .filter((one) => statusOf(one) !== 200)
          .flatMap((one) => child(one, 'prop')!.children.map(({ name }) => name)),
      };
    });
}

/** The text of an element and of everything in it. */
const textIn = (element: XmlElement): string => element.text + element.children.map(textIn).join('');

export const syncTokenOf = ({ xml }: DavAnswer): string => child(xml!, 'sync-token')!.text;

/** The condition of a refusal, such as `valid-sync-token`. */
export const conditionOf = ({ xml }: DavAnswer): string => xml!.children[0]!.name;

export const PROPFIND_ETAGS =
  '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/><getcontenttype/></prop></propfind>';

export const syncBody = (token: string, limit?: number, properties = '<D:getetag/>'): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<D:sync-collection xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:sync-token>${token}</D:sync-token><D:sync-level>1</D:sync-level>${
    limit === undefined ? '' : `<D:limit><D:nresults>${limit}</D:nresults></D:limit>`
  }<D:prop>${properties}</D:prop></D:sync-collection>`;

export const queryBody = (filter: string, properties = '<D:getetag/>'): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${properties}</D:prop><C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter></C:calendar-query>`;

export const CALENDAR_DATA = '<D:getetag/><C:calendar-data/>';

export const multiget = (...paths: string[]): string =>
  `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>${CALENDAR_DATA}</D:prop>${paths.map((path) => `<D:href>${path}</D:href>`).join('')}</C:calendar-multiget>`;

export const PROPPATCH = `<D:propertyupdate xmlns:D="DAV:" xmlns:A="http://apple.com/ns/ical/"><D:set><D:prop><A:calendar-color>#ff0000ff</A:calendar-color></D:prop></D:set><D:remove><D:prop><D:displayname/></D:prop></D:remove></D:propertyupdate>`;

const HOUR = { start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };

/** The calls of tests, with the app of their file. */
export const davCalls = (app: () => TestApp) => {
  const propfind = (account: DavAccount, path: string, depth: string, body?: string): Promise<DavAnswer> => {
    const request = { method: 'PROPFIND', path, headers: { depth } };
    return sendDav(app(), account, body === undefined ? request : { ...request, body });
  };
  const report = (account: DavAccount, body: string, path = account.calendar): Promise<DavAnswer> =>
    sendDav(app(), account, { method: 'REPORT', path, body, headers: { depth: '1' } });
  return {
    propfind,
    report,
    sync: (account: DavAccount, token: string, limit?: number) => report(account, syncBody(token, limit)),
    /** Creates an event and returns its id. */
    create: async ({ person }: DavAccount, body: object = {}): Promise<string> => {
      const event = { title: 'Plan', ...HOUR, on_conflict: 'allow' as const, ...body };
      return (await ok(createEvent({ client: person.client, body: event }))).id;
    },
    share: (from: DavAccount, id: string, to: DavAccount): Promise<unknown> => {
      const users = [{ user_id: to.person.id, role: 'viewer' as const }];
      return ok(shareEvent({ client: from.person.client, path: { id }, body: { users } }));
    },
    pathOf: ({ calendar }: DavAccount, id: string): string => `${calendar}${id}.ics`,
    /** The tags of the calendar, by address. */
    listed: async (account: DavAccount): Promise<Map<string, string>> => {
      const [, ...events] = responsesOf(await propfind(account, account.calendar, '1', PROPFIND_ETAGS));
      return new Map(events.map(({ href, found }) => [href, found['getetag']!]));
    },
  };
};
