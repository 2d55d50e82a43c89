import { describe, expect, it } from 'vitest';
import { isBlank } from './blank-text.js';

describe('a text without a visible character', () => {
  it.each([
    ['nothing', ''],
    ['spaces', ' \t\n\u00a0\u2003\u3000'],
    ['zero-width spaces', '\u200b\ufeff\u2060'],
    ['joiners', '\u200c\u200d'],
    ['marks of direction', '\u200e\u200f\u202e\u2066\u2069'],
    ['a soft hyphen', '\u00ad'],
    ['fillers of Hangul', '\u115f\u1160\u3164\uffa0'],
    ['an empty Braille pattern', '\u2800'],
    ['selectors of variants', '\ufe0f\u{e0100}'],
    ['tags', '\u{e0041}\u{e007f}'],
  ])('is one of %s', (_name, text) => {
    expect([isBlank(text), isBlank(` ${text} `)]).toEqual([true, true]);
    expect(isBlank(`${text}a`)).toBe(false);
  });

  it.each(['0', '.', '👍🏽', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'क्‍ष', 'می‌خواهم', '会議', '\u0301'])('is not %s', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});
