import type { Actor } from '../platform/http/actor.js';
import { NO_REQUEST } from '../platform/tracing/request-origin.js';
import { SYSTEM_USER_ID } from './system-user.js';

/** The server itself, for changes that no user requested. */
export const SYSTEM_ACTOR: Actor = {
  userId: SYSTEM_USER_ID,
  username: 'convene-system',
  sessionId: SYSTEM_USER_ID,
  isAdmin: false,
  timeZone: 'UTC',
  origin: NO_REQUEST,
};
