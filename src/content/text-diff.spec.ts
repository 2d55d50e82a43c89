import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTextLines, compareTexts, splitWords, type TextOperation } from './text-diff.js';
import { graphemeStarts } from './visible-text.js';

const joined = (operations: TextOperation[], without: TextOperation['op']): string =>
  operations
    .filter(({ op }) => op !== without)
    .map(({ text }) => text)
    .join('');

const rendered = (from: string, to: string): string =>
  compareTexts(from, to)
    .map(({ op, text }) => (op === 'equal' ? text : op === 'delete' ? `[-${text}-]` : `[+${text}+]`))
    .join('');

/** Texts of words that repeat, with line breaks and characters of several code points. */
const texts = fc
  .array(
    fc.constantFrom('plan', 'team', ' ', '\n', '👩‍👩‍👧', 'e\u0301', '🇫🇷', '会議', 'ทีม', '\r\n', 'क्षि', '.', '\u0301'),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('compareTexts', () => {
  it('contains both texts completely, without empty pieces, and each piece differs in kind from the next', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'grapheme' })), fc.oneof(texts, fc.string()), (from, to) => {
        const operations = compareTexts(from, to);
        expect([joined(operations, 'insert'), joined(operations, 'delete')]).toEqual([from, to]);
        for (const [index, { op, text }] of operations.entries()) {
          expect(text).not.toBe('');
          expect(op).not.toBe(operations[index + 1]?.op);
        }
      }),
    );
  });

  it('never cuts a grapheme', () => {
    fc.assert(
      fc.property(texts, texts, (from, to) => {
        for (const [text, other] of [
          [from, 'insert'],
          [to, 'delete'],
        ] as const) {
          const starts = graphemeStarts(text);
          let position = 0;
          for (const operation of compareTexts(from, to).filter(({ op }) => op !== other)) {
            expect(starts).toContain(position);
            position += operation.text.length;
          }
        }
      }),
    );
  });

  it.each([
    ['Weekly team meeting', 'Weekly board meeting', 'Weekly [-team-][+board+] meeting'],
    ['Weekly review', 'Weekly design review', 'Weekly [+design +]review'],
    ['one two three four', 'one 2 3 four', 'one [-two three-][+2 3+] four'],
    ['Bring plates\nand forks', 'Bring plates\nand knives', 'Bring plates\nand [-forks-][+knives+]'],
    ['a\nb', 'a\nb\nc', 'a\nb[+\nc+]'],
    ['我们讨论预算和招聘计划', '我们讨论预算和办公室计划', '我们讨论预算和[-招聘-][+办公室+]计划'],
    ['👩‍👩‍👧 lunch', '👩‍👩‍👦 lunch', '[-👩‍👩‍👧-][+👩‍👩‍👦+] lunch'],
    ['Cafe', 'Cafe\u0301', '[-Cafe-][+Cafe\u0301+]'],
    ['10:30', '11:30', '[-10-][+11+]:30'],
    ['alpha beta gamma', 'delta epsilon zeta', '[-alpha beta gamma-][+delta epsilon zeta+]'],
  ])('%j to %j: %j', (from, to, expected) => {
    expect(rendered(from, to)).toBe(expected);
  });

  it('splits ASCII as `Intl.Segmenter` does, and any text where it does', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const unit = fc.constantFrom(...'abZ09_ .,;\'"-/\n\té会');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        expect(splitWords(text)).toEqual(Array.from(segmenter.segment(text), ({ segment }) => segment));
      }),
    );
  });

  it('is the same whenever it is made, for texts of any length without common words', () => {
    const [from, to] = ['a', 'b'].map((letter) =>
      Array.from({ length: 4_000 }, (_, index) => `${letter}${index}${index % 7 === 0 ? ' common' : ''}`).join(' '),
    ) as [string, string];
    const first = compareTexts(from, to);
    expect(joined(first, 'insert')).toBe(from);
    for (let again = 0; again < 3; again += 1) expect(compareTexts(from, to)).toEqual(first);
  });
});

describe('compareTextLines', () => {
  it('contains both texts completely, in whole lines', () => {
    fc.assert(
      fc.property(texts, texts, (from, to) => {
        const operations = compareTextLines(from, to);
        expect([joined(operations, 'insert'), joined(operations, 'delete')]).toEqual([from, to]);
        const rest = operations.filter(({ text }) => !text.endsWith('\n'));
        expect(rest.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
