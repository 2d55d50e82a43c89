import ICAL from 'ical.js';
import { removeControls } from './property.js';

/** The longest line in octets, without its line break (RFC 5545 §3.1). */
const MAX_OCTETS = 75;

/** Returns a TEXT property: escaped, and with line breaks as `\n`. */
export function textLine(name: string, text: string): string {
  const clean = removeControls(text.replaceAll(/\r\n?/g, '\n'));
  // The last argument leaves the folding to us: the library folds one octet too late. It adds VALUE=TEXT to names that it
  // does not know.
  const line = ICAL.stringify.property(['comment', {}, 'text', clean], ICAL.design.icalendar, true);
  return name + line.slice('COMMENT'.length);
}

/** Returns a property whose value is written as it is, such as a URI. */
export const rawLine = (name: string, value: string): string => `${name}:${removeControls(value)}`;

/** Joins lines to a text, folded and with the line breaks of iCalendar. No value can begin a line of its own. */
export const joinLines = (lines: readonly string[]): string =>
  lines.map((line) => `${foldLine(line.replaceAll(/[\r\n]/g, ''))}\r\n`).join('');

/** Folds a line after at most 75 octets, never inside a character or an escape. */
export function foldLine(line: string): string {
  // No character has more than three octets for a UTF-16 unit.
  if (line.length * 3 <= MAX_OCTETS || Buffer.byteLength(line) <= MAX_OCTETS) return line;
  const parts: string[] = [];
  let [part, octets] = ['', 0];
  for (const piece of line.match(/\\.|./gsu) ?? []) {
    const size = Buffer.byteLength(piece);
    if (octets + size > MAX_OCTETS) {
      parts.push(part);
      [part, octets] = ['', 1];
    }
    part += piece;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}
