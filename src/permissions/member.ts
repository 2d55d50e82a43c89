import type { Role } from './role.js';

/** A person's role on an event, and who gave it. */
export interface Member {
  userId: string;
  username: string;
  role: Role;
  grantedAt: Date;
  grantedBy: { id: string; username: string };
}

/** A role before and after; null means "not a member". */
export interface RoleChange {
  userId: string;
  from: Role | null;
  to: Role | null;
}

/** Somebody with whom a person shares an event. */
export interface Acquaintance {
  id: string;
  username: string;
  /** IANA zone of the profile. */
  timeZone: string;
}
