import { invalid } from '../problems/problem.js';
import { type ContentInput, draftContent, mayChangeTime } from './draft.js';
import { type EventContent, isSeries } from './event-content.js';
import { findOriginal, halves, overrideOccurrence, type Scope, throughOccurrence } from './series-edit.js';
import { changedFields, wireContent } from './wire.js';

/** An occurrence named by its original start, and how far an edit reaches from it. */
export interface OccurrenceTarget {
  occurrence: string;
  scope: Scope;
}

/** What a caller wants to change. */
export interface ContentEdit {
  input: ContentInput;
  /** Null for the whole event. */
  target: OccurrenceTarget | null;
  /** The caller's zone. */
  timeZone: string;
}

/** Returns true when the edit could change which time the event occupies. */
export const mayMove = ({ input, target }: ContentEdit): boolean => target !== null || mayChangeTime(input);

/**
 * Returns the content after an edit of the whole event, of one occurrence, or of a series through one of its
 * occurrences. Pure.
 * @throws Problem validation_failed, not_found when there is no such occurrence
 */
export function editContent(content: EventContent, { input, target, timeZone }: ContentEdit): EventContent {
  if (!target) return draft(content, input, timeZone);
  const original = findOriginal(content, target.occurrence);
  if (target.scope === 'this' && isSeries(content)) return overrideOccurrence(content, original, input);
  // A tail that would go on unchanged is not split off.
  if (target.scope === 'following' && isSeries(content) && halves(content, original)) return content;
  const through = throughOccurrence(content, original, input);
  return draft(through.content, through.input, timeZone);
}

/**
 * Returns the head and the edited tail of a series when the edit is for an occurrence and those that follow it; null when
 * there is nothing to split: no series, nothing before the occurrence, or a tail that would go on unchanged. Pure.
 * @throws Problem validation_failed, not_found when there is no such occurrence
 */
export function splitContent(
  content: EventContent,
  { input, target, timeZone }: ContentEdit,
): { head: EventContent; tail: EventContent } | null {
  if (target?.scope !== 'following' || !isSeries(content)) return null;
  const original = findOriginal(content, target.occurrence);
  const parts = halves(content, original);
  if (!parts) return null;
  const through = throughOccurrence(parts.tail, original, input);
  const tail = draft(through.content, through.input, timeZone);
  return isSame(parts.tail, tail) ? null : { head: parts.head, tail };
}

/** @throws Problem validation_failed with every bad value */
function draft(content: EventContent, input: ContentInput, timeZone: string): EventContent {
  const drafted = draftContent(input, content, timeZone);
  if ('errors' in drafted) throw invalid(...drafted.errors);
  return drafted.content;
}

const isSame = (before: EventContent, after: EventContent): boolean =>
  changedFields(wireContent(before), wireContent(after)).length === 0;
