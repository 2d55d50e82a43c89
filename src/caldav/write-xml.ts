/** The namespaces that this server knows. */
export const DAV = 'DAV:';
export const CALDAV = 'urn:ietf:params:xml:ns:caldav';
/** Extensions of CalendarServer, such as getctag, which Apple's programs and others read. */
export const CALENDAR_SERVER = 'http://calendarserver.org/ns/';

const PREFIXES: Record<string, string> = { [DAV]: 'D', [CALDAV]: 'C', [CALENDAR_SERVER]: 'S' };

/** A text that is XML already. Only `element` and `text` make it. */
export type Xml = string & { readonly xml: true };

/** Returns a document around its only element. */
export const documentStart = '<?xml version="1.0" encoding="utf-8"?>\n';

/** The declarations of all prefixes, for the root of a document. */
export const NAMESPACES: Record<string, string> = Object.fromEntries(
  Object.entries(PREFIXES).map(([namespace, prefix]) => [`xmlns:${prefix}`, namespace]),
);

/** Returns an element of DAV. */
export const dav = (name: string, ...content: Xml[]): Xml => element(DAV, name, content);

/** Returns an element of CalDAV. */
export const caldav = (name: string, ...content: Xml[]): Xml => element(CALDAV, name, content);

/**
 * Returns an element. One of a namespace that has no prefix here declares it, as the names of unknown properties do: they
 * were read from a document, so that the name is one.
 */
export function element(
  namespace: string,
  name: string,
  content: readonly Xml[] = [],
  attributes: Record<string, string> = {},
): Xml {
  const prefix = PREFIXES[namespace];
  const tag = prefix === undefined ? name : `${prefix}:${name}`;
  const own = prefix === undefined ? { ...attributes, xmlns: namespace } : attributes;
  const written = Object.entries(own).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const inside = content.join('');
  return (inside === '' ? `<${tag}${written.join('')}/>` : `<${tag}${written.join('')}>${inside}</${tag}>`) as Xml;
}

/** Returns text of an element. */
export const text = (value: string): Xml => escapeXml(value) as Xml;

/** Returns an element with an address. */
export const href = (path: string): Xml => dav('href', text(path));

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would read these as spaces or line feeds.
  '\t': '&#9;',
  '\r': '&#13;',
};

// What XML 1.0 has no way to write: controls, halves of surrogate pairs and two others.
// oxlint-disable-next-line no-control-regex
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const escapeXml = (value: string): string =>
  value.replaceAll(IMPOSSIBLE, '').replaceAll(/[&<>"\t\r]/g, (character) => ESCAPES[character]!);
