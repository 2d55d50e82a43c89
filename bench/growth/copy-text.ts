import type { EventContent } from '../../src/content/event-content.js';

/** A value of one column in a row that is copied. */
export type CopyValue = string | number | boolean | Date | null;

/** Returns a row in the text format of COPY, with the line feed that ends it. */
export const toCopyLine = (row: readonly CopyValue[]): string => `${row.map(toCopyText).join('\t')}\n`;

function toCopyText(value: CopyValue): string {
  if (value === null) return String.raw`\N`;
  if (typeof value === 'string') return SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, escape) : value;
  return value instanceof Date ? value.toISOString() : String(value);
}

const SPECIAL = /[\\\t\n\r]/;
const EVERY_SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
};
const escape = (character: string): string => ESCAPES[character]!;

/** Returns the text of a `bytea`. */
export const toBytea = (hex: string): string => String.raw`\x${hex}`;

/** Returns the text of a `text[]` of field names, none of which needs quoting. */
export const toNames = (names: readonly string[]): string => `{${names.join(',')}}`;

/** Returns the text of a column of the content, whose lists are `jsonb`. */
export const toColumn = (value: EventContent[keyof EventContent]): CopyValue =>
  Array.isArray(value) ? JSON.stringify(value) : value;
