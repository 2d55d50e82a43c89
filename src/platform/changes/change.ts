/** What can happen to an event. The first group makes a version; the second changes who is on it. */
export const CONTENT_KINDS = ['created', 'updated', 'rolled_back', 'deleted', 'restored', 'split'] as const;
export const PEOPLE_KINDS = ['shared', 'role_changed', 'revoked', 'ownership_transferred'] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];
export type PeopleKind = (typeof PEOPLE_KINDS)[number];
export type ChangeKind = ContentKind | PeopleKind;

/** A person whose role on an event changed: null is "not on it". */
export interface PersonChange {
  userId: string;
  from: string | null;
  to: string | null;
}

interface ChangeBase {
  eventId: string;
  eventTitle: string;
  /** The event's version after the change (people changes don't raise it). */
  version: number;
  actorId: string;
  at: Date;
  comment: string | null;
}

export interface ContentChange extends ChangeBase {
  kind: ContentKind;
  /** Names of the changed fields, as on the wire. */
  changed: string[];
  /** The whole content after the change; versions/ knows its shape. */
  snapshot: object;
}

export interface PeopleChange extends ChangeBase {
  kind: PeopleKind;
  people: PersonChange[];
}

/** Something that happened to an event, recorded in the transaction that made it happen. */
export type Change = ContentChange | PeopleChange;

export const isPeopleChange = (change: Change): change is PeopleChange => 'people' in change;
