import type { EventContent } from '../content/event-content.js';
import type { InvitationChange, RoleChange } from '../permissions/member.js';

/**
 * The kinds of change of an event. Kinds of the first group create a version, those of the second change its members.
 */
export const CONTENT_KINDS = ['created', 'updated', 'rolled_back', 'deleted', 'restored', 'split'] as const;
export const MEMBER_KINDS = [
  'shared',
  'role_changed',
  'revoked',
  'ownership_transferred',
  'invited',
  'invitation_changed',
  'invitation_revoked',
  'invitation_accepted',
] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];
export type MemberKind = (typeof MEMBER_KINDS)[number];
export type ChangeKind = ContentKind | MemberKind;

/**
 * How a version was made from earlier ones: by writing the content of one, or some fields of it, or by undoing the change
 * of one. A deletion may be part of that: the dates of a tail returned to the series in that version of the series.
 */
export type Undoing = { rolledBackTo: number; fields?: string[] } | { reverted: number } | { rejoined: number };

interface ChangeBase {
  eventId: string;
  eventTitle: string;
  /** The version of the event after the change. A change of members does not increment it. */
  version: number;
  actorId: string;
  at: Date;
  comment: string | null;
}

export interface ContentChange extends ChangeBase {
  kind: ContentKind;
  /** Names of the changed fields, as on the wire. */
  changed: string[];
  /** The content after the change. */
  content: EventContent;
  /** The content before the change; null for the first version. */
  before: EventContent | null;
  /** How the version was made, when it undoes others. */
  undoes: Undoing | null;
}

export interface MembersChange extends ChangeBase {
  kind: MemberKind;
  members: RoleChange[];
  /** Invitations by e-mail that were made, changed or revoked. */
  invitations?: InvitationChange[];
}

/** A change of an event, recorded in the transaction that makes it. */
export type Change = ContentChange | MembersChange;

export const isMembersChange = (change: Change): change is MembersChange => 'members' in change;
