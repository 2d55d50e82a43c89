import { compileRecord } from '../platform/records/compile-record.js';
import type { FieldError } from '../problems/problem.js';
import { camelCase } from './columns.js';
import { type RecurrenceInput, resolveRecurrence } from './draft-recurrence.js';
import { resolveTimes, type TimeInput } from './draft-times.js';
import { type EventContent, toContent } from './event-content.js';
import { PLAIN_NAMES, type PlainContent, plainFieldOf, type PlainWire } from './fields.js';

/** The content of an event as a client sends it. Absent members leave the current values, and null clears. */
export interface ContentInput extends TimeInput, RecurrenceInput, Partial<PlainWire> {}

const TIME_PARTS = ['start_time', 'end_time', 'time_zone', 'all_day'] as const;
const RECURRENCE_PARTS = ['is_recurring', 'recurrence_pattern', 'excluded', 'added', 'start_only'] as const;
const PLAIN_TIME_PARTS = PLAIN_NAMES.filter((name) => plainFieldOf(name).isTime);

const hasAny = (input: ContentInput, parts: readonly (keyof ContentInput)[]): boolean =>
  parts.some((part) => input[part] !== undefined);

/** Returns true when the input could change which time the event occupies. */
export const mayChangeTime = (input: ContentInput): boolean =>
  hasAny(input, [...TIME_PARTS, ...RECURRENCE_PARTS, ...PLAIN_TIME_PARTS]);

/**
 * Applies an input to the current content, for creation and update alike. Pure.
 * @param current null for a new event
 * @param defaultZone the caller's zone, for a new event without a zone
 */
export function draftContent(
  input: ContentInput,
  current: EventContent | null,
  defaultZone: string,
): { content: EventContent } | { errors: FieldError[] } {
  const plain = draftPlain(input, current);
  if (current && !hasAny(input, [...TIME_PARTS, ...RECURRENCE_PARTS])) return { content: { ...current, ...plain } };

  const resolved = resolveTimes(input, current, defaultZone);
  if ('errors' in resolved) return resolved;
  const before: EventContent = current ?? { ...NEW, ...resolved.times, ...plain };
  return resolveRecurrence(input, { ...before, ...plain }, resolved.times);
}

/** Has all members, if only with undefined: to an object made with a spread, others would be added slowly. */
const NEW = toContent({
  rrule: null,
  excluded: [],
  added: [],
  overrides: [],
  deletedAt: null,
} as unknown as EventContent);

/**
 * Drafts the fields that are stored as they are sent. Null and empty text clear optional fields and leave the others.
 */
export const draftPlain = (input: ContentInput, current: EventContent | null): PlainContent =>
  makePlain({ input, current });

const makePlain = compileRecord<{ input: ContentInput; current: EventContent | null }, PlainContent>(
  PLAIN_NAMES.map((name) => {
    const { column } = plainFieldOf(name);
    const property = camelCase(name);
    const read = ({
      input: { [name]: given },
      current,
    }: {
      input: ContentInput;
      current: EventContent | null;
    }): unknown => {
      const kept = current?.[property];
      if (column.nullable) return given === undefined ? (kept ?? null) : given || null;
      return given ?? kept ?? column.default ?? '';
    };
    return [property, read];
  }),
);
