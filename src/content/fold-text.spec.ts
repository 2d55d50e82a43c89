import { describe, expect, it } from 'vitest';
import { foldText } from './fold-text.js';

describe('foldText', () => {
  it.each([
    ['Café', 'cafe\u0301'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['STRASSE', 'strasse'],
    ['a\u00a0b', 'A \t\r\n B'],
    ['全角　ＡＢＣ', '全角 abc'],
    ['a\u2003\u2028b', 'a b'],
    ['ﬁne', 'Fine'],
    ['İZMİR', 'izmir'],
  ])('makes %j and %j equal', (one, other) => {
    expect(foldText(one)).toBe(foldText(other));
  });

  it.each([
    ['resume', 'résumé'],
    ['a b', 'ab'],
    ['l', 'I'],
  ])('tells %j from %j', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });
});
