import { describe, expect, it } from 'vitest';
import type { Undoing } from './change.js';
import { changeSplits, type SplitStep } from './splits.js';

const split = (version: number): SplitStep => ({ version, kind: 'split', undoes: null });
const undo = (version: number, undoes: Undoing | null): SplitStep => ({ version, kind: 'rolled_back', undoes });

/** A series that was split in its versions 2 and 4. */
const TWICE = [split(2), split(4)];

describe('changeSplits', () => {
  it('undoes the splits after the version that is rolled back to', () => {
    expect(changeSplits(TWICE, { rolledBackTo: 1 })).toEqual({ undone: [2, 4], redone: [] });
    expect(changeSplits(TWICE, { rolledBackTo: 3 })).toEqual({ undone: [4], redone: [] });
    expect(changeSplits(TWICE, { rolledBackTo: 4 })).toEqual({ undone: [], redone: [] });
  });

  it('concerns times only', () => {
    expect(changeSplits(TWICE, { rolledBackTo: 1, fields: ['title', 'status'] })).toEqual({ undone: [], redone: [] });
    expect(changeSplits(TWICE, { rolledBackTo: 1, fields: ['title', 'end_time'] }).undone).toEqual([2, 4]);
    const texts = [...TWICE, undo(5, { rolledBackTo: 1, fields: ['title'] })];
    expect(changeSplits(texts, { rolledBackTo: 1 }).undone).toEqual([2, 4]);
  });

  it('undoes a split that is reverted, and no other', () => {
    expect(changeSplits(TWICE, { reverted: 2 })).toEqual({ undone: [2], redone: [] });
    expect(changeSplits(TWICE, { reverted: 3 })).toEqual({ undone: [], redone: [] });
  });

  it('makes a split again when its undoing is undone, by either way, as often as that happens', () => {
    const whole = [...TWICE, undo(5, { rolledBackTo: 1 })];
    for (const undoes of [{ reverted: 5 }, { rolledBackTo: 4 }]) {
      expect(changeSplits(whole, undoes)).toEqual({ undone: [], redone: [2, 4] });
      const apart = [...whole, undo(6, undoes)];
      expect(changeSplits(apart, { reverted: 6 })).toEqual({ undone: [2, 4], redone: [] });
      expect(changeSplits(apart, { rolledBackTo: 5 })).toEqual({ undone: [2, 4], redone: [] });
    }
    expect(changeSplits(whole, { rolledBackTo: 2 })).toEqual({ undone: [], redone: [2] });
    expect(changeSplits([...TWICE, undo(5, { reverted: 2 })], { reverted: 5 }).redone).toEqual([2]);
  });

  it('exchanges splits when the series was split elsewhere meanwhile', () => {
    const elsewhere = [split(2), undo(3, { rolledBackTo: 1 }), split(4)];
    expect(changeSplits(elsewhere, { rolledBackTo: 2 })).toEqual({ undone: [4], redone: [2] });
    expect(changeSplits(elsewhere, { rolledBackTo: 3 })).toEqual({ undone: [4], redone: [] });
  });

  it('takes a rollback of an earlier release, which does not say what it undid, for none', () => {
    expect(changeSplits([split(2), undo(3, null)], { rolledBackTo: 1 })).toEqual({ undone: [2], redone: [] });
  });

  it('takes no longer for a series that was rolled back thousands of times', () => {
    const steps = [
      split(2),
      ...Array.from({ length: 20_000 }, (_, at) => undo(at + 3, { rolledBackTo: 1 + (at % 2) })),
    ];
    expect(changeSplits(steps, { rolledBackTo: 1 })).toEqual({ undone: [2], redone: [] });
  });
});
