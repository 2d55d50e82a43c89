import { TextDecoder } from 'node:util';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { counted } from '../problems/counted.js';
import { Problem } from '../problems/problem.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';

/** An element of a document. Its name is that of its namespace and its local name, whatever its prefix. */
export interface XmlElement {
  namespace: string;
  name: string;
  /** Attributes without a namespace. */
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** The text directly inside. */
  text: string;
}

/** How large a document may be. */
export interface XmlBounds {
  bytes: number;
  nesting: number;
  elements: number;
}

/** Parsed at a time: so much takes a few milliseconds. */
const PART = 16_384;
const MAX_ATTRIBUTES = 20;

/**
 * Reads a document. Document types are refused, and with them all entities but the five of XML: a body cannot grow, nor
 * name a file.
 * @throws Problem unreadable_body, body_too_large
 */
export async function readXml(bytes: Buffer, bounds: XmlBounds): Promise<XmlElement> {
  if (bytes.length > bounds.bytes) {
    throw new Problem('body_too_large', { detail: `Send at most ${counted(bounds.bytes, 'byte')}.` });
  }
  const document: XmlElement = { namespace: '', name: '', attributes: new Map(), children: [], text: '' };
  const open = [document];
  let elements = 0;
  let attributes = 0;
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', (error) => {
    throw unreadable(`This is not well-formed XML: ${shorten(error.message)}`);
  });
  parser.on('doctype', () => {
    throw unreadable('A document type is not allowed.');
  });
  parser.on('opentagstart', () => {
    elements += 1;
    attributes = 0;
    if (elements > bounds.elements) throw unreadable(`Send at most ${counted(bounds.elements, 'element')}.`);
    if (open.length > bounds.nesting) throw unreadable(`Nest elements at most ${bounds.nesting} deep.`);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES)
      throw unreadable(`An element can have at most ${counted(MAX_ATTRIBUTES, 'attribute')}.`);
  });
  parser.on('opentag', (tag) => {
    const element = toElement(tag);
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (text: string): void => {
    open.at(-1)!.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);

  const slices = new TimeSlices();
  const text = decode(bytes);
  for (let from = 0; from < text.length; from += PART) {
    parser.write(text.slice(from, from + PART));
    await slices.pause();
  }
  parser.close();
  return document.children[0]!;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('Send the XML in UTF-8.');
  }
}

function toElement({ uri, local, attributes }: SaxesTagNS): XmlElement {
  const own = Object.values(attributes).filter(({ prefix }) => prefix === '');
  return {
    namespace: uri,
    name: local,
    attributes: new Map(own.map(({ local: name, value }) => [name, value])),
    children: [],
    text: '',
  };
}

const unreadable = (detail: string): Problem => new Problem('unreadable_body', { detail });

/** Removes what the parser quotes of the document: texts of users are no part of a problem. */
const shorten = (message: string): string => message.replaceAll(/[^\w ,.;:'-]/g, '').slice(0, 60);

/** Returns true for an element with this name. */
export const isElement = (element: XmlElement, namespace: string, name: string): boolean =>
  element.namespace === namespace && element.name === name;

/** Returns the first child with this name. */
export const childOf = (element: XmlElement, namespace: string, name: string): XmlElement | undefined =>
  element.children.find((child) => isElement(child, namespace, name));
