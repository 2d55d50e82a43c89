import { isDeepStrictEqual } from 'node:util';
import { EMPTY_CONTENT, type WireContent } from './event-content.js';
import { CONTENT_FIELDS, type ContentField, fieldOf } from './fields.js';
import { describeChange, valueInWords } from './diff-words.js';
import { compareTexts, type TextOperation } from './text-diff.js';

export type ChangeType = 'added' | 'removed' | 'changed';

/** How one field changed. */
export interface FieldDifference {
  from: unknown;
  to: unknown;
  type: ChangeType;
  /** The comparison word by word; only for texts that changed. */
  text?: TextOperation[];
}

/** One operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

export interface Difference {
  changes: Record<string, FieldDifference>;
  /** Turns the earlier state into the later one. */
  patch: PatchOperation[];
  /** Sentences that describe the changes, with times in the zone of the event. */
  summary: string[];
}

/**
 * Compares two states of an event field by field. A field that is null, absent or an empty list on one side counts as
 * added or removed; any other difference counts as changed. Pure.
 * @param before null for the time before the event existed
 * @param byWords also compares texts word by word, which is slow for long texts
 */
export function compareContents(before: WireContent | null, after: WireContent, byWords = true): Difference {
  const earlier: Partial<WireContent> = before ?? EMPTY_CONTENT;
  const changes: Record<string, FieldDifference> = {};
  const patch: PatchOperation[] = [];
  const summary: string[] = [];
  for (const field of CONTENT_FIELDS) {
    const from = earlier[field] ?? null;
    const to = after[field] ?? null;
    if (isDeepStrictEqual(from, to)) continue;
    const type = changeType(from, to);
    const hasWords = byWords && type === 'changed' && fieldOf(field).isText;
    changes[field] = { from, to, type, ...(hasWords ? { text: compareTexts(from as string, to as string) } : {}) };
    patch.push({ op: before ? 'replace' : 'add', path: `/${field}`, value: to });
    summary.push(...describeChange(field, earlier, after));
  }
  return { changes, patch, summary };
}

/** Compares a state with the time before the event existed: the inverse of comparing in the other direction. */
export function compareWithNothing(content: WireContent): Difference {
  const { changes, summary } = compareContents(null, content);
  const inverted = Object.entries(changes).map(([field, { from, to }]) => [
    field,
    { from: to, to: from, type: 'removed' },
  ]);
  return {
    changes: Object.fromEntries(inverted) as Difference['changes'],
    patch: Object.keys(changes).map((field) => ({ op: 'remove', path: `/${field}` })),
    summary: summary.length > 0 ? ['Everything was removed'] : [],
  };
}

/** Renders a comparison as plain text: one block per field, the old value after `-` and the new one after `+`. */
export function renderDifference(before: Partial<WireContent>, after: WireContent, { changes }: Difference): string {
  const blocks = (Object.keys(changes) as ContentField[]).map((field) => {
    const line = (sign: string, state: Partial<WireContent>): string[] =>
      valueInWords(field, state)
        ?.split('\n')
        .map((text) => `${sign} ${text}`) ?? [];
    return [fieldOf(field).label, ...line('-', before), ...line('+', after)].join('\n');
  });
  return blocks.join('\n\n');
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

function changeType(from: unknown, to: unknown): ChangeType {
  if (isEmpty(from)) return 'added';
  return isEmpty(to) ? 'removed' : 'changed';
}
