import type { FieldError } from '../platform/http/problem.js';
import type { EventContent } from './event-content.js';
import { type RecurrenceInput, resolveRecurrence } from './event-recurrence.js';
import { resolveTimes, type TimeInput } from './event-times.js';

/** The content of an event as a client spells it; absent parts stay as they are, null clears. */
export interface ContentInput extends TimeInput, RecurrenceInput {
  title?: string;
  description?: string | null;
  location?: string | null;
  show_as?: 'busy' | 'free';
}

const TIME_PARTS = ['start_time', 'end_time', 'time_zone', 'all_day'] as const;
const RECURRENCE_PARTS = ['is_recurring', 'recurrence_pattern', 'excluded', 'added'] as const;

/** True when the input could change which time the event takes. */
export function mayChangeTime(input: ContentInput): boolean {
  return [...TIME_PARTS, ...RECURRENCE_PARTS, 'show_as' as const].some((part) => input[part] !== undefined);
}

/**
 * Applies what a client sent to what is there: one pure step from input to content, for creation (`current` null) and
 * update alike.
 * @param defaultZone the caller's zone, for new events that name none
 */
export function draftContent(
  input: ContentInput,
  current: EventContent | null,
  defaultZone: string,
): { content: EventContent } | { errors: FieldError[] } {
  const texts = {
    title: input.title ?? current?.title ?? '',
    description: keepOr(input.description, current?.description),
    location: keepOr(input.location, current?.location),
    showAs: input.show_as ?? current?.showAs ?? ('busy' as const),
    deletedAt: current?.deletedAt ?? null,
  };
  if (current && !mayChangeTime(input)) return { content: { ...current, ...texts } };

  const resolved = resolveTimes(input, current, defaultZone);
  if ('errors' in resolved) return resolved;
  const before: EventContent = current ?? { ...NEW, ...resolved.times, ...texts };
  return resolveRecurrence(input, { ...before, ...texts }, resolved.times);
}

const NEW = { rrule: null, excluded: [], added: [], overrides: [] };

/** Undefined keeps, null and empty text clear. */
const keepOr = (given: string | null | undefined, current: string | null | undefined): string | null =>
  given === undefined ? (current ?? null) : given || null;
