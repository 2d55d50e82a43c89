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

export function toSnapshot(content: EventContent): Snapshot {
  const values = CONTENT_COLUMNS.map(({ property, name }) => {
    const value = content[property];
    return [name, value instanceof Date ? value.toISOString() : value];
  });
  return { schema: SCHEMA, ...Object.fromEntries(values) };
}

/** Returns the content of a snapshot of any schema. Pure. */
export function fromSnapshot(snapshot: Snapshot): EventContent {
  const current = upcast(snapshot);
  const values = CONTENT_COLUMNS.map(({ property, name, column }) => {
    const value = current[name];
    return [property, column.type === 'timestamp with time zone' && value !== null ? new Date(value as string) : value];
  });
  return Object.fromEntries(values) as EventContent;
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
