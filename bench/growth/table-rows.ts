import { computeFarTime } from '../../src/availability/far-days.js';
import { occupancyOf, toMultirange, toWeekMask } from '../../src/availability/occupancy.js';
import { CONTENT_COLUMNS } from '../../src/content/event-content.js';
import { deriveColumns } from '../../src/events/event-row.js';
import { type Change, isMembersChange } from '../../src/history/change.js';
import type { LastEntry } from '../../src/history/history-entry.js';
import type { NewStreamItem } from '../../src/notifications/stream-item.js';
import { type CopyValue, toBytea, toColumn, toNames } from './copy-text.js';
import type { SimulatedPerson } from './people.js';
import type { SimulatedEvent } from './simulated-event.js';

/** The tables that are filled, in the order of their references, and the columns of their rows. */
export const TABLES = {
  users: ['id', 'username', 'email', 'password_hash', 'time_zone', 'created_at'],
  events: [
    ...CONTENT_COLUMNS.map(({ name }) => name),
    ...['id', 'series_id', 'first_start', 'last_end', 'tzdata', 'version', 'created_at', 'updated_at', 'updated_by'],
  ],
  event_permissions: ['event_id', 'user_id', 'role', 'granted_by', 'granted_at'],
  event_versions: [
    ...['event_id', 'version', 'position', 'kind', 'author_id', 'comment', 'changed', 'snapshot', 'created_at', 'hash'],
  ],
  member_changes: ['event_id', 'position', 'version', 'kind', 'actor_id', 'comment', 'members', 'created_at', 'hash'],
  event_occupancy: ['event_id', 'owner_id', 'busy', 'rejects', 'busy_until', 'far_days', 'far_week', 'week'],
  notification_streams: ['user_id', 'last_seq'],
  notifications: [
    ...['user_id', 'seq', 'id', 'type', 'event_id', 'event_title', 'version', 'actor_id', 'changed', 'members'],
    ...['created_at', 'read_at', 'summary'],
  ],
} as const satisfies Record<string, readonly string[]>;

export type Table = keyof typeof TABLES;

/** Returns the row of a person, who cannot log in. */
export const userRow = ({ id, username, timeZone, createdAt }: SimulatedPerson): CopyValue[] => [
  ...[id, username, `${username}@example.com`, '!', timeZone, createdAt],
];

export function eventRow({ id, content, version, createdAt, updatedAt, updatedBy }: SimulatedEvent): CopyValue[] {
  const { firstStart, lastEnd, tzdata } = deriveColumns(content);
  const values = CONTENT_COLUMNS.map(({ property }) => toColumn(content[property]));
  return [...values, id, id, firstStart, lastEnd, tzdata, version, createdAt, updatedAt, updatedBy];
}

export const permissionRows = ({ id, members }: SimulatedEvent): CopyValue[][] =>
  [...members.values()].map(({ person, role, grantedBy, grantedAt }) => [id, person.id, role, grantedBy, grantedAt]);

/**
 * Returns the table and the row of a change in history.
 * @param snapshot JSON of the content after the change; null for a change of members
 */
export function historyRow(
  change: Change,
  { position, hash }: LastEntry,
  snapshot: string | null,
): [Table, CopyValue[]] {
  const { eventId, version, kind, actorId, at, comment } = change;
  const bytes = toBytea(hash);
  if (isMembersChange(change)) {
    const members = JSON.stringify(change.members);
    return ['member_changes', [eventId, position, version, kind, actorId, comment, members, at, bytes]];
  }
  const changed = toNames(change.changed);
  return ['event_versions', [eventId, version, position, kind, actorId, comment, changed, snapshot, at, bytes]];
}

/**
 * Returns the row with the time that an event occupies; null when it occupies none.
 * @param now epoch seconds; series are expanded for ten years from then on
 */
export function occupancyRow(event: SimulatedEvent, now: number): CopyValue[] | null {
  const { content, id, owner, exclusive } = event;
  const { busy, until } = occupancyOf(content, now);
  if (busy.length === 0 && until === null) return null;
  const far = until === null ? null : computeFarTime(content, until);
  const end = until === null ? null : new Date(until * 1_000);
  return [id, owner.person.id, toMultirange(busy), exclusive, end, far && far.days, far && far.week, toWeekMask(busy)];
}

export function notificationRow(item: NewStreamItem, seq: number): CopyValue[] {
  const { userId, id, type, eventId, eventTitle, version, actorId, changed, members, createdAt, readAt, summary } =
    item;
  const named = members && JSON.stringify(members);
  return [
    userId,
    seq,
    id,
    type,
    eventId,
    eventTitle,
    version,
    actorId,
    toNames(changed),
    named,
    createdAt,
    readAt,
    summary,
  ];
}
