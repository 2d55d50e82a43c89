import type { ContentField } from '../content/fields.js';
import { unitOf } from '../content/units.js';
import type { ContentKind, Undoing } from './change.js';

/** A version of a series that split it, or that may have undone a split. */
export interface SplitStep {
  version: number;
  kind: ContentKind;
  undoes: Undoing | null;
}

/** The versions of a series whose splits a change undoes, and those whose splits it makes again. */
export interface SplitChanges {
  undone: number[];
  redone: number[];
}

/** The splits that are in effect from a version on, by the versions that made them. */
interface SplitState {
  version: number;
  splits: ReadonlySet<number>;
}

/**
 * Returns what a change that undoes others does to the splits of a series: which tails give their dates back to it, and
 * which have dates of their own again. Pure.
 * @param steps the versions that made or may have undone splits, oldest first
 */
export function changeSplits(steps: readonly SplitStep[], undoes: Undoing): SplitChanges {
  const states: SplitState[] = [{ version: 0, splits: new Set() }];
  for (const { version, kind, undoes: undone } of steps) {
    const current = states.at(-1)!.splits;
    if (kind === 'split') states.push({ version, splits: new Set([...current, version]) });
    // Rollbacks of earlier releases do not say what they undid.
    else if (undone) states.push({ version, splits: undo(states, undone) });
  }
  const current = states.at(-1)!.splits;
  const next = undo(states, undoes);
  return { undone: without(current, next), redone: without(next, current) };
}

/** Returns the splits that are in effect after undoing changes in the last of these states. */
function undo(states: readonly SplitState[], undoes: Undoing): ReadonlySet<number> {
  const current = states.at(-1)!.splits;
  if ('rejoined' in undoes) return current;
  if ('rolledBackTo' in undoes) {
    const { rolledBackTo, fields } = undoes;
    // Rolling back only texts does not undo the splits of the series.
    const withTimes = !fields || fields.some((field) => unitOf(field as ContentField) === 'times');
    return withTimes ? splitsIn(states, rolledBackTo) : current;
  }
  const [before, after] = [splitsIn(states, undoes.reverted - 1), splitsIn(states, undoes.reverted)];
  const made = without(after, before);
  const undone = without(before, after);
  if (made.length + undone.length === 0) return current;
  return new Set([...current, ...undone].filter((split) => !made.includes(split)));
}

const splitsIn = (states: readonly SplitState[], version: number): ReadonlySet<number> =>
  states.findLast((state) => state.version <= version)!.splits;

const without = (all: ReadonlySet<number>, others: ReadonlySet<number>): number[] =>
  [...all].filter((one) => !others.has(one));
