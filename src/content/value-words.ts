import { type ContentField, fieldOf, FIELDS } from './fields.js';
import { REDACTED } from './redact.js';
import type { Statement } from './statement.js';
import { compareTexts, type TextOperation } from './text-diff.js';
import { clip, endOf, inQuotes, looksSame, MAX_QUOTE_LENGTH, quote, startOf } from './visible-text.js';

/** Text beside the changed words, on each side. */
const CONTEXT_LENGTH = 24;

/**
 * Describes how a text changed: both texts when they are short, otherwise the words that changed.
 * @param object what the text is, such as `title`
 * @param at which of several, such as `on Monday, 8 June 2026, 10:00`
 * @param compared the comparison of the texts, when it is already known
 */
export function describeText(
  object: string,
  from: string | null,
  to: string | null,
  at?: string,
  compared?: TextOperation[],
): Statement {
  const place = at === undefined ? {} : { at };
  if (to === REDACTED) return { verb: 'changed', object, ...place, rest: '(the new text was redacted)' };
  if (from === REDACTED) {
    if (to === null) return { verb: 'removed', object, ...place, rest: '(its text was redacted)' };
    return { verb: 'changed', object, ...place, rest: `to ${quote(to)} (the earlier text was redacted)` };
  }
  if (from === null) return { verb: 'set', object, ...place, rest: `to ${quote(to!)}` };
  if (to === null) return { verb: 'removed', object, ...place, rest: `(was ${quote(from)})` };
  const isShort = from.length <= MAX_QUOTE_LENGTH && to.length <= MAX_QUOTE_LENGTH;
  if (isShort && !looksSame(from, to)) {
    return { verb: 'changed', object, ...place, rest: `from ${quote(from)} to ${quote(to)}` };
  }
  const changes = isShort ? [] : groupChanges(compared ?? compareTexts(from, to));
  const visible = changes.filter(({ deleted, inserted }) => !looksSame(deleted, inserted));
  if (visible.length > 0) return describeFirstChange(object, at, visible);
  const spaces = `spaces or invisible characters in the ${object}`;
  return { verb: 'changed', object: spaces, article: '', ...place, rest: `: ${quote(to)}` };
}

function describeFirstChange(object: string, at: string | undefined, changes: TextChange[]): Statement {
  const { before, deleted, inserted, after } = changes[0]!;
  const whole = at === undefined ? object : `${object} ${at}`;
  const others = changes.length - 1;
  const more = others === 0 ? '' : `(and ${others === 1 ? '1 more change' : `${others} more changes`} in it)`;
  const place = at === undefined ? {} : { at };
  if (deleted.trim() === '' && inserted.trim() !== '') {
    const text = quote(inserted.trim());
    const headline = `${whole}: ${text} added ${more}`.trim();
    return { verb: 'added', object: text, article: '', place: `to the ${object}`, ...place, rest: more, headline };
  }
  if (inserted.trim() === '' && deleted.trim() !== '') {
    const text = quote(deleted.trim());
    const headline = `${whole}: ${text} removed ${more}`.trim();
    return { verb: 'removed', object: text, article: '', place: `from the ${object}`, ...place, rest: more, headline };
  }
  const [old, recent] = distinguish(deleted, inserted).map((text) => inContext(before, text, after));
  return { verb: 'changed', object, ...place, rest: `from ${old} to ${recent} ${more}`.trim() };
}

interface TextChange {
  before: string;
  deleted: string;
  inserted: string;
  after: string;
}

function groupChanges(operations: TextOperation[]): TextChange[] {
  const changes: TextChange[] = [];
  let before = '';
  let open: TextChange | null = null;
  for (const { op, text } of operations) {
    if (op === 'equal') {
      if (open) open.after = text;
      open = null;
      before = text;
      continue;
    }
    if (!open) changes.push((open = { before, deleted: '', inserted: '', after: '' }));
    open[op === 'delete' ? 'deleted' : 'inserted'] += text;
  }
  return changes;
}

/** Leaves out what both texts begin with when it would hide how they differ, as in two long web addresses. */
function distinguish(deleted: string, inserted: string): [string, string] {
  const [old, recent] = [clip(deleted, MAX_QUOTE_LENGTH), clip(inserted, MAX_QUOTE_LENGTH)];
  if (!looksSame(old, recent)) return [old, recent];
  let same = 0;
  while (deleted[same] === inserted[same]) same += 1;
  const start = startOf(deleted, Math.max(0, same)).length;
  return [`…${clip(deleted.slice(start), MAX_QUOTE_LENGTH)}`, `…${clip(inserted.slice(start), MAX_QUOTE_LENGTH)}`];
}

/** Quotes changed words with some whole words beside them. */
function inContext(before: string, words: string, after: string): string {
  if (words.length > MAX_QUOTE_LENGTH) return `“${inQuotes(words)}”`;
  const left = endOf(before, CONTEXT_LENGTH);
  const right = startOf(after, CONTEXT_LENGTH);
  const leading = left === before ? left : `…${left.replace(/^\S*\s+(?=\S)/, '')}`;
  const trailing = right === after ? right : `${right.replace(/(?<=\S)\s+\S*$/, '')}…`;
  return `“${inQuotes(leading + words + trailing)}”`;
}

/** Describes a field that is one of some words, such as `free`; `at` names the occurrence, if it is one. */
export function describeChoice(from: string | null, to: string, at?: string): Statement {
  const was = from === null ? '' : ` (was ${from})`;
  return {
    verb: 'marked',
    object: at === undefined ? null : 'occurrence',
    ...(at ? { at } : {}),
    rest: `as ${to}${was}`,
  };
}

/** Returns the name of a field inside a sentence. */
export const labelOf = (name: ContentField): string => fieldOf(name).label.toLowerCase();

/** The same for a stored name, whose field may no longer exist. */
export const labelInWords = (name: string): string =>
  Object.hasOwn(FIELDS, name) ? labelOf(name as ContentField) : name.replaceAll('_', ' ');
