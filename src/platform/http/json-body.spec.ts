import { describe, expect, it } from 'vitest';
import { readJson } from './json-body.js';

describe('readJson', () => {
  const read = (text: string | Buffer): unknown => readJson(Buffer.from(text as string), { nesting: 32, values: 100 });

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

  it('refuses more values than are allowed before it parses them', () => {
    const list = (length: number): string => JSON.stringify(Array.from({ length }, () => ({})));
    expect(read(list(49))).toHaveLength(49);
    for (const text of [list(60), `[${'1,'.repeat(200)}`, '{"a":1},'.repeat(100)]) {
      expect(() => read(text)).toThrow(/more than 100 values/);
    }
    expect(read(JSON.stringify([',[{'.repeat(200), '\\",[{'.repeat(200)]))).toHaveLength(2);
  });
});
