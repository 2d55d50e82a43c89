import type { Role } from './role.js';

/** A person's role on an event, and who granted it. */
export interface Member {
  userId: string;
  username: string;
  role: Role;
  grantedAt: Date;
  grantedBy: { id: string; username: string };
}

/** The role of a person before and after a change; null for a person who is not a member. */
export interface RoleChange {
  userId: string;
  from: Role | null;
  to: Role | null;
  /** The accepted invitation that changed the role. */
  invitationId?: string;
  /** Who granted the role, when that is not the actor: the person who invited. */
  grantedBy?: string;
}

/** The role of an invitation by e-mail before and after a change; null before it was made and after its revocation. */
export interface InvitationChange {
  invitationId: string;
  from: Role | null;
  to: Role | null;
}

/** One element of a change of members as history stores it. An address is never part of it: it could not be erased. */
export type MemberEntry = RoleChange | InvitationChange;

export const isRoleChange = (entry: MemberEntry): entry is RoleChange => 'userId' in entry;
export const isInvitationChange = (entry: MemberEntry): entry is InvitationChange => !isRoleChange(entry);

/** A person who shares an event with the actor, or the actor. */
export interface KnownPerson {
  id: string;
  username: string;
  /** IANA zone of the profile. */
  timeZone: string;
}
