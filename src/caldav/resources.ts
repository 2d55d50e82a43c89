import { isUUID } from 'class-validator';
import type { Actor } from '../platform/http/actor.js';

/** What an address below `/dav/` names. */
export type Resource = { kind: 'root' | 'principal' | 'home' | 'calendar' } | { kind: 'object'; eventId: string };

export type Collection = Exclude<Resource['kind'], 'object'>;

export const ROOT = '/dav/';
/** The only calendar of a person: everything that they see. */
const CALENDAR = 'convene';

/** Returns the addresses of a person. */
export const pathsOf = ({ userId }: Pick<Actor, 'userId'>) => ({
  root: ROOT,
  principal: `${ROOT}principals/${userId}/`,
  home: `${ROOT}calendars/${userId}/`,
  calendar: `${ROOT}calendars/${userId}/${CALENDAR}/`,
});

/** Returns the address of an event. Neither it nor the UID of the event ever changes. */
export const pathOfEvent = (actor: Actor, eventId: string): string => `${pathsOf(actor).calendar}${eventId}.ics`;

/**
 * Returns what an address names for a person, who has access to nothing but their own. Null for any other address.
 * @param address a path or a URL, still encoded
 */
export function findResource(actor: Actor, address: string): Resource | null {
  const path = pathIn(address);
  if (path === null) return null;
  const paths = pathsOf(actor);
  for (const kind of ['root', 'principal', 'home', 'calendar'] as const) {
    if (path === paths[kind] || `${path}/` === paths[kind]) return { kind };
  }
  const eventId = /^([0-9a-f-]{36})\.ics$/.exec(
    path.startsWith(paths.calendar) ? path.slice(paths.calendar.length) : '',
  )?.[1];
  return isUUID(eventId) ? { kind: 'object', eventId: eventId! } : null;
}

function pathIn(address: string): string | null {
  const path = /^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)/i.exec(address)?.[1];
  try {
    return path === undefined ? null : decodeURIComponent(path);
  } catch {
    return null;
  }
}
