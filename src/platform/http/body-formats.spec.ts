import { describe, expect, it } from 'vitest';
import { bestMatch, readJson } from './body-formats.js';

const OFFERED = ['application/json', 'application/problem+json', 'application/msgpack', 'application/x-msgpack'];

describe('bestMatch', () => {
  it.each([
    ['application/json', 'application/json'],
    ['application/msgpack', 'application/msgpack'],
    ['APPLICATION/MSGPACK', 'application/msgpack'],
    ['application/x-msgpack', 'application/x-msgpack'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/problem+json', 'application/problem+json'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
    ['application/msgpack, application/json', 'application/json'],
    ['application/msgpack, application/json;q=0.9', 'application/msgpack'],
    ['application/json;q=0.1, */*;q=0.5, application/problem+json;q=0', 'application/msgpack'],
    ['application/json; charset=utf-8; q=0.5', 'application/json'],
  ])('matches %j with %s', (accept, type) => {
    expect(bestMatch(accept, OFFERED)).toBe(type);
  });

  it.each(['text/html', 'image/*', 'application/json;q=0', '*/*;q=0', 'nonsense', ';', ',', '*'])(
    'finds nothing for %j',
    (accept) => {
      expect(bestMatch(accept, OFFERED)).toBeNull();
    },
  );

  it('applies the most specific range', () => {
    expect(bestMatch('*/*, application/json;q=0', ['application/json', 'application/msgpack'])).toBe(
      'application/msgpack',
    );
  });
});

describe('readJson', () => {
  const read = (text: string | Buffer): unknown => readJson(Buffer.from(text as string), 32);

  it('reads JSON in UTF-8, with or without a byte order mark', () => {
    expect(read('{"a":["é",1,null]}')).toEqual({ a: ['é', 1, null] });
    expect(read('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it('reads an empty body as undefined', () => {
    expect(read('')).toBeUndefined();
  });

  it.each(['{', '{"a":}', "{'a':1}", 'nope', '{} {}', 'NaN', '[1,]', '\0'])('rejects %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'unreadable_body' }) as Error);
  });

  it('rejects bytes that are not UTF-8', () => {
    expect(() => read(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/not well-formed JSON/);
  });

  it('reads the allowed number of levels and rejects one more, with a pointer', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(read(nested(32))).toBeInstanceOf(Array);
    expect(() => read(nested(33))).toThrow(
      expect.objectContaining({
        extras: expect.objectContaining({ errors: [expect.objectContaining({ pointer: '', code: 'too_deep' })] }),
      }) as Error,
    );
  });

  it('rejects 30 KB of nesting, with or without closing brackets', () => {
    for (const piece of ['[', '{"a":', '[{"b":']) {
      expect(() => read(piece.repeat(30_000 / piece.length))).toThrow(/deeper than 32 levels/);
    }
  });

  it('does not count brackets inside strings', () => {
    const text = JSON.stringify({ a: `${'[{'.repeat(100)}\\"`, b: '\\' });
    expect(read(text)).toEqual(JSON.parse(text));
  });
});
