import type { Conflict } from '../availability/conflict.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { LockedForActor } from '../history/event-lock.js';
import type { Member } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';

interface Person {
  id: string;
  username: string;
}

/** An event as one person sees it. */
export interface EventRecord {
  event: CalendarEvent;
  role: Role;
  owner: Person;
  updatedBy: Person;
}

/** Information for the author of a change about the time that the event occupies. */
export interface TimeNotes {
  /** Original starts of occurrences that were skipped because they conflicted. */
  skipped: string[];
  /** First conflicts with other endless series after the horizon, up to which everything was checked. */
  possibleConflictsAfter: Conflict[];
}

/** The versions of a merged edit: the one for which it was made, and the one into which it was merged. */
export interface MergedOver {
  from: number;
  to: number;
}

export interface EventWithMembers {
  record: EventRecord;
  /** Owner first, then by name. */
  members: Pick<Member, 'userId' | 'username' | 'role'>[];
  /** Only after a change. */
  notes?: TimeNotes;
  /** Only after a merged edit. */
  mergedOver?: MergedOver;
}

/** Returns the state after a write from memory: the locked event with its new row. */
export function toEventWithMembers(
  { members, role, editor }: LockedForActor,
  event: CalendarEvent,
  notes?: TimeNotes,
  updatedBy: Person = editor,
): EventWithMembers {
  const { userId: id, username } = members[0]!;
  return { record: { event, role, owner: { id, username }, updatedBy }, members, notes };
}
