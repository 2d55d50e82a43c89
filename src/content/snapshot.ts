import { compileRecord } from '../platform/records/compile-record.js';
import type { Column } from './columns.js';
import { formatInstant } from '../time/instant.js';
import { CONTENT_COLUMNS, type EventContent } from './event-content.js';

/**
 * The content as a version stores it: values under the names of their columns, instants as ISO text, and the number of
 * the schema. Snapshots are hashed, so a stored one never changes; `upcast` converts one of an older schema.
 */
export interface Snapshot {
  schema: number;
  [column: string]: unknown;
}

/** The current schema number. */
export const SCHEMA = Math.max(...CONTENT_COLUMNS.map(({ since }) => since));

export const toSnapshot = compileRecord<EventContent, Snapshot>([
  ['schema', () => SCHEMA],
  ...CONTENT_COLUMNS.map(
    ({ property, name, column }) => [name, isInstant(column) ? textOf(property) : property] as const,
  ),
]);

/** Returns the content of a snapshot of any schema. Pure. */
export const fromSnapshot = (snapshot: Snapshot): EventContent => readSnapshot(upcast(snapshot));

const readSnapshot = compileRecord<Snapshot, EventContent>(
  CONTENT_COLUMNS.map(({ property, name, column }) => [property, isInstant(column) ? instantOf(name) : name]),
);

function isInstant({ type }: Column): boolean {
  return type === 'timestamp with time zone';
}

function textOf(property: keyof EventContent) {
  return ({ [property]: time }: EventContent): string | null => (time === null ? null : formatInstant(time as Date));
}

function instantOf(name: string) {
  return ({ [name]: text }: Snapshot): Date | null => (text === null ? null : new Date(text as string));
}

/**
 * Converts a snapshot to the current schema: fields that it does not contain get their default. Pure. A schema that
 * renames or splits a field adds its step here.
 */
export function upcast(snapshot: Snapshot): Snapshot {
  return { ...defaultsSince(snapshot.schema), ...snapshot, schema: SCHEMA };
}

/** The defaults of all columns that were added after the first schema, for SQL that reads snapshots of any schema. */
export const LATER_DEFAULTS = defaultsSince(1);

function defaultsSince(schema: number): Record<string, unknown> {
  const later = CONTENT_COLUMNS.filter(({ since }) => since > schema);
  return Object.fromEntries(later.map(({ name, column }) => [name, column.default ?? null]));
}
