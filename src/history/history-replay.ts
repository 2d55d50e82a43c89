import { isDeepStrictEqual } from 'node:util';
import { EMPTY_CONTENT, type EventContent, type WireContent } from '../content/event-content.js';
import { listRedactedFields } from '../content/redact.js';
import { fromSnapshot, type Snapshot, toSnapshot, upcast } from '../content/snapshot.js';
import { wireContent } from '../content/wire.js';
import { isInvitationChange, isRoleChange, type RoleChange } from '../permissions/member.js';
import { type Action, can, type Role } from '../permissions/role.js';
import { SYSTEM_USER_ID } from '../users/system-user.js';
import type { ChangeKind } from './change.js';
import type { HistoryEntry } from './history-entry.js';
import { historyHash } from './history-hash.js';

/** An entry of a history as it is stored. */
export interface StoredEntry extends HistoryEntry {
  /** Hexadecimal. */
  hash: string;
  /** Hash of the content before the redaction, hexadecimal; null for an entry that was not redacted. */
  redactedHash: string | null;
}

/** The current state of an event, which the replay of its history must reach. */
export interface CurrentState {
  content: EventContent;
  version: number;
  updatedBy: string;
  updatedAt: Date;
  /** Roles by user. */
  members: ReadonlyMap<string, Role>;
}

/** The rule that an entry violates. */
export type HistoryCheck = 'sequence' | 'hash' | 'changes' | 'role' | 'members' | 'current';

export interface Finding {
  check: HistoryCheck;
  message: string;
}

const toFinding = (check: HistoryCheck, message: string): Finding => ({ check, message });

/** The action that the role of the actor must have allowed at that point of the history. */
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
  invited: 'share',
  invitation_changed: 'share',
  invitation_revoked: 'share',
  // By the invited person, who is a member from then on.
  invitation_accepted: 'read',
};

/**
 * Replays the history of one event from the beginning and verifies its numbers, its hashes, the fields that each
 * version lists as changed, the members, and that the role of each actor allowed the change. The result must equal the
 * current event. Entries of older schemas are verified as they were written.
 */
export class HistoryReplay {
  private last: StoredEntry | null = null;
  private lastVersion: StoredEntry | null = null;
  private content: Partial<WireContent> = EMPTY_CONTENT;
  private redacted = new Set<string>();
  /** The role of every invitation that was neither revoked nor accepted. */
  private readonly invitations = new Map<string, Role>();

  /**
   * @param members roles before the first entry: none, or for the tail of a split series those of its head
   * @param isTail true for an event that was split off, which an editor may delete, and restore, by rolling back the split
   */
  constructor(
    private readonly members: Map<string, Role>,
    private readonly isTail = false,
  ) {}

  /** Applies the next entry, in order of position. Returns null when it is correct. */
  apply(entry: StoredEntry): Finding | null {
    if (entry.version === 1 && entry.kind === 'created') this.members.set(entry.actorId, 'owner');
    const found =
      this.checkSequence(entry) ??
      this.checkHash(entry) ??
      this.checkRole(entry) ??
      (entry.members ? this.applyMembers(entry) : this.applyContent(entry));
    this.last = entry;
    if (!entry.members) this.lastVersion = entry;
    return found;
  }

  /** Compares the state after the last entry with the current one. Returns null when they are equal. */
  compareWith(current: CurrentState): Finding | null {
    const last = this.lastVersion;
    if (!last) return toFinding('current', 'the event has no history');
    if (last.version !== current.version) {
      return toFinding('current', `the event is at version ${current.version}, its history ends at ${last.version}`);
    }
    const isSame =
      isDeepStrictEqual(upcast(last.snapshot!), toSnapshot(current.content)) &&
      isDeepStrictEqual(this.content, wireContent(current.content)) &&
      last.actorId === current.updatedBy &&
      last.at.getTime() === current.updatedAt.getTime();
    if (!isSame) return toFinding('current', 'the event differs from its last version');
    if (!isDeepStrictEqual(this.members, new Map(current.members))) {
      return toFinding('members', 'the members of the event differ from those of its history');
    }
    const owners = [...this.members.values()].filter((role) => role === 'owner').length;
    return owners === 1 ? null : toFinding('members', `the event has ${owners} owners`);
  }

  private checkSequence(entry: StoredEntry): Finding | null {
    const version = this.lastVersion?.version ?? 0;
    if (entry.position !== (this.last?.position ?? 0) + 1) {
      return toFinding('sequence', `position ${entry.position} follows position ${this.last?.position ?? 0}`);
    }
    if (entry.members) {
      if (entry.version === version) return null;
      return toFinding('sequence', `a change of members at version ${entry.version} follows version ${version}`);
    }
    if (entry.version !== version + 1) {
      return toFinding('sequence', `version ${entry.version} follows version ${version}`);
    }
    const isEarlier = this.lastVersion && entry.at < this.lastVersion.at;
    return isEarlier ? toFinding('sequence', 'is dated before the previous version') : null;
  }

  private checkHash(entry: StoredEntry): Finding | null {
    const hash = historyHash(this.last?.hash ?? null, entry, entry.redactedHash ?? undefined);
    return entry.hash === hash ? null : toFinding('hash', 'was altered, or does not follow the previous entry');
  }

  private checkRole({ kind, actorId, members }: StoredEntry): Finding | null {
    // The server itself writes an event that new time zone data moves.
    if (actorId === SYSTEM_USER_ID && kind === 'updated') return null;
    if (kind === 'invitation_accepted') return this.checkAcceptance(actorId, members!.filter(isRoleChange));
    const role = this.members.get(actorId);
    const isLeaving =
      kind === 'revoked' && members!.every((member) => isRoleChange(member) && member.userId === actorId);
    const ofTail = this.isTail && (kind === 'deleted' || kind === 'restored');
    const needed = isLeaving ? 'read' : ofTail ? 'edit' : NEEDED[kind];
    if (role && can(role, needed)) return null;
    return toFinding('role', `${kind} by ${actorId}, whose role was ${role ?? 'none'}`);
  }

  /** Checks that people accept their own invitations, and get the role of these. */
  private checkAcceptance(actorId: string, accepted: RoleChange[]): Finding | null {
    const isInvited = ({ userId, to, invitationId = '' }: RoleChange): boolean => {
      const invited = this.invitations.get(invitationId);
      // The tail of a series begins with the invitations of its head.
      return userId === actorId && (invited === undefined ? this.isTail && to !== 'owner' : invited === to);
    };
    if (accepted.every(isInvited)) return null;
    return toFinding('role', `${actorId} accepted an invitation that did not exist, or got another role`);
  }

  /** Checks that only the listed fields changed. Fields that a redaction hides cannot be checked. */
  private applyContent({ changed, snapshot }: StoredEntry): Finding | null {
    const after = readContent(snapshot);
    if (!after) return toFinding('changes', 'its snapshot cannot be read');
    const hidden = listRedactedFields(snapshot!);
    const replayed: Partial<Record<string, unknown>> = { ...this.content };
    const skipped = [...(changed ?? []), ...this.redacted, ...hidden];
    for (const field of skipped) replayed[field] = after[field as keyof WireContent];
    this.content = after;
    this.redacted = new Set(hidden);
    return isDeepStrictEqual(replayed, after) ? null : toFinding('changes', 'changed fields that it does not list');
  }

  private applyMembers({ members }: StoredEntry): Finding | null {
    let found: Finding | null = null;
    for (const { invitationId, to } of (members ?? []).filter(isInvitationChange)) {
      if (to === null) this.invitations.delete(invitationId);
      else this.invitations.set(invitationId, to);
    }
    for (const { userId, from, to, invitationId } of (members ?? []).filter(isRoleChange)) {
      if (invitationId !== undefined) this.invitations.delete(invitationId);
      const before = this.members.get(userId) ?? null;
      if (before !== from) {
        found ??= toFinding(
          'members',
          `states that the role of ${userId} was ${from ?? 'none'}; it was ${before ?? 'none'}`,
        );
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
