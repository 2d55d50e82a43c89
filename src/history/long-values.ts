import type { Snapshot } from '../content/snapshot.js';
import { valueHash } from './history-hash.js';

/** The length, in characters of JSON, from which a value is long: a reference to it takes about 90. */
const LONG = 512;

/** A snapshot as it is stored. */
export interface ShortSnapshot {
  /** Without the long values. */
  snapshot: Snapshot;
  /** The hash of each long value, hexadecimal, by the name of its column; null for none. */
  longValues: Record<string, string> | null;
  /** The long values by their hashes. */
  values: Map<string, unknown>;
}

/**
 * Separates the long values of a snapshot, so that they are stored once, and not again with every version. SQL puts them
 * back with `wholeSnapshot`. Pure.
 */
export function shorten(whole: Snapshot): ShortSnapshot {
  const long = Object.entries(whole).filter(([, value]) => isLong(value));
  if (long.length === 0) return { snapshot: whole, longValues: null, values: new Map() };
  const hashed = long.map(([name, value]) => ({ name, value, hash: valueHash(value) }));
  const names = new Set(long.map(([name]) => name));
  return {
    snapshot: Object.fromEntries(Object.entries(whole).filter(([name]) => !names.has(name))) as Snapshot,
    longValues: Object.fromEntries(hashed.map(({ name, hash }) => [name, hash])),
    values: new Map(hashed.map(({ hash, value }) => [hash, value])),
  };
}

/**
 * Returns the SQL expression of the whole snapshot of a row of `event_versions`. It calls no function for most rows, which have
 * no long values.
 */
export const wholeSnapshot = (version: string): string =>
  `CASE WHEN ${version}.long_values IS NULL THEN ${version}.snapshot ELSE whole_snapshot(${version}) END`;

function isLong(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= LONG;
  return Array.isArray(value) && value.length > 0 && JSON.stringify(value).length >= LONG;
}
