import { describe, expect, it } from 'vitest';
import { parseEntityTags } from './entity-tags.js';

describe('parseEntityTags', () => {
  it.each([
    ['"3"', ['3']],
    ['W/"3"', ['W/3']],
    ['3', ['3']],
    [' "12" ', ['12']],
    ['"3.1", "4"', ['3.1', '4']],
    ['"3","4"', ['3', '4']],
    ['"a,b", W/"c"', ['a,b', 'W/c']],
    [', "3" ,, "4",', ['3', '4']],
    ['""', ['']],
  ])('reads %j', (header, expected) => {
    const tags = parseEntityTags(header);
    expect(Array.isArray(tags) && tags.map(({ value, weak }) => (weak ? `W/${value}` : value))).toEqual(expected);
  });

  it.each(['*', ' * '])('reads %j as any representation', (header) => {
    expect(parseEntityTags(header)).toBe('*');
  });

  it.each(['', ' ', ',', 'three', '"3', '3"', '-1', 'w/"3"', '"3" "4"', '"3", *', '"a"b"', `"${'3'.repeat(9)}`])(
    'rejects %j',
    (header) => {
      expect(parseEntityTags(header)).toBeNull();
    },
  );

  it('takes time in proportion to the length', () => {
    expect(parseEntityTags(`${'"a", '.repeat(100_000)}x`)).toBeNull();
  });
});
