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
