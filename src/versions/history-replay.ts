import { isDeepStrictEqual } from 'node:util';
import { type EventContent, NOTHING, type WireContent, wireContent } from '../events/event-content.js';
import { fromSnapshot, type Snapshot, toSnapshot } from '../events/event-snapshot.js';
import type { PersonChange } from '../platform/changes/change.js';
import { historyHash, type HistoryEntry } from './history-hash.js';

/** A row of history as it was found. */
export interface StoredEntry extends HistoryEntry {
  snapshot: Snapshot | null;
  people: PersonChange[] | null;
  hash: string;
}

/** An event as it is now, for comparing with what its history comes to. */
export interface CurrentState {
  content: EventContent;
  version: number;
  updatedBy: string;
  updatedAt: Date;
  /** Roles by person. */
  people: ReadonlyMap<string, string>;
}

/** Which rule was broken. */
export type HistoryCheck = 'sequence' | 'hash' | 'changes' | 'people' | 'current';

export interface Finding {
  check: HistoryCheck;
  message: string;
}

const finding = (check: HistoryCheck, message: string): Finding => ({ check, message });

/**
 * Goes through the history of one event from nothing, believing no more than the rows say: numbers, hashes, the fields
 * that each version names as changed, and the people. What it comes to must be the event as it is now.
 */
export class HistoryReplay {
  private last: StoredEntry | null = null;
  private lastVersion: StoredEntry | null = null;
  private content: Partial<WireContent> = NOTHING;

  /** @param people roles before the first row: none, or for the tail of a split series those of its head */
  constructor(private readonly people: Map<string, string>) {}

  /** Takes the next row, in order of position. Null when all is well with it. */
  next(entry: StoredEntry): Finding | null {
    const found = this.sequence(entry) ?? this.hash(entry) ?? (entry.people ? this.roles(entry) : this.changes(entry));
    this.last = entry;
    if (!entry.people) this.lastVersion = entry;
    return found;
  }

  /** After the last row: does history tell the present? */
  end(current: CurrentState): Finding | null {
    const last = this.lastVersion;
    if (!last) return finding('current', 'the event has no history');
    if (last.version !== current.version) {
      return finding('current', `the event is at version ${current.version}, its history ends at ${last.version}`);
    }
    const isSame =
      isDeepStrictEqual(last.snapshot, toSnapshot(current.content)) &&
      isDeepStrictEqual(this.content, wireContent(current.content)) &&
      last.actorId === current.updatedBy &&
      last.at.getTime() === current.updatedAt.getTime();
    if (!isSame) return finding('current', 'the event is not what its last version says');
    if (!isDeepStrictEqual(this.people, new Map(current.people))) {
      return finding('people', 'the people on the event are not those that its history tells');
    }
    const owners = [...this.people.values()].filter((role) => role === 'owner').length;
    return owners === 1 ? null : finding('people', `the event has ${owners} owners`);
  }

  private sequence(entry: StoredEntry): Finding | null {
    const version = this.lastVersion?.version ?? 0;
    if (this.last && entry.position <= this.last.position) return finding('sequence', 'stands in the place of another');
    if (entry.people) {
      if (entry.version === version) return null;
      return finding('sequence', `a change of people beside version ${entry.version} comes after version ${version}`);
    }
    if (entry.version !== version + 1) {
      return finding('sequence', `version ${entry.version} comes after version ${version}`);
    }
    const isEarlier = this.lastVersion && entry.at < this.lastVersion.at;
    return isEarlier ? finding('sequence', 'is dated before the version that it follows') : null;
  }

  private hash(entry: StoredEntry): Finding | null {
    if (entry.hash === historyHash(this.last?.hash ?? null, entry)) return null;
    return finding('hash', 'is not what was written, or does not follow what stood before it');
  }

  /** Only the fields that the version names may have changed. */
  private changes({ kind, actorId, version, changed, snapshot }: StoredEntry): Finding | null {
    if (version === 1 && kind !== 'split') this.people.set(actorId, 'owner');
    const after = readContent(snapshot);
    if (!after) return finding('changes', 'its snapshot cannot be read');
    const replayed: Partial<Record<string, unknown>> = { ...this.content };
    for (const field of changed ?? []) replayed[field] = after[field as keyof WireContent];
    this.content = after;
    return isDeepStrictEqual(replayed, after) ? null : finding('changes', 'changed other fields than it names');
  }

  private roles({ people }: StoredEntry): Finding | null {
    let found: Finding | null = null;
    for (const { userId, from, to } of people ?? []) {
      const before = this.people.get(userId) ?? null;
      if (before !== from) {
        found ??= finding(
          'people',
          `says that ${userId} had the role ${from ?? 'none'}, which was ${before ?? 'none'}`,
        );
      }
      if (to === null) this.people.delete(userId);
      else this.people.set(userId, to);
    }
    return found;
  }
}

function readContent(snapshot: Snapshot | null): WireContent | null {
  try {
    return snapshot && wireContent(fromSnapshot(snapshot));
  } catch {
    return null;
  }
}
