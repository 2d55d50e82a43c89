import type { Snapshot } from '../content/snapshot.js';
import type { MemberEntry } from '../permissions/member.js';
import type { ChangeKind, Undoing } from './change.js';

/** One row of an event's history as stored: a version or a change of members. Everything in it is hashed. */
export interface HistoryEntry {
  eventId: string;
  /** Position in the history of the event: 1, 2, 3 … across versions and changes of members. */
  position: number;
  version: number;
  kind: ChangeKind;
  actorId: string;
  at: Date;
  comment: string | null;
  /** Names of the changed fields; null for a change of members. */
  changed: string[] | null;
  /** Null for a change of members. */
  snapshot: Snapshot | null;
  /** How a version was made, when it undoes others; null or absent for all other entries. */
  undoes?: Undoing | null;
  /** Null for a version. */
  members: MemberEntry[] | null;
}

/** The last entry of an event's history, to which the next one is chained. */
export interface LastEntry {
  position: number;
  /** Hexadecimal. */
  hash: string;
}
