import { expect } from 'vitest';
import type { WireContent } from '../../src/content/event-content.js';
import { wireContent } from '../../src/content/wire.js';
import type { ContentField } from '../../src/content/fields.js';
import { fromSnapshot, type Snapshot } from '../../src/content/snapshot.js';
import { type Unit, unitOf } from '../../src/content/units.js';
import type { TestDatabase } from './database.js';

/** One edit that was made for a version, and what became of it: the version that it made, or null for 412. */
export interface Edit {
  base: number;
  set: Partial<WireContent>;
  made: number | null;
}

/** What each version of an event says, version n at place n; nothing at place 0. */
export type Versions = Partial<WireContent>[];

export async function versionsIn(database: TestDatabase, eventId: string): Promise<Versions> {
  const rows = await database.query<{ snapshot: Snapshot }>(
    `SELECT whole_snapshot(v) AS snapshot FROM event_versions v WHERE v.event_id = $1 ORDER BY v.version`,
    [eventId],
  );
  return [{}, ...rows.map(({ snapshot }) => wireContent(fromSnapshot(snapshot)))];
}

const unitsOf = (fields: string[]): Set<Unit> => new Set(fields.map((field) => unitOf(field as ContentField)));

/** The part of a state that lies inside (or outside) of some units. */
function part(state: Partial<WireContent>, units: Set<Unit>, inside: boolean): object {
  return Object.fromEntries(
    Object.entries(state).filter(([field]) => units.has(unitOf(field as ContentField)) === inside),
  );
}

/**
 * What "no edit is lost" means, edit by edit: whatever was acknowledged is its own version, holds what was sent, left
 * everything else as it was, and wrote only over what its author had seen. So an edit is in the result, or was
 * overwritten by a later logged one that knew it. Every version must be the work of exactly one edit.
 */
export function expectNothingLost(versions: Versions, edits: Edit[]): void {
  const made = edits.filter((edit) => edit.made !== null).sort((a, b) => a.made! - b.made!);
  const numbers = made.map((edit) => edit.made);
  expect(numbers, 'one version for each acknowledged edit').toEqual(versions.slice(2).map((_, index) => index + 2));
  for (const { base, set, made: number } of made) {
    const [seen, before, after] = [versions[base]!, versions[number! - 1]!, versions[number!]!];
    const units = unitsOf(Object.keys(set));
    expect(after, `version ${number} holds what was sent`).toMatchObject(set);
    expect(part(after, units, false), `version ${number} left the rest alone`).toEqual(part(before, units, false));
    expect(part(before, units, true), `version ${number} overwrote what its author saw`).toEqual(
      part(seen, units, true),
    );
  }
}
