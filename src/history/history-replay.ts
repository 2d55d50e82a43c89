import { isDeepStrictEqual } from 'node:util';
import { EMPTY_CONTENT, type EventContent, type WireContent } from '../content/event-content.js';
import { redactedFields } from '../content/redact.js';
import { fromSnapshot, type Snapshot, toSnapshot, upcast } from '../content/snapshot.js';
import { wireContent } from '../content/wire.js';
import { type Action, can, type Role } from '../permissions/role.js';
import { SYSTEM_USER_ID } from '../users/system-user.js';
import type { ChangeKind } from './change.js';
import type { HistoryEntry } from './history-entry.js';
import { historyHash } from './history-hash.js';

/** An entry of history as it was found. */
export interface StoredEntry extends HistoryEntry {
  /** Hexadecimal. */
  hash: string;
  /** Hash of the content before its redaction, hexadecimal; null when it was not redacted. */
  redactedHash: string | null;
}

/** An event as it is now, for comparing it with what its history leads to. */
export interface CurrentState {
  content: EventContent;
  version: number;
  updatedBy: string;
  updatedAt: Date;
  /** Roles by user. */
  members: ReadonlyMap<string, Role>;
}

/** Which rule was broken. */
export type HistoryCheck = 'sequence' | 'hash' | 'changes' | 'role' | 'members' | 'current';

export interface Finding {
  check: HistoryCheck;
  message: string;
}

const finding = (check: HistoryCheck, message: string): Finding => ({ check, message });

/** What the role of whoever made a change must have allowed at that point of history. */
const NEEDED: Record<ChangeKind, Action> = {
  created: 'delete',
  updated: 'edit',
  rolled_back: 'edit',
  split: 'edit',
  deleted: 'delete',
  restored: 'delete',
  shared: 'share',
  role_changed: 'share',
  revoked: 'share',
  ownership_transferred: 'share',
};

/**
 * Replays the history of one event from nothing and believes no more than the entries say: numbers, hashes, the fields
 * that each version names as changed, the members, and that everybody who changed something held a role that allowed it.
 * The result must be the event as it is now. Entries of past schemas are verified as they were written.
 */
export class HistoryReplay {
  private last: StoredEntry | null = null;
  private lastVersion: StoredEntry | null = null;
  private content: Partial<WireContent> = EMPTY_CONTENT;
  private redacted = new Set<string>();

  /**
   * @param members roles before the first entry: none, or for the tail of a split series those of its head
   * @param isTail the event was split off: an editor who rolls back the split deletes it
   */
  constructor(
    private readonly members: Map<string, Role>,
    private readonly isTail = false,
  ) {}

  /** Takes the next entry, in order of position. Returns null when nothing is wrong with it. */
  next(entry: StoredEntry): Finding | null {
    if (entry.version === 1 && entry.kind === 'created') this.members.set(entry.actorId, 'owner');
    const found =
      this.sequence(entry) ??
      this.hash(entry) ??
      this.role(entry) ??
      (entry.members ? this.roles(entry) : this.changes(entry));
    this.last = entry;
    if (!entry.members) this.lastVersion = entry;
    return found;
  }

  /** After the last entry: compares where history leads with the present. */
  end(current: CurrentState): Finding | null {
    const last = this.lastVersion;
    if (!last) return finding('current', 'the event has no history');
    if (last.version !== current.version) {
      return finding('current', `the event is at version ${current.version}, its history ends at ${last.version}`);
    }
    const isSame =
      isDeepStrictEqual(upcast(last.snapshot!), toSnapshot(current.content)) &&
      isDeepStrictEqual(this.content, wireContent(current.content)) &&
      last.actorId === current.updatedBy &&
      last.at.getTime() === current.updatedAt.getTime();
    if (!isSame) return finding('current', 'the event differs from its last version');
    if (!isDeepStrictEqual(this.members, new Map(current.members))) {
      return finding('members', 'the members of the event are not those of its history');
    }
    const owners = [...this.members.values()].filter((role) => role === 'owner').length;
    return owners === 1 ? null : finding('members', `the event has ${owners} owners`);
  }

  private sequence(entry: StoredEntry): Finding | null {
    const version = this.lastVersion?.version ?? 0;
    if (entry.position !== (this.last?.position ?? 0) + 1) {
      return finding('sequence', `position ${entry.position} comes after position ${this.last?.position ?? 0}`);
    }
    if (entry.members) {
      if (entry.version === version) return null;
      return finding('sequence', `a change of members at version ${entry.version} comes after version ${version}`);
    }
    if (entry.version !== version + 1) {
      return finding('sequence', `version ${entry.version} comes after version ${version}`);
    }
    const isEarlier = this.lastVersion && entry.at < this.lastVersion.at;
    return isEarlier ? finding('sequence', 'is dated before the version that it follows') : null;
  }

  private hash(entry: StoredEntry): Finding | null {
    const hash = historyHash(this.last?.hash ?? null, entry, entry.redactedHash ?? undefined);
    return entry.hash === hash ? null : finding('hash', 'was altered, or does not follow the entry before it');
  }

  private role({ kind, actorId, members }: StoredEntry): Finding | null {
    // The server itself writes when new time zone data moves an event.
    if (actorId === SYSTEM_USER_ID && kind === 'updated') return null;
    const role = this.members.get(actorId);
    const isLeaving = kind === 'revoked' && members!.every(({ userId }) => userId === actorId);
    const needed = isLeaving ? 'read' : this.isTail && kind === 'deleted' ? 'edit' : NEEDED[kind];
    if (role && can(role, needed)) return null;
    return finding('role', `${kind} by ${actorId}, whose role was ${role ?? 'none'}`);
  }

  /** Only the fields that the version names may have changed. A redaction hides what they were. */
  private changes({ changed, snapshot }: StoredEntry): Finding | null {
    const after = readContent(snapshot);
    if (!after) return finding('changes', 'its snapshot cannot be read');
    const hidden = redactedFields(snapshot!);
    const replayed: Partial<Record<string, unknown>> = { ...this.content };
    const skipped = [...(changed ?? []), ...this.redacted, ...hidden];
    for (const field of skipped) replayed[field] = after[field as keyof WireContent];
    this.content = after;
    this.redacted = new Set(hidden);
    return isDeepStrictEqual(replayed, after) ? null : finding('changes', 'changed other fields than it names');
  }

  private roles({ members }: StoredEntry): Finding | null {
    let found: Finding | null = null;
    for (const { userId, from, to } of members ?? []) {
      const before = this.members.get(userId) ?? null;
      if (before !== from) {
        found ??= finding('members', `says that ${userId} had the role ${from ?? 'none'}; it was ${before ?? 'none'}`);
      }
      if (to === null) this.members.delete(userId);
      else this.members.set(userId, to);
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
