import { isUtf8 } from 'node:buffer';
import { Packr } from 'msgpackr';
import { Problem } from '../../problems/problem.js';
import { type BodyBounds, type BodyStructure, isBeyond, refuseBeyond } from './body-bounds.js';

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number', encodeUndefinedAsNil: true });

/** The media types of MessagePack that requests may use. Responses use the first one. */
export const MESSAGE_PACK_TYPES = ['application/msgpack', 'application/x-msgpack', 'application/vnd.msgpack'];

export function packMessage(value: unknown): Buffer {
  return packr.pack(value);
}

const NOT_MESSAGE_PACK = 'The body is not MessagePack.';

const REASONS = {
  malformed: NOT_MESSAGE_PACK,
  not_utf8: 'The body contains text that is not UTF-8.',
  extension: 'The body contains an extension type other than −1, the timestamp.',
} as const;

/**
 * Decodes a MessagePack body. An empty body is undefined. The bytes are checked first: decoders recurse, accept text
 * that is not UTF-8, and give meanings of their own to extension types. Timestamps (extension −1) become RFC 3339 text,
 * as in JSON.
 * @throws Problem unreadable_body
 */
export function unpackMessage(bytes: Buffer, bounds: BodyBounds): unknown {
  if (bytes.length === 0) return undefined;
  const found = checkMessage(bytes, bounds);
  if (typeof found === 'string') throw unreadable(REASONS[found]);
  refuseBeyond(found, bounds);
  try {
    return plain(packr.unpack(bytes));
  } catch {
    throw unreadable(NOT_MESSAGE_PACK);
  }
}

const unreadable = (detail: string): Problem => new Problem('unreadable_body', { detail });

/** Converts the types that JSON lacks to their JSON form. Rejects what has none: binary data, NaN, infinity. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('not a number of JSON');
  if (value === null || typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('not a plain value');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/**
 * Returns the structure of a body, read from the format bytes alone (MessagePack specification, "Formats"), or what is
 * wrong: the bytes are not exactly one value, a text is not UTF-8, or there is an extension other than a timestamp. Stops
 * beyond the bounds.
 */
export function checkMessage(bytes: Buffer, bounds: BodyBounds): BodyStructure | keyof typeof REASONS {
  // The number of remaining values on each open level. The last level is the innermost.
  const open: number[] = [1];
  const found = { depth: 0, values: 0, members: 0 };
  let at = 0;
  while (open.length > 0) {
    const level = open.length - 1;
    if (open[level] === 0) {
      open.pop();
      continue;
    }
    if (at >= bytes.length) return 'malformed';
    open[level]! -= 1;
    const item = readHeader(bytes, at);
    if (!item || item.next > bytes.length) return 'malformed';
    if (item.textAt !== undefined && !isUtf8(bytes.subarray(item.textAt, item.next))) return 'not_utf8';
    if (item.extensionAt !== undefined && !isTimestamp(bytes, item.extensionAt, item.next)) return 'extension';
    at = item.next;
    // The names of members are no values, as in JSON.
    found.values += 1 - (item.members ?? 0);
    if (item.children >= 0) {
      open.push(item.children);
      found.members = Math.max(found.members, item.members ?? 0);
      found.depth = Math.max(found.depth, open.length - 1);
    }
    if (isBeyond(found, bounds)) return found;
  }
  return at === bytes.length ? found : 'malformed';
}

/** Returns true for the extension type −1 with one of its three lengths. The type is followed by the data. */
const isTimestamp = (bytes: Buffer, typeAt: number, end: number): boolean =>
  bytes.readInt8(typeAt) === -1 && [4, 8, 12].includes(end - typeAt - 1);

interface Header {
  /** The offset of the next value (scalars) or of the first child (containers). */
  next: number;
  /** The number of values inside; −1 for a scalar. */
  children: number;
  /** The number of members of a map. */
  members?: number;
  /** The offset of the bytes of a text, which end at `next`. */
  textAt?: number;
  /** The offset of the type of an extension, whose data ends at `next`. */
  extensionAt?: number;
}

const scalar = (next: number): Header => ({ next, children: -1 });
const text = (textAt: number, length: number): Header => ({ next: textAt + length, children: -1, textAt });
const extension = (extensionAt: number, length: number): Header => ({
  next: extensionAt + 1 + length,
  children: -1,
  extensionAt,
});

// The number of bytes after the format byte, for scalars of a fixed size.
const FIXED_SIZE = new Map([
  ...[0xc0, 0xc2, 0xc3].map((format) => [format, 0] as const),
  ...[0xcc, 0xd0].map((format) => [format, 1] as const),
  ...[0xcd, 0xd1].map((format) => [format, 2] as const),
  ...[0xca, 0xce, 0xd2].map((format) => [format, 4] as const),
  ...[0xcb, 0xcf, 0xd3].map((format) => [format, 8] as const),
]);

function readHeader(bytes: Buffer, at: number): Header | null {
  const format = bytes[at]!;
  const body = at + 1;
  if (format <= 0x7f || format >= 0xe0) return scalar(body);
  if (format <= 0x8f) return { next: body, children: (format & 0x0f) * 2, members: format & 0x0f };
  if (format <= 0x9f) return { next: body, children: format & 0x0f };
  if (format <= 0xbf) return text(body, format & 0x1f);
  const size = FIXED_SIZE.get(format);
  if (size !== undefined) return scalar(body + size);
  if (format >= 0xd4 && format <= 0xd8) return extension(body, 1 << (format - 0xd4));
  const sized = (width: 1 | 2 | 4, header: (start: number, count: number) => Header): Header | null =>
    body + width <= bytes.length ? header(body + width, bytes.readUIntBE(body, width)) : null;
  const binary = (start: number, count: number): Header => scalar(start + count);
  const list = (next: number, children: number): Header => ({ next, children });
  const map = (next: number, pairs: number): Header => ({ next, children: pairs * 2, members: pairs });
  switch (format) {
    case 0xc4:
      return sized(1, binary);
    case 0xc5:
      return sized(2, binary);
    case 0xc6:
      return sized(4, binary);
    case 0xc7:
      return sized(1, extension);
    case 0xc8:
      return sized(2, extension);
    case 0xc9:
      return sized(4, extension);
    case 0xd9:
      return sized(1, text);
    case 0xda:
      return sized(2, text);
    case 0xdb:
      return sized(4, text);
    case 0xdc:
      return sized(2, list);
    case 0xdd:
      return sized(4, list);
    case 0xde:
      return sized(2, map);
    case 0xdf:
      return sized(4, map);
    default:
      return null;
  }
}
