import { isDeepStrictEqual } from 'node:util';
import { describeChanges } from './diff-words.js';
import { EMPTY_CONTENT, type EventContent, type WireContent } from './event-content.js';
import { CONTENT_FIELDS, type ContentField, fieldOf } from './fields.js';
import { toHeadline } from './statement.js';
import { compareTexts, type TextOperation } from './text-diff.js';
import { wireContent } from './wire.js';

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
 * Compares two states of an event field by field, and their texts word by word. Pure, and always the same for the same
 * states.
 * @param before null for the time before the event existed
 */
export function compareContents(before: EventContent | null, after: EventContent): Difference {
  const changes = compareFields(before, after);
  const compared: Partial<Record<ContentField, TextOperation[]>> = {};
  for (const [field, change] of Object.entries(changes)) {
    if (change.type !== 'changed' || !fieldOf(field as ContentField).isText) continue;
    compared[field as ContentField] = change.text = compareTexts(change.from as string, change.to as string);
  }
  return {
    changes,
    patch: Object.entries(changes).map(([field, { to: value }]) => ({
      op: before ? 'replace' : 'add',
      path: `/${field}`,
      value,
    })),
    summary: describeChanges(before, after, new Set(Object.keys(changes)), compared).map(toHeadline),
  };
}

/**
 * Returns how each field differs, without the comparison of texts. A field that is null, absent or an empty list on one
 * side counts as added or removed; any other difference counts as changed. Pure.
 * @param before null for the time before the event existed
 */
export function compareFields(before: EventContent | null, after: EventContent): Record<string, FieldDifference> {
  const earlier: Partial<WireContent> = before ? wireContent(before) : EMPTY_CONTENT;
  const later = wireContent(after);
  const changes: Record<string, FieldDifference> = {};
  for (const field of CONTENT_FIELDS) {
    const from = earlier[field] ?? null;
    const to = later[field] ?? null;
    if (!isDeepStrictEqual(from, to)) changes[field] = { from, to, type: changeType(from, to) };
  }
  return changes;
}

/** Compares a state with the time before the event existed: the inverse of comparing in the other direction. */
export function compareWithNothing(content: EventContent): Difference {
  const changes = compareFields(null, content);
  const inverted = Object.entries(changes).map(([field, { from, to }]) => [
    field,
    { from: to, to: from, type: 'removed' },
  ]);
  return {
    changes: Object.fromEntries(inverted) as Difference['changes'],
    patch: Object.keys(changes).map((field) => ({ op: 'remove', path: `/${field}` })),
    summary: ['Everything removed'],
  };
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

function changeType(from: unknown, to: unknown): ChangeType {
  if (isEmpty(from)) return 'added';
  return isEmpty(to) ? 'removed' : 'changed';
}
