import { invalid } from '../problems/problem.js';
import { type ContentInput, draftContent, mayChangeTime } from './draft.js';
import { type EventContent, isSeries } from './event-content.js';
import { findOriginal, splitBefore, overrideOccurrence, type Scope, toSeriesEdit } from './series-edit.js';
import { findChangedFields, wireContent } from './wire.js';

/** An occurrence, named by its original start, and the scope of an edit from there. */
export interface OccurrenceTarget {
  occurrence: string;
  scope: Scope;
}

/** An edit that a caller requested. */
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
 * @throws Problem validation_failed; not_found when there is no such occurrence
 */
export function editContent(content: EventContent, { input, target, timeZone }: ContentEdit): EventContent {
  if (!target) return draft(content, input, timeZone);
  const original = findOriginal(content, target.occurrence);
  if (target.scope === 'this' && isSeries(content)) return overrideOccurrence(content, original, input);
  // Only `splitContent` changes the tail: here, it would continue unchanged, so it is not split off.
  if (target.scope === 'following' && isSeries(content) && splitBefore(content, original)) return content;
  const seriesEdit = toSeriesEdit(content, original, input);
  return draft(seriesEdit.content, seriesEdit.input, timeZone);
}

/**
 * Returns the head and the edited tail of a series when the edit is for an occurrence and the following ones. Returns
 * null when there is nothing to split: the event is not a series, nothing comes before the occurrence, or the tail
 * would continue unchanged. Pure.
 * @throws Problem validation_failed; not_found when there is no such occurrence
 */
export function splitContent(
  content: EventContent,
  { input, target, timeZone }: ContentEdit,
): { head: EventContent; tail: EventContent } | null {
  if (target?.scope !== 'following' || !isSeries(content)) return null;
  const original = findOriginal(content, target.occurrence);
  const split = splitBefore(content, original);
  if (!split) return null;
  const seriesEdit = toSeriesEdit(split.tail, original, input);
  const tail = draft(seriesEdit.content, seriesEdit.input, timeZone);
  return isSame(split.tail, tail) ? null : { head: split.head, tail };
}

/** @throws Problem validation_failed with every bad value */
function draft(content: EventContent, input: ContentInput, timeZone: string): EventContent {
  const result = draftContent(input, content, timeZone);
  if ('errors' in result) throw invalid(...result.errors);
  return result.content;
}

const isSame = (before: EventContent, after: EventContent): boolean =>
  findChangedFields(wireContent(before), wireContent(after)).length === 0;
