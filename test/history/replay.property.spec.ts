import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/history/change.js';
import type { StoredEntry } from '../../src/history/history-replay.js';
import { SeriesInMemory, type Step, verdict } from './series-in-memory.js';
import { anyEdit, dailyMeeting } from './random-edits.js';

const PERSONS = ['ana', 'ben', 'cleo'];
const RUNS = 3_000;

const number = fc.nat({ max: 60 });
const does = <T extends object>(weight: number, what: T): { weight: number; arbitrary: fc.Arbitrary<T> } => ({
  weight,
  arbitrary: fc.constant(what),
});
const deed = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant('edit' as const), edit: anyEdit, back: fc.nat({ max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('split' as const), day: fc.nat({ max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('give' as const), role: fc.constantFrom('viewer', 'editor') }),
  },
  does(1, { does: 'delete' as const }),
  does(3, { does: 'restore' as const }),
  does(2, { does: 'rollback' as const }),
  does(2, { does: 'undo' as const }),
  does(3, { does: 'transfer' as const }),
  does(2, { does: 'revoke' as const }),
);
const step = fc
  .tuple(fc.record({ event: number, by: number, to: number, place: number }), deed)
  .map(([who, what]): Step => ({ ...who, ...what }));
const history = fc.array(step, { minLength: 8, maxLength: 24, size: 'max' });

const counts: Record<string, number> = {};

function live(steps: Step[]): SeriesInMemory {
  const series = new SeriesInMemory(dailyMeeting(), PERSONS);
  for (const each of steps) if (series.do(each)) counts[each.does] = (counts[each.does] ?? 0) + 1;
  return series;
}

describe('random histories with deletions, restorations, splits, shares and undone changes', () => {
  it('reach the current state when they are replayed', () => {
    let events = 0;
    fc.assert(
      fc.property(history, (steps) => {
        for (const event of live(steps).events) {
          expect(verdict(event)).toBeNull();
          events += 1;
        }
      }),
      { numRuns: RUNS },
    );
    expect(events).toBeGreaterThan(RUNS);
    for (const kind of ['edit', 'split', 'give', 'delete', 'restore', 'rollback', 'undo', 'transfer', 'revoke']) {
      expect(counts[kind] ?? 0, kind).toBeGreaterThan(RUNS / 30);
    }
  });

  const another = (text: string): string => (text === 'x' ? 'y' : 'x');
  /** Ways to alter one row and nothing else. */
  const ALTERATIONS: ((entry: StoredEntry) => Partial<StoredEntry>)[] = [
    ({ snapshot, members }) =>
      snapshot
        ? { snapshot: { ...snapshot, title: another(snapshot.title as string) } }
        : { members: members!.map((one) => ({ ...one, to: one.to === 'viewer' ? 'editor' : 'viewer' })) },
    ({ snapshot, members }) =>
      snapshot
        ? { snapshot: { ...snapshot, excluded: [...(snapshot.excluded as string[]), '2030-01-01T10:00:00'] } }
        : { members: [...members!, ...members!] },
    ({ actorId }) => ({ actorId: another(actorId) }),
    ({ at }) => ({ at: new Date(at.getTime() + 1) }),
    ({ kind }) => ({ kind: another(kind) as ChangeKind }),
    () => ({ comment: 'said later' }),
    ({ changed }) => ({ changed: changed ? changed.slice(1) : ['title'] }),
    ({ hash }) => ({ hash: hash.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
  ];

  it('reveal every alteration, and where it is', () => {
    fc.assert(
      fc.property(history, number, number, fc.constantFrom(...ALTERATIONS), (steps, event, place, alter) => {
        const { events } = live(steps);
        const altering = events[event % events.length]!;
        const index = place % altering.entries.length;
        const altered = altering.entries.with(index, {
          ...altering.entries[index]!,
          ...alter(altering.entries[index]!),
        });
        expect(verdict(altering, altered)).toMatchObject({ position: index + 1 });
      }),
      { numRuns: RUNS },
    );
  });

  it('reveal omitted and reordered entries', () => {
    fc.assert(
      fc.property(history, number, (steps, place) => {
        const [event] = live(steps).events;
        const { entries } = event!;
        const index = place % entries.length;
        expect(verdict(event!, entries.toSpliced(index, 1))).not.toBeNull();
        if (index === 0) return;
        const swapped = entries.with(index, entries[index - 1]!).with(index - 1, entries[index]!);
        expect(verdict(event!, swapped)).toMatchObject({ position: index + 1 });
      }),
      { numRuns: RUNS },
    );
  });
});
