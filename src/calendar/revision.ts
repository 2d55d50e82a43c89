import type { EventGroup } from './vevent.js';
import type { KnownUid } from './imported-events.repository.js';

/** How far an event has been changed: its SEQUENCE and LAST-MODIFIED (milliseconds). */
export interface Revision {
  sequence: number;
  lastModified: number | null;
}

/** What identifies the revision of a stored event. */
export interface StoredRevision {
  version: number;
  updatedAt: Date;
  imported: { version: number; sequence: number; lastModified: Date | null } | null;
}

/**
 * Returns the revision of a stored event. Every change here is one more than what was imported, so that an older file
 * never replaces it.
 */
export function revisionOf({ version, updatedAt, imported }: StoredRevision): Revision {
  const changedAt = Math.floor(updatedAt.getTime() / 1_000) * 1_000;
  if (!imported) return { sequence: version - 1, lastModified: changedAt };
  if (imported.version === version) {
    return { sequence: imported.sequence, lastModified: imported.lastModified?.getTime() ?? changedAt };
  }
  // An export may read the event a moment before an import writes it, and what was imported after.
  return { sequence: imported.sequence + Math.max(0, version - imported.version), lastModified: changedAt };
}

/** Returns the revision of what a file says about an event. */
export function revisionOfGroup({ master, overrides }: EventGroup): Revision {
  if (master) return { sequence: master.sequence, lastModified: master.lastModified };
  const times = overrides.flatMap(({ lastModified }) => lastModified ?? []);
  return {
    sequence: Math.max(...overrides.map(({ sequence }) => sequence)),
    lastModified: times.length > 0 ? Math.max(...times) : null,
  };
}

/**
 * Returns true when a file is to replace a stored event: its SEQUENCE is higher, or the same with a later LAST-MODIFIED.
 * When neither tells, it replaces an event that was not changed here since it was imported.
 */
export function isNewer(file: Revision, stored: KnownUid): boolean {
  const current = revisionOf(stored);
  if (file.sequence !== current.sequence) return file.sequence > current.sequence;
  const [theirs, ours] = [file.lastModified, current.lastModified];
  if (theirs !== null && ours !== null) return theirs > ours;
  return stored.imported?.version === stored.version;
}
