import { createAppPassword } from '../../sdk/generated/sdk.gen.js';
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
