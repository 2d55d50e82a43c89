import { isDeepStrictEqual } from 'node:util';
import { EMPTY_CONTENT, type WireContent } from './event-content.js';
import { CONTENT_FIELDS, type ContentField, fieldOf } from './fields.js';
import { sentencesAbout, spoken } from './diff-words.js';
import { textDifference, type TextOperation } from './text-diff.js';

export type ChangeType = 'added' | 'removed' | 'changed';

/** What became of one field. */
export interface FieldDifference {
  from: unknown;
  to: unknown;
  type: ChangeType;
  /** Word by word, for texts that changed. */
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
  /** Plain English, times in the zone of the event. */
  summary: string[];
}

/**
 * Compares two states of an event field by field. Pure. A field that is null, absent or an empty list on one side was
 * added or removed; otherwise it changed.
 * @param before null for "before it existed"
 * @param byWords also compare texts word by word, which can take a while when they are long
 */
export function difference(before: WireContent | null, after: WireContent, byWords = true): Difference {
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
    changes[field] = { from, to, type, ...(hasWords ? { text: textDifference(from as string, to as string) } : {}) };
    patch.push({ op: before ? 'replace' : 'add', path: `/${field}`, value: to });
    summary.push(...sentencesAbout(field, earlier, after));
  }
  return { changes, patch, summary };
}

/** From a state to none at all: the first difference told backwards. */
export function differenceToNothing(content: WireContent): Difference {
  const { changes, summary } = difference(null, content);
  const backwards = Object.entries(changes).map(([field, { from, to }]) => [
    field,
    { from: to, to: from, type: 'removed' },
  ]);
  return {
    changes: Object.fromEntries(backwards) as Difference['changes'],
    patch: Object.keys(changes).map((field) => ({ op: 'remove', path: `/${field}` })),
    summary: summary.length > 0 ? ['Everything was taken away'] : [],
  };
}

/** The same for people: one block a field, the old value behind `-`, the new one behind `+`. */
export function renderDifference(before: Partial<WireContent>, after: WireContent, { changes }: Difference): string {
  const blocks = (Object.keys(changes) as ContentField[]).map((field) => {
    const line = (sign: string, state: Partial<WireContent>): string[] =>
      spoken(field, state)
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
