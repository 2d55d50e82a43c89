import { describe, type Described } from './properties.js';
import type { PropertyName, PropertyRequest } from './property-request.js';
import type { Actor } from '../platform/http/actor.js';
import { DAV, dav, documentStart, element, href, NAMESPACES, text, type Xml } from './write-xml.js';

/** Whose properties are written, and how. */
export interface Answer {
  actor: Actor;
  request: PropertyRequest;
  /** Leaves out the properties that a resource does not have (RFC 8144 §2.1). */
  isMinimal: boolean;
}

/** Returns the response for a resource with its properties (RFC 4918 §14.24). */
export function resourceResponse(path: string, resource: Described, answer: Answer): Xml {
  const { found, missing } = describe(resource, answer);
  const isLeftOut = missing.length === 0 || (answer.isMinimal && found.length > 0);
  return dav(
    'response',
    href(path),
    ...(found.length > 0 || isLeftOut ? [propstat(found, '200 OK')] : []),
    ...(isLeftOut ? [] : [propstat(missing, '404 Not Found')]),
  );
}

/** Returns the response to the attempt to change properties. Each of them is refused. */
export const refusedProperties = (path: string, names: PropertyName[]): Xml =>
  dav(
    'response',
    href(path),
    dav(
      'propstat',
      dav('prop', ...names.map(({ namespace, name }) => element(namespace, name))),
      status('403 Forbidden'),
      dav('error', dav('cannot-modify-protected-property')),
      dav('responsedescription', text('Calendars cannot be changed over CalDAV yet.')),
    ),
  );

/** Returns the response for a resource that is not there. */
export const missingResponse = (path: string): Xml => dav('response', href(path), status('404 Not Found'));

/** Returns the response that says that the list is not complete (RFC 6578 §3.6). */
export const truncatedResponse = (path: string): Xml =>
  dav('response', href(path), status('507 Insufficient Storage'), dav('error', dav('number-of-matches-within-limits')));

const propstat = (properties: Xml[], code: string): Xml => dav('propstat', dav('prop', ...properties), status(code));

const status = (code: string): Xml => dav('status', text(`HTTP/1.1 ${code}`));

const START = element(DAV, 'multistatus', [], NAMESPACES).replace('/>', '>');
const END = '</D:multistatus>';

/** Returns a multistatus in parts: one for each of its responses that arrive together. */
export async function* multistatus(responses: AsyncIterable<Xml[]> | Iterable<Xml[]>): AsyncGenerator<string> {
  let before = `${documentStart}${START}\n`;
  for await (const part of responses) {
    const written = before + part.map((response) => `${response}\n`).join('');
    before = '';
    // A stream that is given nothing would wait.
    if (written !== '') yield written;
  }
  yield `${before}${END}\n`;
}
