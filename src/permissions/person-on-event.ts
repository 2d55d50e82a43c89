import type { Role } from './role.js';

/** Somebody's place on an event, and who gave it. */
export interface PersonOnEvent {
  eventId: string;
  userId: string;
  username: string;
  role: Role;
  grantedAt: Date;
  grantedBy: { id: string; username: string };
}

/** Somebody with whom one shares an event. */
export interface Acquaintance {
  id: string;
  username: string;
  /** IANA zone of the profile. */
  timeZone: string;
}
