import type { CalendarEvent } from './event.entity.js';

const MADE_HERE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@convene$/;

/** Returns the iCalendar UID of an event (RFC 5545 §3.8.4.7). It never changes. */
export const uidOf = ({ id, uid }: Pick<CalendarEvent, 'id' | 'uid'>): string => uid ?? `${id}@convene`;

/** Returns the id in the UID of an event that was made here, or by another Convene; null for any other UID. */
export const idOfUid = (uid: string): string | null => MADE_HERE.exec(uid)?.[1] ?? null;
