import type { Actor } from '../platform/http/actor.js';
import { SYSTEM_USER_ID } from './system-user.js';

/** The server itself, when nobody asked. */
export const SYSTEM_ACTOR: Actor = {
  userId: SYSTEM_USER_ID,
  username: 'convene-system',
  sessionId: SYSTEM_USER_ID,
  isAdmin: false,
  timeZone: 'UTC',
};
