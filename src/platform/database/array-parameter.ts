type Value = string | number | bigint | boolean | Date | null | Value[];

/** The format of arrays starts with dimensions, whether there are NULLs, type, length, and the number of the first element. */
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const JSONB_FORMAT = 1;
const YEAR_2000_MS = Date.UTC(2000, 0);
const OIDS = { text: 25, timestamptz: 1184, jsonb: 3802 };

/**
 * Returns a column of the rows as a parameter of the type `type[]`. Texts, JSON and times are sent in the binary format of
 * PostgreSQL, which neither side has to look through for quotes: an array of 500 snapshots is made and read in half the time.
 * PostgreSQL would take an array of arrays apart down to its elements, so arrays are sent as texts, to be cast.
 */
export function columnOf<Row extends object>(rows: readonly Row[], name: keyof Row, type: string): Buffer | string {
  const values: unknown[] = rows.map((row) => row[name] ?? null);
  if (type === 'text') return binaryTexts(OIDS.text, values as (string | null)[]);
  if (type === 'jsonb') return binaryTexts(OIDS.jsonb, values.map(jsonText));
  if (isArray(type)) return binaryTexts(OIDS.text, values.map(arrayTextOrNull));
  const areTimes = type === 'timestamptz' && values.every((value) => value instanceof Date || value === null);
  return areTimes ? binaryTimes(values) : arrayText(values as Value[]);
}

export const isArray = (type: string): boolean => type.endsWith('[]');

const jsonText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

const arrayTextOrNull = (value: unknown): string | null => (value === null ? null : arrayText(value as Value[]));

function binaryTexts(oid: number, texts: readonly (string | null)[]): Buffer {
  const version = oid === OIDS.jsonb ? 1 : 0;
  let size = 0;
  for (const text of texts) size += LENGTH_BYTES + version + Buffer.byteLength(text ?? '');
  const array = startArray(oid, texts.length, size);
  let at = HEADER_BYTES;
  for (const text of texts) {
    if (text === null) {
      at = array.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    const start = at + LENGTH_BYTES + version;
    if (version) array[start - 1] = JSONB_FORMAT;
    const end = start + array.write(text, start);
    array.writeInt32BE(end - at - LENGTH_BYTES, at);
    at = end;
  }
  return array.subarray(0, at);
}

/** Microseconds since the year 2000, which are more than a number holds after the year 2285. */
function binaryTimes(times: readonly (Date | null)[]): Buffer {
  const array = startArray(OIDS.timestamptz, times.length, times.length * 12);
  let at = HEADER_BYTES;
  for (const time of times) {
    at = array.writeInt32BE(time ? 8 : NULL_LENGTH, at);
    if (time) at = array.writeBigInt64BE(BigInt(time.getTime() - YEAR_2000_MS) * 1000n, at);
  }
  return array.subarray(0, at);
}

function startArray(oid: number, length: number, size: number): Buffer {
  const array = Buffer.allocUnsafe(HEADER_BYTES + size);
  for (const [index, value] of [1, 1, oid, length, 1].entries()) array.writeInt32BE(value, index * 4);
  return array;
}

/** Returns an array as PostgreSQL reads it in a text. The driver would look at every character of each value. */
const arrayText = (values: readonly Value[]): string => `{${values.map(toElement).join(',')}}`;

function toElement(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return quote(arrayText(value));
  return value instanceof Date ? value.toISOString() : String(value);
}

const quote = (text: string): string => `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
