import { Packr } from 'msgpackr';
import { Problem } from '../../problems/problem.js';

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number', encodeUndefinedAsNil: true });

/** The media types of MessagePack that requests may use. Responses use the first one. */
export const MESSAGE_PACK_TYPES = ['application/msgpack', 'application/x-msgpack', 'application/vnd.msgpack'];

export function packMessage(value: unknown): Buffer {
  return packr.pack(value);
}

/**
 * Decodes a MessagePack body. An empty body is undefined. The nesting is measured on the bytes first, because decoders
 * recurse. Timestamps (extension −1) become RFC 3339 text, as in JSON.
 * @throws Problem unreadable_body
 */
export function unpackMessage(bytes: Buffer, maxNesting: number): unknown {
  if (bytes.length === 0) return undefined;
  const depth = messagePackDepth(bytes, maxNesting);
  if (depth === null) throw new Problem('unreadable_body', { detail: 'The body is not MessagePack.' });
  if (depth > maxNesting) {
    throw new Problem('unreadable_body', { detail: `The body is nested deeper than ${maxNesting} levels.` });
  }
  try {
    return plain(packr.unpack(bytes));
  } catch {
    throw new Problem('unreadable_body', { detail: 'The body is not MessagePack.' });
  }
}

/** Converts the types that JSON lacks to their JSON form. Rejects binary data and other objects. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('not a plain value');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/**
 * Returns the nesting depth of arrays and maps, read from the format bytes alone (MessagePack specification,
 * "Formats"). Stops once the depth exceeds `limit`. Returns null if the bytes are not exactly one value.
 */
export function messagePackDepth(bytes: Buffer, limit: number): number | null {
  // The number of remaining values on each open level. The last level is the innermost.
  const open: number[] = [1];
  let deepest = 0;
  let at = 0;
  while (open.length > 0) {
    const level = open.length - 1;
    if (open[level] === 0) {
      open.pop();
      continue;
    }
    if (at >= bytes.length) return null;
    open[level]! -= 1;
    const item = readHeader(bytes, at);
    if (!item || item.next > bytes.length) return null;
    at = item.next;
    if (item.children >= 0) {
      open.push(item.children);
      deepest = Math.max(deepest, open.length - 1);
      if (deepest > limit) return deepest;
    }
  }
  return at === bytes.length ? deepest : null;
}

interface Header {
  /** The offset of the next value (scalars) or of the first child (containers). */
  next: number;
  /** The number of values inside; −1 for a scalar. */
  children: number;
}

const scalar = (next: number): Header => ({ next, children: -1 });

// The number of bytes after the format byte, for scalars of a fixed size.
const FIXED_SIZE = new Map([
  ...[0xc0, 0xc2, 0xc3].map((format) => [format, 0] as const),
  ...[0xcc, 0xd0].map((format) => [format, 1] as const),
  ...[0xcd, 0xd1, 0xd4].map((format) => [format, 2] as const),
  ...[0xca, 0xce, 0xd2].map((format) => [format, 4] as const),
  ...[0xcb, 0xcf, 0xd3].map((format) => [format, 8] as const),
  [0xd5, 3],
  [0xd6, 5],
  [0xd7, 9],
  [0xd8, 17],
]);

function readHeader(bytes: Buffer, at: number): Header | null {
  const format = bytes[at]!;
  const body = at + 1;
  if (format <= 0x7f || format >= 0xe0) return scalar(body);
  if (format <= 0x8f) return { next: body, children: (format & 0x0f) * 2 };
  if (format <= 0x9f) return { next: body, children: format & 0x0f };
  if (format <= 0xbf) return scalar(body + (format & 0x1f));
  const size = FIXED_SIZE.get(format);
  if (size !== undefined) return scalar(body + size);
  const length = (width: 1 | 2 | 4): number | null =>
    body + width <= bytes.length ? bytes.readUIntBE(body, width) : null;
  const sized = (width: 1 | 2 | 4, extra: number): Header | null => {
    const count = length(width);
    return count === null ? null : scalar(body + width + extra + count);
  };
  const container = (width: 2 | 4, each: number): Header | null => {
    const count = length(width);
    return count === null ? null : { next: body + width, children: count * each };
  };
  switch (format) {
    case 0xc4:
    case 0xd9:
      return sized(1, 0);
    case 0xc5:
    case 0xda:
      return sized(2, 0);
    case 0xc6:
    case 0xdb:
      return sized(4, 0);
    case 0xc7:
      return sized(1, 1);
    case 0xc8:
      return sized(2, 1);
    case 0xc9:
      return sized(4, 1);
    case 0xdc:
      return container(2, 1);
    case 0xdd:
      return container(4, 1);
    case 0xde:
      return container(2, 2);
    case 0xdf:
      return container(4, 2);
    default:
      return null;
  }
}
