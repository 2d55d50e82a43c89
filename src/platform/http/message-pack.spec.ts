import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { checkMessage, packMessage, unpackMessage } from './message-pack.js';
import { Problem } from '../../problems/problem.js';

const DEEPEST = 32;
const BOUNDS = { nesting: DEEPEST, values: 100 };
const packr = new Packr({ useRecords: false });
const nested = (levels: number): Buffer => Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.from([0xc0])]);

describe('packMessage', () => {
  it('writes bytes that other decoders can read', () => {
    const value = { text: 'é', list: [1, -1, 2 ** 40, 1.5], none: null, flag: true };
    expect(packr.unpack(packMessage(value))).toEqual(value);
  });

  it('writes plain maps, not the records that only this library can read', () => {
    // map 16 of one pair, fixstr "a", 1
    expect(packMessage({ a: 1 })).toEqual(Buffer.from([0xde, 0x00, 0x01, 0xa1, 0x61, 0x01]));
  });
});

describe('unpackMessage', () => {
  it('refuses more values than are allowed before it decodes them', () => {
    expect(unpackMessage(packr.pack(Array.from({ length: 99 }, () => 0)), BOUNDS)).toHaveLength(99);
    expect(() => unpackMessage(packr.pack(Array.from({ length: 100 }, () => 0)), BOUNDS)).toThrow(
      /more than 100 values/,
    );
  });

  it('reads maps as plain objects', () => {
    expect(unpackMessage(packr.pack({ a: [1, { b: null }] }), BOUNDS)).toEqual({ a: [1, { b: null }] });
  });

  it('reads an empty body as undefined', () => {
    expect(unpackMessage(Buffer.alloc(0), BOUNDS)).toBeUndefined();
  });

  it('reads timestamps as the text that JSON would contain', () => {
    const at = new Date('2026-06-01T10:00:00.000Z');
    expect(unpackMessage(packr.pack({ at }), BOUNDS)).toEqual({ at: '2026-06-01T10:00:00.000Z' });
  });

  it('reads integers beyond 2^53 as numbers', () => {
    // uint 64 of 2^63
    expect(typeof unpackMessage(Buffer.from([0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0]), BOUNDS)).toBe('number');
  });

  it.each([
    ['a byte that the format never uses', [0xc1]],
    ['a text that ends early', [0xa5, 0x61]],
    ['a length that ends early', [0xda, 0x00]],
    ['a list that promises more than there is', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map without its last value', [0x81, 0xa1, 0x61]],
    ['two values', [0x01, 0x02]],
    ['a record of another library’s own format', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]],
    ['a set in that library’s format', [0xd4, 0x73, 0x00, 0x91, 0x01]],
    ['undefined in that library’s format', [0xd4, 0x00, 0x00]],
    ['an extension of an unknown type', [0xc7, 0x01, 0x05, 0x00]],
    ['an extension of 64 KB', [0xc8, 0x00, 0x01, 0x05, 0x00]],
    ['an extension of 4 GB', [0xc9, 0x00, 0x00, 0x00, 0x01, 0x05, 0x00]],
    ['a timestamp of a length of its own', [0xd5, 0xff, 0x00, 0x00]],
    ['a timestamp without a time', [0xc7, 0x00, 0xff]],
    ['a timestamp beyond the calendar', [0xc7, 0x0c, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a text that is not UTF-8', [0x81, 0xa1, 0x61, 0xa2, 0xc3, 0x28]],
    ['a text with a surrogate', [0xd9, 0x03, 0xed, 0xa0, 0x80]],
    ['a text that is longer than its shortest form', [0xda, 0x00, 0x02, 0xc0, 0x80]],
    ['a key that is not UTF-8', [0x81, 0xa1, 0xff, 0x01]],
    ['a text of four billion', [0xdb, 0xff, 0xff, 0xff, 0xff]],
    ['bytes', [0xc4, 0x01, 0x00]],
    ['not a number', [0xca, 0x7f, 0xc0, 0x00, 0x00]],
    ['infinity', [0x91, 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]],
  ])('rejects %s', (_name, bytes) => {
    expect(() => unpackMessage(Buffer.from(bytes), BOUNDS)).toThrow(
      expect.objectContaining({ code: 'unreadable_body' }) as Error,
    );
  });

  it('reads the allowed number of levels and rejects one more', () => {
    expect(unpackMessage(nested(DEEPEST), BOUNDS)).toBeInstanceOf(Array);
    expect(() => unpackMessage(nested(DEEPEST + 1), BOUNDS)).toThrow(Problem);
  });

  it('rejects a million levels without recursion', () => {
    expect(() => unpackMessage(nested(1_000_000), BOUNDS)).toThrow(/deeper than 32/);
  });

  it('never sets the prototype of an object', () => {
    const bytes = Buffer.concat([Buffer.from([0x81, 0xa9]), Buffer.from('__proto__'), packr.pack({ admin: true })]);
    const read = unpackMessage(bytes, BOUNDS) as Record<string, unknown>;
    expect(read.admin).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

describe('checkMessage', () => {
  it.each([
    ['nil', null, 0],
    ['a long text', 'x'.repeat(70_000), 0],
    ['bytes', Buffer.alloc(300), 0],
    ['a float', 1.5, 0],
    ['a map of a list of a map', { a: [{ b: 1 }] }, 3],
    ['a long list', Array.from({ length: 70_000 }, () => 1), 1],
    ['a wide map', Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, []])), 2],
    ['empty containers', [[], {}], 2],
    ['a timestamp', [new Date(0)], 1],
  ])('measures %s', (_name, value, depth) => {
    expect(checkMessage(packr.pack(value), BOUNDS)).toMatchObject({ depth });
  });

  it('measures every fixed and sized format by its length', () => {
    const scalars = [
      [0xcc, 1], [0xcd, 1, 1], [0xce, 1, 1, 1, 1], [0xd0, 1], [0xd1, 1, 1], [0xd2, 1, 1, 1, 1],
      [0xca, 0, 0, 0, 0], [0xd6, 0xff, 0, 0, 0, 0], [0xd7, 0xff, 0, 0, 0, 0, 0, 0, 0, 0], [0xc4, 1, 9], [0xc5, 0, 1, 9],
      [0xc6, 0, 0, 0, 1, 9], [0xd9, 1, 9], [0xda, 0, 1, 9], [0xdb, 0, 0, 0, 1, 9], [0xc7, 4, 0xff, 0, 0, 0, 0],
      [0xc8, 0, 4, 0xff, 0, 0, 0, 0], [0xc9, 0, 0, 0, 4, 0xff, 0, 0, 0, 0], [0x7f], [0xe0],
    ]; // prettier-ignore
    for (const bytes of scalars) expect(checkMessage(Buffer.from(bytes), BOUNDS)).toMatchObject({ depth: 0 });
    for (const bytes of scalars) expect(checkMessage(Buffer.from([...bytes, 0]), BOUNDS)).toBe('malformed');
  });

  it('names what is wrong before anything is decoded', () => {
    expect(checkMessage(Buffer.from([0xd4, 0x72, 0x40]), BOUNDS)).toBe('extension');
    expect(checkMessage(Buffer.from([0x92, 0xa1, 0xff, 0xc1]), BOUNDS)).toBe('not_utf8');
  });
});
