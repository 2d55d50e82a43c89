import type { Conflict } from '../availability/conflict.js';

export const IMPORT_RESULTS = ['created', 'updated', 'unchanged', 'cancelled'] as const;
export type ImportResult = (typeof IMPORT_RESULTS)[number];

/** The largest number of warnings and of skipped events in a response. */
export const MAX_LISTED = 1_000;

/** Something that was not carried over, or was changed on the way. */
export interface ImportWarning {
  /** Null for something that belongs to no event. */
  uid: string | null;
  /** The name of the property or component. */
  property: string;
  /** Its first physical line in the file, from 1. */
  line: number;
  reason: string;
}

/** An event that was not imported. */
export interface SkippedEvent {
  uid: string | null;
  line: number;
  reason: string;
}

/** What an import did. */
export interface ImportReport {
  items: { uid: string; id: string; result: ImportResult }[];
  skipped: SkippedEvent[];
  warnings: ImportWarning[];
  conflicts: readonly Conflict[];
}
