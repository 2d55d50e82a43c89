import { isDeepStrictEqual } from 'node:util';
import { NOTHING, type WireContent } from '../events/event-content.js';
import { ruleFromPattern } from '../events/recurrence/pattern.js';
import type { RecurrenceRule } from '../events/recurrence/rule.js';
import { ruleChangeInWords, type WordsContext } from '../events/recurrence/words.js';
import { parseLocalTime } from '../platform/time/local-time.js';
import { toLocal } from '../platform/time/time-zone.js';

export type ChangeType = 'added' | 'removed' | 'changed';

/** What became of one field. */
export interface FieldDifference {
  from: unknown;
  to: unknown;
  type: ChangeType;
}

/** One operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  op: 'replace';
  path: string;
  value: unknown;
}

export interface Difference {
  changes: Record<string, FieldDifference>;
  /** Turns the earlier state into the later one. */
  patch: PatchOperation[];
  /** One sentence a field. */
  summary: string[];
}

const LABELS: Record<keyof WireContent, string> = {
  title: 'Title',
  description: 'Description',
  location: 'Location',
  start_time: 'Start',
  end_time: 'End',
  time_zone: 'Time zone',
  all_day: 'All-day',
  is_recurring: 'Recurring',
  recurrence_pattern: 'Recurrence',
  excluded: 'Excluded dates',
  added: 'Added dates',
  overrides: 'Changed occurrences',
  show_as: 'Show as',
  deleted: 'Deleted',
};

/**
 * Compares two states of an event field by field. Pure. A field that is null, absent or an empty list on one side was
 * added or removed; otherwise it changed.
 * @param before null for "before it existed"
 */
export function difference(before: WireContent | null, after: WireContent): Difference {
  const earlier: Partial<WireContent> = before ?? NOTHING;
  const changes: Record<string, FieldDifference> = {};
  const patch: PatchOperation[] = [];
  const summary: string[] = [];
  for (const field of Object.keys(LABELS) as (keyof WireContent)[]) {
    const from = earlier[field] ?? null;
    const to = after[field];
    if (isDeepStrictEqual(from, to)) continue;
    const change = { from, to, type: changeType(from, to) };
    changes[field] = change;
    patch.push({ op: 'replace', path: `/${field}`, value: to });
    const said = field === 'recurrence_pattern' ? recurrenceInWords(earlier, after) : null;
    summary.push(said ?? sentence(LABELS[field], change));
  }
  return { changes, patch, summary };
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

function changeType(from: unknown, to: unknown): ChangeType {
  if (isEmpty(from)) return 'added';
  return isEmpty(to) ? 'removed' : 'changed';
}

function sentence(label: string, { from, to, type }: FieldDifference): string {
  if (type === 'added') return `${label} set to ${spoken(to)}`;
  if (type === 'removed') return `${label} removed (was ${spoken(from)})`;
  return `${label} changed from ${spoken(from)} to ${spoken(to)}`;
}

const LONGEST_QUOTE = 80;

function spoken(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'string') return JSON.stringify(value);
  return `“${value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value}”`;
}

/** “Recurrence: now every Tuesday instead of Monday; ends 30 June 2026”; null when words tell no difference. */
function recurrenceInWords(before: Partial<WireContent>, after: WireContent): string | null {
  const contexts = {
    before: wordsContext(before.start_time ? { ...after, ...before } : after),
    after: wordsContext(after),
  };
  const change = ruleChangeInWords(ruleOf(before), ruleOf(after), contexts);
  return change === '' ? null : `Recurrence: ${change}`;
}

const ruleOf = ({ recurrence_pattern: pattern }: Partial<WireContent>): RecurrenceRule | null =>
  pattern ? ruleFromPattern(pattern) : null;

function wordsContext({ start_time, time_zone, all_day }: WireContent): WordsContext {
  const start = all_day ? parseLocalTime(start_time) : toLocal(Date.parse(start_time) / 1_000, time_zone);
  return { start, zone: time_zone };
}
