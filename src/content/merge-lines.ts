import { diffArrays } from 'diff';

/**
 * Bounds the comparison of lines, whose time grows with its square: 400 took 60 to 75 ms. Beyond it, everything between the
 * first and the last change is one changed region.
 */
const MAX_EDITS = 320;

/** A region of the base, half-open, that one side replaced with other lines. An empty region is an insertion. */
interface Region {
  from: number;
  to: number;
  lines: string[];
}

/**
 * Merges two edits of a text line by line. Regions that do not overlap are both applied. What both inserted at the same
 * place is there twice, theirs first, and an equal change once. Null when both changed the same lines, when there was no
 * text before, or when one side removed all of it. Line ends are those of the side that changed them. Pure.
 */
export function mergeLines(base: string | null, theirs: string | null, yours: string | null): string | null {
  if (!base || !theirs || !yours) return null;
  const { lines, their, your, joint } = compareLines(base, theirs, yours);
  if (your.some((region) => their.some((other) => overlaps(region, other)))) return null;
  // The sort is stable: at the same place, theirs come first.
  const regions = [...their, ...your].sort((a, b) => a.from - b.from || a.to - b.to);
  const merged: string[] = [];
  let next = 0;
  for (const { from, to, lines: replacement } of regions) {
    for (const line of lines.slice(next, from)) merged.push(line);
    for (const line of replacement) merged.push(line);
    next = to;
  }
  return [...merged, ...lines.slice(next)].join(joint ?? '\n');
}

/** Lines that both sides changed to different ones. */
export interface TextRegion {
  /** The number of its first line in the text before, from 1. */
  line: number;
  base: string;
  theirs: string;
  yours: string;
}

/** Returns the regions because of which `mergeLines` does not merge, in order. Regions that touch are one. Pure. */
export function listClashingRegions(base: string, theirs: string, yours: string): TextRegion[] {
  const { lines, their, your } = compareLines(base, theirs, yours);
  const clashing: { from: number; to: number }[] = [];
  const pairs = your.flatMap((own) => their.filter((other) => overlaps(own, other)).map((other) => ({ own, other })));
  for (const { own, other } of pairs) {
    const [from, to] = [Math.min(own.from, other.from), Math.max(own.to, other.to)];
    const last = clashing.at(-1);
    if (last && from <= last.to) Object.assign(last, { from: Math.min(last.from, from), to: Math.max(last.to, to) });
    else clashing.push({ from, to });
  }
  return clashing.map(({ from, to }) => ({
    line: from + 1,
    base: lines.slice(from, to).join('\n'),
    theirs: linesWithin(lines, their, from, to),
    yours: linesWithin(lines, your, from, to),
  }));
}

/** Returns what a side made of some lines of the base. */
function linesWithin(lines: string[], regions: Region[], from: number, to: number): string {
  const made: string[] = [];
  let next = from;
  for (const region of regions.filter((one) => one.from >= from && one.to <= to)) {
    made.push(...lines.slice(next, region.from), ...region.lines);
    next = region.to;
  }
  return [...made, ...lines.slice(next, to)].join('\n');
}

/** Compares two edits of a text, without what both changed to the same lines. */
function compareLines(
  base: string,
  theirs: string,
  yours: string,
): { lines: string[]; their: Region[]; your: Region[]; joint: string | null } {
  const texts = [base, theirs, yours];
  const joint = texts.every(hasOneLineEnd) ? chooseLineEnd(base, theirs, yours) : null;
  const split = (text: string): string[] => (joint ? text.replaceAll('\r\n', '\n') : text).split('\n');
  const [lines, left, right] = texts.map(split) as [string[], string[], string[]];
  const their = findRegions(lines, left);
  const your = findRegions(lines, right).filter((region) => !their.some((other) => isEqual(region, other)));
  return { lines, their, your, joint };
}

/** Returns true for a text whose lines all end alike. */
const hasOneLineEnd = (text: string): boolean => !text.includes('\r') || !/(?<!\r)\n|\r(?!\n)/.test(text);

function chooseLineEnd(base: string, theirs: string, yours: string): string {
  const [before, left, right] = [base, theirs, yours].map((text) => (text.includes('\r\n') ? '\r\n' : '\n'));
  return right === before ? left! : right!;
}

function findRegions(base: string[], side: string[]): Region[] {
  let start = 0;
  while (start < base.length && start < side.length && base[start] === side[start]) start += 1;
  let end = 0;
  const shorter = Math.min(base.length, side.length) - start;
  while (end < shorter && base.at(-1 - end) === side.at(-1 - end)) end += 1;
  const [old, recent] = [base.slice(start, base.length - end), side.slice(start, side.length - end)];
  if (old.length + recent.length === 0) return [];
  const parts = old.length * recent.length === 0 ? undefined : diffArrays(old, recent, { maxEditLength: MAX_EDITS });
  if (!parts) return [{ from: start, to: start + old.length, lines: recent }];
  const regions: Region[] = [];
  let position = start;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      position += value.length;
      continue;
    }
    let last = regions.at(-1);
    if (last?.to !== position) regions.push((last = { from: position, to: position, lines: [] }));
    if (added) last.lines.push(...value);
    else last.to = position += value.length;
  }
  return regions;
}

const isEqual = (a: Region, b: Region): boolean =>
  a.from === b.from && a.to === b.to && a.lines.join('\n') === b.lines.join('\n');

/** Returns true when two regions share a line, or one inserts within the other. */
function overlaps(a: Region, b: Region): boolean {
  if (a.from === b.from && a.to === b.to) return a.from < a.to;
  return Math.max(a.from, b.from) < Math.min(a.to, b.to) || isWithin(a, b) || isWithin(b, a);
}

const isWithin = (insertion: Region, { from, to }: Region): boolean =>
  insertion.from === insertion.to && from < insertion.from && insertion.from < to;
