import ICAL from 'ical.js';
import { clip } from '../content/visible-text.js';
import type { ContentLine } from './content-lines.js';

/** A property of a component, as it is in the file. */
export interface Property {
  /** In upper case. */
  name: string;
  /** What stands before the colon: the name and the parameters. */
  head: string;
  /** What stands after the colon, still escaped. */
  value: string;
  line: number;
}

const NAME = /^[A-Za-z0-9-]+$/;
/** Controls that no value may contain (RFC 5545 §3.3.11). */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

const TIMES = /^(?:DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID);/i;
/** A parameter whose value should be in quotes and is not. */
const UNQUOTED = /(;[A-Za-z0-9-]+=)([^";]*:[^";]*)/g;

/** Returns the property of a line; null when the line is not one. */
export function parseProperty({ text, line }: ContentLine): Property | null {
  // Their values have no colon, and some programs write a zone name that has one without quotes.
  const colon = TIMES.test(text) ? text.lastIndexOf(':') : findColon(text);
  if (colon < 0) return null;
  const head = text.slice(0, colon);
  const name = /^[^;\s]*/.exec(head)![0];
  const rest = head.slice(name.length).trim();
  if (!NAME.test(name) || (rest !== '' && !rest.startsWith(';'))) return null;
  return { name: name.toUpperCase(), head: name + rest, value: text.slice(colon + 1), line };
}

/** Returns the position of the first colon outside quotes; of a line whose quotes are odd, the first of all. */
function findColon(text: string): number {
  const first = text.indexOf(':');
  // Without parameters there are no quotes.
  if (first < 0 || !text.slice(0, first).includes('"')) return first;
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') isQuoted = !isQuoted;
    else if (text[index] === ':' && !isQuoted) return index;
  }
  return first;
}

/** More than any field has when each of its characters is escaped. */
const MAX_TEXT_LENGTH = 65_536;

/**
 * Returns the value of a TEXT property without its escapes (RFC 5545 §3.3.11), control characters and blanks around it.
 * Of a text that is longer than any field, the beginning and `…`.
 */
export function textOf({ value }: Property): string {
  const clean = clip(removeControls(value).trim(), MAX_TEXT_LENGTH);
  if (!clean.includes('\\')) return clean;
  const [, , , text] = ICAL.parse.property(`DESCRIPTION:${clean}`) as [string, object, string, string];
  return text.replaceAll(/\r\n?/g, '\n');
}

/** Returns a text without the control characters that no value may contain. */
export const removeControls = (text: string): string => text.replaceAll(CONTROLS, '');

/**
 * Returns the parameters of a property, by name in lower case, without quotes and carets (RFC 6868). Empty when they
 * cannot be read.
 */
export function parametersOf(property: Property): Map<string, string> {
  const known = parameters.get(property) ?? readParameters(property);
  parameters.set(property, known);
  return known;
}

/** Longer than any parameters that Convene reads. */
export const MAX_HEAD_LENGTH = 8_192;

/** A property with a list of dates is asked once for each. */
const parameters = new WeakMap<Property, Map<string, string>>();

function readParameters({ name, head }: Property): Map<string, string> {
  if (head.length === name.length || head.length > MAX_HEAD_LENGTH) return new Map();
  try {
    const [, parameters] = ICAL.parse.property(`X-${head.replaceAll(UNQUOTED, '$1"$2"')}:`) as [
      string,
      Record<string, string | string[]>,
    ];
    return new Map(Object.entries(parameters).map(([key, value]) => [key.toLowerCase(), String(value)]));
  } catch {
    return new Map();
  }
}
