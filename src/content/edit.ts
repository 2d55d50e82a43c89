import { invalid } from '../problems/problem.js';
import { type ContentInput, draftContent, mayChangeTime } from './draft.js';
import { type EventContent, isSeries } from './event-content.js';
import { findOriginal, splitBefore, overrideOccurrence, type Scope, toSeriesEdit } from './series-edit.js';
import { parseLocalTime } from '../time/local-time.js';
import { parseRrule, printRrule } from '../recurrence/rrule-text.js';
import { omitStarts, omitUnchanged, tryRule } from './unchanged.js';
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
 * occurrences. Fields that repeat what the event says are not changes. Pure.
 * @throws Problem validation_failed; not_found when there is no such occurrence
 */
export function editContent(content: EventContent, { input: given, target, timeZone }: ContentEdit): EventContent {
  const input = omitUnchanged(given, content, isSeries(content) ? target?.scope : null);
  if (!target) return draft(content, input, timeZone);
  refuseStartOnly(input);
  const original = findOriginal(content, target.occurrence);
  if (target.scope === 'this' && isSeries(content)) return overrideOccurrence(content, original, input);
  // Only `splitContent` changes the tail: here, it would continue unchanged, so it is not split off.
  if (target.scope === 'following' && isSeries(content) && splitBefore(content, original)) return content;
  const seriesEdit = toSeriesEdit(content, original, input);
  return draft(seriesEdit.content, seriesEdit.input, timeZone);
}

/** A series that is divided before one of its occurrences. */
export interface DividedContent {
  head: EventContent;
  /** The second half as it was: with the time that its occurrences have had so far. */
  rest: EventContent;
  /** The second half after the edit. */
  tail: EventContent;
}

/**
 * Returns the head and the edited tail of a series when the edit is for an occurrence and the following ones. Returns
 * null when there is nothing to split: the event is not a series, nothing comes before the occurrence, or the tail
 * would continue unchanged. Fields that repeat what the whole series says are not changes. Pure.
 * @throws Problem validation_failed; not_found when there is no such occurrence
 */
export function splitContent(
  content: EventContent,
  { input: given, target, timeZone }: ContentEdit,
): DividedContent | null {
  if (target?.scope !== 'following' || !isSeries(content)) return null;
  const original = findOriginal(content, target.occurrence);
  const split = splitBefore(content, original);
  if (!split) return null;
  const input = omitUnchanged(given, content, target.scope);
  refuseStartOnly(input);
  // A tail with one date may have been moved.
  const first = isSeries(split.tail) ? original : parseLocalTime(split.tail.localStart);
  const seriesEdit = toSeriesEdit(split.tail, first, ofTail(input, content, split));
  const tail = draft(seriesEdit.content, seriesEdit.input, timeZone);
  return isSame(split.tail, tail) ? null : { head: split.head, rest: split.tail, tail };
}

/**
 * Returns the input for the tail. A COUNT that repeats that of the whole series means what is left of it, and dates of the
 * head stay with the head.
 */
function ofTail(
  input: ContentInput,
  whole: EventContent,
  { head, tail }: { head: EventContent; tail: EventContent },
): ContentInput {
  const rule = input.recurrence_pattern ? tryRule(input.recurrence_pattern) : null;
  const [total, rest] = [whole, tail].map(({ rrule }) => rrule && parseRrule(rrule).count);
  const pattern = rule?.count && rest && rule.count === total ? printRrule({ ...rule, count: rest }) : undefined;
  const dates = (['excluded', 'added'] as const)
    .filter((name) => Array.isArray(input[name]))
    .map((name) => [name, omitStarts(input[name] as unknown[], head, head[name])]);
  return { ...input, ...(pattern ? { recurrence_pattern: pattern } : {}), ...Object.fromEntries(dates) };
}

/** @throws Problem validation_failed: an edit that names an occurrence says where that one goes */
function refuseStartOnly({ start_only: startOnly }: ContentInput): void {
  if (startOnly !== true) return;
  const message = 'Send it without an occurrence: the series begins at `start_time`.';
  throw invalid({ pointer: '/start_only', code: 'not_allowed', message });
}

/** @throws Problem validation_failed with every bad value */
function draft(content: EventContent, input: ContentInput, timeZone: string): EventContent {
  const result = draftContent(input, content, timeZone);
  if ('errors' in result) throw invalid(...result.errors);
  return result.content;
}

const isSame = (before: EventContent, after: EventContent): boolean =>
  findChangedFields(wireContent(before), wireContent(after)).length === 0;
