import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventContent } from '../../src/content/event-content.js';
import { findChangedFields, wireContent } from '../../src/content/wire.js';
import { seriesOf } from '../../src/content/series.js';
import { expand } from '../../src/recurrence/expand.js';
import { formatLocalTime } from '../../src/time/local-time.js';
import { validateSeries } from '../../src/recurrence/validate.js';
import { mergeContent } from '../../src/content/merge.js';
import { type Unit, unitOf } from '../../src/content/units.js';
import { anyEdit, applyEdit, attempt, type ContentEdit, dailyMeeting, edit as steadyEdit } from './random-edits.js';

/**
 * What can be changed by itself: each field, the shape of the series as one, and of each of its dates whether it takes
 * place, when, and each text.
 */
function atomsOf(content: EventContent): Map<string, unknown> {
  const { title, description, location, showAs, deletedAt, excluded, added, overrides, ...shape } = content;
  return new Map<string, unknown>([
    ...Object.entries({ title, description, location, show_as: showAs, deleted: deletedAt, shape }),
    ...excluded.map((name) => [`date ${name}`, 'excluded'] as const),
    ...added.map((name) => [`date ${name} added`, true] as const),
    ...overrides.flatMap(({ original, start, zone, duration, ...texts }): [string, unknown][] => [
      ...(start || zone || duration
        ? [[`date ${original} times`, { start, zone, duration }] as [string, unknown]]
        : []),
      ...Object.entries(texts).map(([text, said]): [string, unknown] => [`date ${original} ${text}`, said]),
    ]),
  ]);
}

const isDate = (atom: string): boolean => atom.startsWith('date ');
const isOfTimes = (atom: string): boolean => atom === 'shape' || isDate(atom);
const unitOfAtom = (atom: string): Unit => (isOfTimes(atom) ? 'times' : unitOf(atom as 'title'));

/** The atoms in which two states differ. */
function differing(a: EventContent, b: EventContent): string[] {
  const [left, right] = [atomsOf(a), atomsOf(b)];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].filter((name) => !isDeepStrictEqual(left.get(name), right.get(name)));
}

const value = (content: EventContent, atom: string): unknown => atomsOf(content).get(atom);
const isSame = (a: EventContent, b: EventContent, atom: string): boolean =>
  isDeepStrictEqual(value(a, atom), value(b, atom));

/**
 * True when a side gives a date the description that its series has already. Descriptions merge as texts, and the text of
 * that date is what it was.
 */
function restates(before: EventContent, side: EventContent, atom: string): boolean {
  const [, , field] = atom.split(' ');
  if (!isDate(atom) || field !== 'description' || value(before, atom) !== undefined) return false;
  return Boolean(before.description) && value(side, atom) === before.description;
}

/** True when what changed from `a` to `b` and from `a` to `c` stands in each other's way in that unit. */
function collide(a: EventContent, b: EventContent, c: EventContent, unit: Unit): boolean {
  const [left, right] = [differing(a, b), differing(a, c)].map((atoms) =>
    atoms.filter((atom) => unitOfAtom(atom) === unit),
  ) as [string[], string[]];
  if (left.length === 0 || right.length === 0) return false;
  if (!differing(b, c).some((atom) => unitOfAtom(atom) === unit)) return false;
  if (unit !== 'times') return true;
  const [reshapedLeft, reshapedRight] = [left.includes('shape'), right.includes('shape')];
  if (reshapedLeft && reshapedRight) return true;
  if (reshapedLeft) return collideInReshaped(a, b, c);
  if (reshapedRight) return collideInReshaped(a, c, b);
  return collideByDate(a, b, c, b);
}

/**
 * True when a date was changed by both sides to different states, or taken away by one and changed by the other, or when
 * no date would be left. All have the dates of the series that is merged.
 */
function collideByDate(before: EventContent, left: EventContent, right: EventContent, series: EventContent): boolean {
  const merged = { ...series, added: keptByBoth('added', before, left, right), overrides: [] };
  const names = listNames({ ...merged, excluded: [] });
  const changed = [...differing(before, left), ...differing(before, right)].filter(isDate).map(nameOfDate);
  for (const name of new Set(changed)) {
    const [was, one, other] = [before, left, right].map((side) => stateOfDate(side, `date ${name}`));
    if (names.includes(name)) {
      if (collideStates(was, one, other, before.description)) return true;
      continue;
    }
    const isTaken = (side: EventContent): boolean => before.added.includes(name) && !side.added.includes(name);
    if (isTaken(left) && isTaken(right)) continue;
    if (isTaken(right) ? !isDeepStrictEqual(was, one) : !isDeepStrictEqual(was, other)) return true;
  }
  return occurrences({ ...merged, excluded: keptByBoth('excluded', before, left, right) }) === 0;
}

/** True when three states of a date have no merged one. Without a description of its own, it has that of the series. */
function collideStates(was: unknown, one: unknown, other: unknown, description: string | null): boolean {
  const same = isDeepStrictEqual;
  if (same(was, one) || same(was, other) || same(one, other)) return false;
  if ([was, one, other].includes('excluded')) return true;
  const [before, left, right] = [was, one, other].map((state): Record<string, unknown> => {
    const { start, zone, duration, ...texts } = (state ?? {}) as Record<string, unknown>;
    return { ...texts, times: start || zone || duration ? { start, zone, duration } : undefined };
  });
  const isRestated =
    Boolean(description) &&
    before!['description'] === undefined &&
    [left, right].every((side) => side!['description']) &&
    [left, right].some((side) => side!['description'] === description);
  return Object.keys({ ...before, ...left, ...right }).some(
    (key) =>
      !same(before![key], left![key]) &&
      !same(before![key], right![key]) &&
      !same(left![key], right![key]) &&
      !(key === 'description' && isRestated),
  );
}

const nameOfDate = (atom: string): string => atom.split(' ')[1]!;

/** What a side says about the date of an atom. */
function stateOfDate({ excluded, overrides }: EventContent, atom: string): unknown {
  const name = nameOfDate(atom);
  return excluded.includes(name) ? 'excluded' : overrides.find(({ original }) => original === name);
}

/** True when a series was reshaped, and somebody else's dates cannot follow it. */
function collideInReshaped(base: EventContent, reshaped: EventContent, dated: EventContent): boolean {
  const isMoveOnly = reshaped.timeZone === base.timeZone && reshaped.allDay === base.allDay;
  if (!isMoveOnly || (reshaped.rrule === null && reshaped.added.length === 0)) return true;
  const [before, after] = [follow(base, base, reshaped), follow(base, dated, reshaped)];
  return collideByDate(before, reshaped, after, reshaped);
}

/** Returns a content whose dates have moved as far as the start of a series, with the shape of that series. */
function follow(base: EventContent, content: EventContent, reshaped: EventContent): EventContent {
  const shift = Date.parse(`${reshaped.localStart}Z`) - Date.parse(`${base.localStart}Z`);
  const move = (name: string): string => new Date(Date.parse(`${name}Z`) + shift).toISOString().slice(0, 19);
  const { title, description, location, showAs, deletedAt, excluded, added, overrides } = content;
  return {
    ...reshaped,
    ...{ title, description, location, showAs, deletedAt, excluded: excluded.map(move), added: added.map(move) },
    overrides: overrides.map((override) => ({ ...override, original: move(override.original) })),
  };
}

/**
 * An acknowledged edit changed what its author wanted, nothing else, and wrote over nothing that he had not seen. If one
 * side reshaped the series, the dates of the other have followed it. Returns what was changed, where it is now.
 */
function expectSeen(
  base: EventContent,
  current: EventContent,
  wanted: EventContent,
  result: EventContent,
): { atoms: string[]; made: EventContent } {
  const [theyReshaped, youReshaped] = [!isSame(base, current, 'shape'), !isSame(base, wanted, 'shape')];
  const reshaped = theyReshaped === youReshaped ? null : theyReshaped ? current : wanted;
  const followed = (side: EventContent): EventContent =>
    reshaped && side !== reshaped ? follow(base, side, reshaped) : side;
  const [before, theirs, made] = [base, current, wanted].map(followed) as [EventContent, EventContent, EventContent];
  if (reshaped) expect(isSame(result, reshaped, 'shape'), 'the series is as it was reshaped').toBe(true);
  const atoms = differing(before, made).filter((atom) => !restates(before, made, atom));
  for (const atom of atoms) {
    expect(isSame(result, made, atom), `${atom} is what was wanted`).toBe(true);
    const wasSeen = [before, made].some((side) => isSame(theirs, side, atom)) || restates(before, theirs, atom);
    expect(wasSeen, `${atom} was seen`).toBe(true);
  }
  for (const atom of differing(theirs, result)) expect(differing(before, made)).toContain(atom);
  return { atoms, made };
}

const listNames = (content: EventContent): string[] =>
  expand({ ...seriesOf(content), overrides: [] }, { from: -Infinity, to: Infinity }, 1_000).map(({ original }) =>
    formatLocalTime(original),
  );

/** The dates of a list, each as the side has it that changed it. */
function keptByBoth(list: 'excluded' | 'added', a: EventContent, b: EventContent, c: EventContent): string[] {
  return [...new Set([...b[list], ...c[list]])].filter((name) => {
    const [before, left, right] = [a, b, c].map((side) => side[list].includes(name));
    return left === before ? right : left;
  });
}

const occurrences = (content: EventContent): number =>
  expand(seriesOf(content), { from: -Infinity, to: Infinity }, 1).length;

/** As valid as what a client could send: nothing that two edits come to may be what neither could have asked for. */
function expectValid(content: EventContent): void {
  validateSeries(seriesOf(content));
  expect(occurrences(content)).toBe(1);
}

const UNITS: Unit[] = ['title', 'description', 'location', 'show_as', 'deleted', 'times'];
interface StaleEdit {
  by: number;
  back: number;
  edit: ContentEdit;
}
const stale: fc.Arbitrary<StaleEdit[]> = fc.array(
  fc.record({ by: fc.nat({ max: 3 }), back: fc.nat({ max: 6 }), edit: anyEdit }),
  {
    minLength: 4,
    maxLength: 16,
  },
);

/** Somebody gives a date the description that the series has by then, and somebody else, who sees the same text, another. */
const RESTATED: StaleEdit[] = [
  { by: 0, back: 0, edit: { what: 'fields', input: { title: 'Plan', description: 'Agenda' } } },
  { by: 1, back: 1, edit: { what: 'occurrence', day: 2, scope: 'this', input: { description: 'Agenda' } } },
  { by: 2, back: 1, edit: { what: 'occurrence', day: 2, scope: 'this', input: { description: 'Notes' } } },
];
/** The same two in the other order. */
const RESTATED_AFTER: StaleEdit[] = [
  RESTATED[0]!,
  { by: 2, back: 0, edit: { what: 'occurrence', day: 2, scope: 'this', input: { description: 'Notes' } } },
  {
    by: 1,
    back: 1,
    edit: { what: 'occurrence', day: 2, scope: 'this', input: { description: 'Agenda', title: 'Talk' } },
  },
];

describe('edits of several people, each made for an earlier version', () => {
  it('are in the result, in a later logged change, or were answered 412', () => {
    const seen = { acknowledged: 0, merged: 0, refused: 0 };
    fc.assert(
      fc.property(stale, (edits) => {
        const versions = [dailyMeeting()];
        const log: { made: number; atoms: string[]; wanted: EventContent }[] = [];
        for (const { back, edit } of edits) {
          const from = Math.max(0, versions.length - 1 - back);
          const [base, current] = [versions[from]!, versions.at(-1)!];
          const wanted = attempt(() => applyEdit(edit, base));
          if (!wanted) continue;
          const merged = mergeContent(base, current, wanted);
          if ('clashes' in merged) {
            seen.refused += 1;
            // 412 only where somebody else really changed the same to something else.
            expect(merged.clashes).toEqual(UNITS.filter((unit) => collide(base, current, wanted, unit)));
            expect(merged.clashes.length).toBeGreaterThan(0);
            continue;
          }
          const { atoms, made } = expectSeen(base, current, wanted, merged.content);
          expectValid(merged.content);
          if (differing(current, merged.content).length > 0) versions.push(merged.content);
          if (atoms.length > 0) log.push({ made: versions.length - 1, atoms, wanted: made });
          seen.acknowledged += 1;
          if (from < versions.length - 2) seen.merged += 1;
        }
        const last = versions.at(-1)!;
        for (const { made, atoms, wanted } of log) {
          for (const atom of atoms) {
            const later = versions.slice(made + 1).some((version, index) => {
              const before = versions[made + index]!;
              // The log names the field.
              const fields = findChangedFields(wireContent(before), wireContent(version)).map((field) => unitOf(field));
              return !isSame(before, version, atom) && fields.includes(unitOfAtom(atom));
            });
            expect(isSame(last, wanted, atom) || later, `${atom} of version ${made}`).toBe(true);
          }
        }
      }),
      { numRuns: 3_000, examples: [[RESTATED], [RESTATED_AFTER]] },
    );
    expect(Math.min(seen.acknowledged, seen.merged, seen.refused)).toBeGreaterThan(1_000);
  });
});

describe('undoing change k of n', () => {
  /** Applies edits one after the other; what is refused, and what changes nothing, makes no version. */
  function versionsOf(edits: ContentEdit[]): {
    versions: EventContent[];
    done: typeof edits;
  } {
    const versions = [dailyMeeting()];
    const done = edits.filter((edit) => {
      const next = attempt(() => applyEdit(edit, versions.at(-1)!));
      if (!next || differing(versions.at(-1)!, next).length === 0) return false;
      return versions.push(next) > 0;
    });
    return { versions, done };
  }

  const touchedBy = (versions: EventContent[]): string[][] =>
    versions.slice(1).map((version, index) => differing(versions[index]!, version));
  const undo = (versions: EventContent[], k: number): ReturnType<typeof mergeContent> =>
    mergeContent(versions[k]!, versions.at(-1)!, versions[k - 1]!);

  it.each([
    ['of texts and single occurrences', steadyEdit],
    ['of all kinds', anyEdit],
  ])('%s keeps the other n − 1, or is refused for the fields that were changed again', (_kind, arbitrary) => {
    const seen = { undone: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 2, maxLength: 12 }), fc.nat(), (edits, pick) => {
        const { versions } = versionsOf(edits);
        if (versions.length < 2) return;
        const k = 1 + (pick % (versions.length - 1));
        const [before, after, current] = [versions[k - 1]!, versions[k]!, versions.at(-1)!];
        const undone = undo(versions, k);
        if ('clashes' in undone) {
          seen.refused += 1;
          expect(undone.clashes).toEqual(UNITS.filter((unit) => collide(after, current, before, unit)));
          return;
        }
        seen.undone += 1;
        expectValid(undone.content);
        expectSeen(after, current, before, undone.content);
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.undone, seen.refused)).toBeGreaterThan(300);
  });

  it('gives the same content as if the change had never been made, when no other changed the same', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(steadyEdit, { minLength: 2, maxLength: 8 }), fc.nat(), (edits, pick) => {
        const { versions, done } = versionsOf(edits);
        if (versions.length < 2) return;
        const k = 1 + (pick % (versions.length - 1));
        const touched = touchedBy(versions);
        const others = new Set(touched.filter((_, index) => index !== k - 1).flat());
        // An occurrence takes the texts of its series for granted: it would say other things of itself without them.
        const isOwn = touched[k - 1]!.every((atom) => !others.has(atom));
        const ofDatesOnly = touched[k - 1]!.every(isDate);
        if (!isOwn || (!ofDatesOnly && [...others].some(isDate))) return;
        const without = versionsOf(done.filter((_, index) => index !== k - 1));
        // Who said again what was there already says something new without it.
        const alike = touched.filter((_, index) => index !== k - 1);
        if (!isDeepStrictEqual(touchedBy(without.versions), alike)) return;
        expect(undo(versions, k)).toEqual({ content: without.versions.at(-1) });
        compared += 1;
      }),
      { numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  it('twice is the same as undoing nothing', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 2, maxLength: 8 }), fc.nat(), (edits, pick) => {
        const { versions } = versionsOf(edits);
        if (versions.length < 2) return;
        const undone = undo(versions, 1 + (pick % (versions.length - 1)));
        if ('clashes' in undone) return;
        const again = undo([...versions, undone.content], versions.length);
        expect(again).toEqual({ content: versions.at(-1) });
      }),
      { numRuns: 2_000 },
    );
  });
});
