import type { CreateEventBody } from '../../sdk/index.js';
import type { Target } from '../api.js';
import type { Change } from '../event/changes.js';

// Edits as data: nothing here knows of the queue, the server or the page.

/** What an edit is about, as it was when it was made. */
export interface Subject {
  id: string;
  version: number;
  title: string;
  time_zone: string;
  all_day: boolean;
  is_recurring: boolean;
}

interface Common {
  /** Place in the queue; 0 for one that was never kept. */
  order: number;
  userId: string;
  /** With this key the server does it only once, although its first answer was lost. */
  key: string;
  subject: Subject;
  /** Of a series: which dates, and when the named one was. */
  target: Target;
  at: number;
  /** Why it is not sent by itself: `asks` waits for a decision, `left` was closed without one, else the refusal. */
  held: string | null;
}

/** A change that the server does not have yet. */
export type Edit = Common &
  (
    | { kind: 'create'; change: CreateEventBody }
    | { kind: 'update'; change: Change }
    | { kind: 'remove'; change: Record<string, never> }
  );

/** Random, also on pages without HTTPS, where `randomUUID` is missing. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The fields that mean nothing without each other. */
export const TIMES = [
  'start_time',
  'end_time',
  'time_zone',
  'all_day',
  'is_recurring',
  'recurrence_pattern',
  'rrule',
  'excluded',
  'added',
];
const unitOf = (field: string): string => (TIMES.includes(field) ? TIMES[0]! : field);

/**
 * What remains of a later edit of the same event once an earlier one is stored. What the earlier one touched is based on
 * the version that it wrote; everything else stays based on what its author saw, so that changes of others still count.
 */
export function rebase(later: Edit, earlier: Edit, stored: { id: string; version: number }): Edit[] {
  const subject = { ...later.subject, id: stored.id };
  const moved = { ...later, subject: { ...subject, version: stored.version } };
  // Nobody else wrote in between.
  const alone = stored.version === later.subject.version + 1 || earlier.kind === 'create';
  if (later.kind !== 'update' || alone) return [moved];
  const sameDates = JSON.stringify(later.target) === JSON.stringify(earlier.target);
  const written = new Set(Object.keys(earlier.change).map(unitOf));
  const entries = Object.entries(later.change);
  const own = entries.filter(([field]) => sameDates && written.has(unitOf(field)));
  if (own.length === entries.length) return [moved];
  const rest = entries.filter((entry) => !own.includes(entry));
  const other: Edit = { ...later, kind: 'update', subject, change: Object.fromEntries(rest), key: newKey() };
  if (own.length === 0) return [other];
  // Right behind it, before what was done after both.
  const order = Math.floor(later.order) + Math.random();
  return [
    { ...moved, kind: 'update', change: Object.fromEntries(own), key: newKey() },
    { ...other, order },
  ];
}
