import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listClashingRegions, mergeLines } from './merge-lines.js';

describe('mergeLines', () => {
  it.each([
    ['changes of different lines', 'a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'A\nb\nC'],
    ['changes of neighbouring lines', 'a\nb', 'A\nb', 'a\nB', 'A\nB'],
    ['two lines appended, theirs first', 'a', 'a\ntheirs', 'a\nyours', 'a\ntheirs\nyours'],
    ['two lines appended before a last line end', 'a\n', 'a\ntheirs\n', 'a\nyours\n', 'a\ntheirs\nyours\n'],
    ['a change of the last line and a line after it', 'a\nb', 'a\nB', 'a\nb\nc', 'a\nB\nc'],
    ['lines of which both changed one', 'a\nb\nc', 'a\nX\nc', 'a\nX\nC', null],
    ['an equal line appended, once', 'a\nb\nc', 'A\nb\nc\nd', 'a\nb\nc\nd', 'A\nb\nc\nd'],
    ['a change, and other line ends', 'a\nb\nc', 'A\nb\nc', 'a\r\nb\r\nC', 'A\r\nb\r\nC'],
    ['the same line changed differently', 'a\nb', 'x\nb', 'y\nb', null],
    ['a line within a removed paragraph', 'a\nb\nc', 'c', 'a\nnew\nb\nc', null],
    ['a text that one side cleared', 'a', null, 'a\nb', null],
    ['two first texts', null, 'a', 'b', null],
  ])('%s', (_what, base, theirs, yours, merged) => {
    expect(mergeLines(base, theirs, yours)).toBe(merged);
  });

  it('applies the edits of both, and nothing else, when they are apart', () => {
    const line = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') });
    const edit = fc.record({ kind: fc.constantFrom('change', 'remove', 'insert'), line });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.record({ by: fc.constantFrom('theirs', 'yours', 'both', 'nobody'), edit }), { maxLength: 12 }),
        (length, edits) => {
          // Each base line is unique, so an edit is where it was made. Between two edits a line stays.
          const base = Array.from({ length: 2 * length + 1 }, (_, n) => `line ${n}`);
          const apply = (who: (by: string) => boolean): string =>
            base
              .flatMap((text, n) => {
                const one = n % 2 === 1 ? edits[(n - 1) / 2] : undefined;
                if (!one || !who(one.by)) return [text];
                const added = `${one.edit.line} ${n}`;
                return one.edit.kind === 'change' ? [added] : one.edit.kind === 'remove' ? [] : [text, added];
              })
              .join('\n');
          const theirs = apply((by) => by === 'theirs' || by === 'both');
          const yours = apply((by) => by === 'yours' || by === 'both');
          expect(mergeLines(base.join('\n'), theirs, yours)).toBe(apply((by) => by !== 'nobody'));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('compares the longest texts without a line in common in their order with bounded work', () => {
    const many = (texts: string[]): string =>
      Array.from({ length: 10_000 }, (_, n) => texts[n % texts.length]).join('\n');
    expect(mergeLines(many(['a', 'b', 'c']), many(['b', 'a', 'a', 'c']), many(['c', 'c', 'a', 'b', 'b']))).toBeNull();
  });
});

describe('listClashingRegions', () => {
  it('returns the lines that both changed to different ones, and nothing that merges', () => {
    const base = 'a\nb\nc\nd\ne\nf';
    expect(listClashingRegions(base, 'a\nB\nc\nd\ne\nF', 'A\nx\nc\nd\ne\nf\ng')).toEqual([
      { line: 1, base: 'a\nb', theirs: 'a\nB', yours: 'A\nx' },
    ]);
    expect(listClashingRegions(base, 'a\nB\nc\nd\nE\nf', 'a\n\nc\nd\nf')).toEqual([
      { line: 2, base: 'b', theirs: 'B', yours: '' },
      { line: 5, base: 'e', theirs: 'E', yours: '' },
    ]);
    expect(listClashingRegions(base, `${base}\ng`, `${base}\nh`)).toEqual([]);
  });
});
