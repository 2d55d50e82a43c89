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
}

/** A person who shares an event with the actor, or the actor. */
export interface KnownPerson {
  id: string;
  username: string;
  /** IANA zone of the profile. */
  timeZone: string;
}
