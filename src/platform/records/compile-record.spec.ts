import { describe, expect, it } from 'vitest';
import { compileRecord } from './compile-record.js';

describe('compileRecord', () => {
  const make = compileRecord<{ first: number; 'a "quoted" name': string }, Record<string, unknown>>([
    ['one', 'first'],
    ['__proto__', () => 'no prototype'],
    ['a "name"\n', 'a "quoted" name'],
    ['two', ({ first }) => first + 1],
  ]);

  it('makes the members in their order, from properties and with functions', () => {
    const made = make({ first: 1, 'a "quoted" name': 'x' });
    expect(Object.entries(made)).toEqual([
      ['one', 1],
      ['__proto__', 'no prototype'],
      ['a "name"\n', 'x'],
      ['two', 2],
    ]);
  });

  it('makes a new object each time', () => {
    const source = { first: 1, 'a "quoted" name': 'x' };
    expect(make(source)).not.toBe(make(source));
  });
});
