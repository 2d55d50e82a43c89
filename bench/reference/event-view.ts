import { milliseconds, wholeSeconds } from './database.js';

export interface EventRow {
  id: string;
  title: string;
  description: string | null;
  location: string | null;
  url: string | null;
  start_time: string;
  end_time: string;
  time_zone: string;
  all_day: boolean;
  rrule: string | null;
  show_as: string;
  status: string;
  version: number;
  created_at: string;
  updated_at: string;
  updated_by: string;
  role: string;
  owner_id: string;
  owner_name: string;
  editor_name: string;
}

export interface Member {
  user_id: string;
  username: string;
  role: string;
}

const ACTIONS: Record<string, string[]> = {
  viewer: ['read'],
  editor: ['read', 'edit'],
  owner: ['read', 'edit', 'share', 'delete'],
};

/** Returns the event with the same members as the answer of Convene. */
export function eventView(row: EventRow, members?: Member[]): object {
  return {
    id: row.id,
    uid: `${row.id}@convene`,
    title: row.title,
    description: row.description,
    location: row.location,
    url: row.url,
    start_time: wholeSeconds(row.start_time),
    end_time: wholeSeconds(row.end_time),
    time_zone: row.time_zone,
    all_day: row.all_day,
    is_recurring: row.rrule !== null,
    recurrence_pattern: row.rrule === null ? null : { frequency: 'weekly', interval: 1, count: countOf(row.rrule) },
    excluded: [],
    added: [],
    overrides: [],
    show_as: row.show_as,
    status: row.status,
    rrule: row.rrule,
    series_id: row.id,
    split_from: null,
    version: row.version,
    owner: { id: row.owner_id, username: row.owner_name },
    role: row.role,
    can: ACTIONS[row.role],
    ...(members && { permissions: members }),
    created_at: milliseconds(row.created_at),
    updated_at: milliseconds(row.updated_at),
    updated_by: { id: row.updated_by, username: row.editor_name },
  };
}

/** Returns the number of occurrences of the only rule that this server has: `FREQ=WEEKLY;COUNT=…`. */
export function countOf(rrule: string): number {
  return Number(rrule.slice('FREQ=WEEKLY;COUNT='.length));
}
