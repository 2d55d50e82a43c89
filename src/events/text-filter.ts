import { camelCase } from '../content/columns.js';
import { type OccurrenceContent, PLAIN_NAMES, type PlainName, plainFieldOf } from '../content/fields.js';
import { foldText } from '../content/fold-text.js';
import type { VisibleEvents } from './visible-events.js';

/** The fields that `q` searches. */
export const SEARCHED: readonly PlainName[] = PLAIN_NAMES.filter((name) => plainFieldOf(name).input.searched);

/** The texts that an event must contain, compared as `foldText` does. */
export interface TextFilter {
  /** In a searched field of the event or of one occurrence. */
  q?: string;
  /** In the location of the event or of one occurrence. */
  location?: string;
}

/** Returns the pattern of LIKE for folded text that contains a text. */
export const contains = (text: string): string =>
  `%${foldText(text)
    .trim()
    .replace(/[\\%_]/g, String.raw`\$&`)}%`;

/** Returns a condition: one of the fields of the event `e`, or of one occurrence, matches the pattern of a placeholder. */
export function anyMatches(fields: readonly PlainName[], pattern: string): string {
  const anyOf = (of: (field: PlainName) => string): string =>
    fields.map((name) => `fold_text(${of(name)}) LIKE ${pattern}`).join(' OR ');
  const inOverride = anyOf((name) => `o ->> '${camelCase(name)}'`);
  return `(${anyOf((name) => `e.${name}`)} OR EXISTS (SELECT FROM jsonb_array_elements(e.overrides) AS o WHERE ${inOverride}))`;
}

/**
 * Returns a query of the ids of all events that a person may see and that may match the filter: by the index of texts, and
 * those that are not indexed yet. The fields themselves must be compared.
 */
export function selectIndexed(events: VisibleEvents, { q, location }: TextFilter): string {
  const matches = [q, location]
    .filter((text) => text !== undefined)
    .map((text) => `t.texts LIKE ${events.parameter(contains(text))}`);
  return `SELECT t.event_id FROM event_texts t WHERE t.members @> ARRAY[${events.user}::uuid] AND ${matches.join(' AND ')}
          UNION SELECT d.event_id FROM event_texts_due d`;
}

/** Returns true when the values of one occurrence match the text filters. A series may match by another occurrence. */
export function matchesTexts(values: OccurrenceContent, { location, q }: TextFilter): boolean {
  const has = (text: unknown, part: string): boolean =>
    typeof text === 'string' && foldText(text).includes(foldText(part).trim());
  if (location && !has(values.location, location)) return false;
  return !q || SEARCHED.some((name) => has(values[camelCase(name)], q));
}
