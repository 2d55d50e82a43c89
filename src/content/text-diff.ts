import { diffArrays } from 'diff';
import { graphemeStarts } from './visible-text.js';

/** A piece of text that both versions have, or that was inserted or deleted. */
export interface TextOperation {
  op: 'equal' | 'insert' | 'delete';
  text: string;
}

/** Bounds the comparison of lines: more inserted and deleted lines than this are one replaced block. */
const MAX_LINE_EDITS = 200;
/**
 * Bounds the comparison of words: n edits cost at most n², and the blocks of a text share the work. The bound is work, not
 * time, so that two versions always have the same difference.
 */
const WORD_WORK = 60_000;
/** A block that keeps a smaller share of its words is shown as replaced. */
const MIN_KEPT = 0.2;

const words = new Intl.Segmenter('en', { granularity: 'word' });
const WORD_LIKE = /[\p{L}\p{N}\p{S}]/u;
// eslint-disable-next-line no-control-regex
const ONLY_ASCII = /^[\x00-\x7f]*$/;
/** The rules of UAX #29 for ASCII: `it's` and `3,000.5` are words; spaces stay together. */
const ASCII_TOKENS = /\r\n| +|(?:[A-Za-z0-9_]|(?<=[A-Za-z])['.](?=[A-Za-z])|(?<=[0-9])['.,;](?=[0-9]))+|[^]/g;
/** Between white space and a visible character of ASCII. */
const CERTAIN_BOUNDARY = /(?<=[ \n])(?=[!-~])|(?<=[!-~])(?=[ \n])/;
const MAY_COMBINE = /[\u0300-\uffff]/;

/**
 * Compares two texts: their lines, and the words of the lines that changed, white space included. The equal and deleted
 * pieces together are the first text, the equal and inserted ones the second. Words are those of Unicode (UAX #29) in
 * every script, and no piece cuts a grapheme. The same texts always give the same pieces. Pure.
 */
export function compareTexts(from: string, to: string): TextOperation[] {
  const blocks = compareLines(from, to);
  const changed = blocks.filter(({ op }) => op !== 'equal').length;
  const maxEdits = Math.floor(Math.sqrt(WORD_WORK / changed));
  return joinEqual(
    blocks.flatMap(({ op, deleted, inserted }) =>
      op === 'equal' ? [{ op, text: deleted }] : compareWords(splitWords(deleted), splitWords(inserted), maxEdits),
    ),
  );
}

/** Compares two texts line by line, for people who read plain text. Pieces are whole lines with their line breaks. */
export function compareTextLines(from: string, to: string): TextOperation[] {
  return compareLines(from, to).flatMap(({ op, deleted, inserted }) =>
    op === 'equal' ? [{ op, text: deleted }] : replace(deleted, inserted),
  );
}

interface Block {
  op: 'equal' | 'replace';
  deleted: string;
  inserted: string;
}

function compareLines(from: string, to: string): Block[] {
  const blocks: Block[] = [];
  for (const { op, text } of diffTokens(splitLines(from), splitLines(to), MAX_LINE_EDITS)) {
    const last = blocks.at(-1);
    if (op === 'equal') blocks.push({ op, deleted: text, inserted: text });
    else {
      const block = last?.op === 'replace' ? last : { op: 'replace' as const, deleted: '', inserted: '' };
      if (block !== last) blocks.push(block);
      block[op === 'delete' ? 'deleted' : 'inserted'] += text;
    }
  }
  return blocks;
}

function compareWords(from: string[], to: string[], maxEdits: number): TextOperation[] {
  const operations = dropLooseMatches(diffTokens(from, to, maxEdits));
  const lengthOf = (texts: string[]): number => texts.join('').replaceAll(/\s/g, '').length;
  const kept = lengthOf(operations.filter(({ op }) => op === 'equal').map(({ text }) => text));
  if (kept >= MIN_KEPT * Math.max(lengthOf(from), lengthOf(to))) return operations;
  return replace(from.join(''), to.join(''));
}

/** Returns the shortest edit of a list of tokens, or the replacement of everything when it has more edits than that. */
function diffTokens(from: string[], to: string[], maxEdits: number): TextOperation[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1;
  let end = 0;
  const shorter = Math.min(from.length, to.length) - start;
  while (end < shorter && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  const [old, recent] = [from.slice(start, from.length - end), to.slice(start, to.length - end)];
  const equal = (tokens: string[]): TextOperation[] => dropEmpty([{ op: 'equal', text: tokens.join('') }]);
  return [
    ...equal(from.slice(0, start)),
    ...diffMiddle(old, recent, maxEdits),
    ...equal(end === 0 ? [] : from.slice(-end)),
  ];
}

function diffMiddle(from: string[], to: string[], maxEdits: number): TextOperation[] {
  if (from.length === 0 || to.length === 0) return replace(from.join(''), to.join(''));
  const parts = diffArrays(from, to, { maxEditLength: maxEdits });
  if (!parts) return replace(from.join(''), to.join(''));
  return parts.map(({ added, removed, value }) => ({
    op: added ? 'insert' : removed ? 'delete' : 'equal',
    text: value.join(''),
  }));
}

/** Treats white space and punctuation that both texts have between two changes as changed too. */
function dropLooseMatches(operations: TextOperation[]): TextOperation[] {
  const isChange = (operation: TextOperation | undefined): boolean =>
    operation !== undefined && operation.op !== 'equal';
  const result: TextOperation[] = [];
  let change = { deleted: '', inserted: '' };
  const flush = (): void => {
    result.push(...replace(change.deleted, change.inserted));
    change = { deleted: '', inserted: '' };
  };
  for (const [index, { op, text }] of operations.entries()) {
    const isLoose =
      op === 'equal' &&
      change.deleted + change.inserted !== '' &&
      isChange(operations[index + 1]) &&
      !WORD_LIKE.test(text) &&
      change.deleted !== '' &&
      change.inserted !== '';
    if (op === 'equal' && !isLoose) {
      flush();
      result.push({ op, text });
    } else {
      if (op !== 'insert') change.deleted += text;
      if (op !== 'delete') change.inserted += text;
    }
  }
  flush();
  return result;
}

function joinEqual(operations: TextOperation[]): TextOperation[] {
  const result: TextOperation[] = [];
  for (const { op, text } of operations) {
    const last = result.at(-1);
    if (last?.op === op) last.text += text;
    else result.push({ op, text });
  }
  return result;
}

/** Splits after each line break. A combining mark after a line break begins a grapheme of its own (UAX #29 GB4). */
const splitLines = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/));

/** Splits a text into words, white space and punctuation. `Intl.Segmenter` is slow, and needed only beyond ASCII. */
export function splitWords(text: string): string[] {
  if (ONLY_ASCII.test(text)) return text.match(ASCII_TOKENS) ?? [];
  return text.split(CERTAIN_BOUNDARY).flatMap((part) => {
    if (ONLY_ASCII.test(part)) return part.match(ASCII_TOKENS) ?? [];
    const tokens = Array.from(words.segment(part), ({ segment }) => segment);
    return MAY_COMBINE.test(part) ? joinCutGraphemes(tokens, graphemeStarts(part)) : tokens;
  });
}

function joinCutGraphemes(tokens: string[], starts: ReadonlySet<number>): string[] {
  const result: string[] = [];
  let position = 0;
  for (const token of tokens) {
    if (starts.has(position)) result.push(token);
    else result[result.length - 1] += token;
    position += token.length;
  }
  return result;
}

const replace = (deleted: string, inserted: string): TextOperation[] =>
  dropEmpty([
    { op: 'delete', text: deleted },
    { op: 'insert', text: inserted },
  ]);

const dropEmpty = (operations: TextOperation[]): TextOperation[] => operations.filter(({ text }) => text !== '');
