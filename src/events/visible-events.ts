import { CalendarEvent, selectEvent } from '../content/event.entity.js';
import type { Member } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import type { EventRecord } from './event-record.js';
import { ownerAsOf, selectEventsAsOf } from './events-as-of.js';

/** A row of `VisibleEvents.select`. */
export interface VisibleRow extends CalendarEvent {
  role: Role;
  ownerId: string;
  ownerName: string;
  editorName: string;
  /** Only when selected. */
  members?: Pick<Member, 'userId' | 'username' | 'role'>[];
}

const EVENT = selectEvent('e');
/** For each row: without statistics, PostgreSQL would begin with the owners of all events. */
const OWNER = `CROSS JOIN LATERAL (SELECT p.user_id FROM event_permissions p
                                WHERE p.event_id = e.id AND p.role = 'owner' OFFSET 0) own
  JOIN users owner ON owner.id = own.user_id`;
const MEMBERS = `(SELECT json_agg(json_build_object('userId', p.user_id, 'username', u.username, 'role', p.role)
                          ORDER BY p.role = 'owner' DESC, u.username)
   FROM event_permissions p JOIN users u ON u.id = p.user_id WHERE p.event_id = e.id) AS members`;

/**
 * Builds the statement that reads events `e` as one person sees them, with the person's role `mine`, the owner and the
 * last editor. The same conditions give the same text, so that connections can prepare it.
 */
export class VisibleEvents {
  readonly parameters: unknown[] = [];
  /** The placeholder of the person. */
  readonly user: string;
  /** The placeholder of the earlier time; null for the current state. */
  readonly asOf: string | null;

  /** @param asOf an earlier time; null for the current state */
  constructor(userId: string, asOf: Date | null) {
    this.user = this.parameter(userId);
    this.asOf = asOf && this.parameter(asOf);
  }

  /** Adds a value, and returns its placeholder. */
  parameter(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  /**
   * Returns the statement.
   * @param page a query of the column `event_id`, with a row for each event to read; as of an earlier time, also of the
   *   column `version`: the number of the version that the event had then, or null for the current one
   * @param rest follows the conditions, such as an order
   */
  select(page: string, rest: string, { members = false } = {}): VaryingSql {
    const owner = this.asOf
      ? `${ownerAsOf(this.asOf)} AS "ownerId", (SELECT u.username FROM users u WHERE u.id = ${ownerAsOf(this.asOf)}) AS "ownerName"`
      : `own.user_id AS "ownerId", owner.username AS "ownerName"`;
    const earlier = this.asOf ? `WITH events AS (${selectEventsAsOf(this, page)}) ` : '';
    return new VaryingSql(`${earlier}SELECT ${EVENT}, mine.role, ${owner}, editor.username AS "editorName"${members ? `, ${MEMBERS}` : ''}
  FROM ${this.asOf ? 'events e' : `(${page}) AS page JOIN events e ON e.id = page.event_id`}
  JOIN event_permissions mine ON mine.event_id = e.id AND mine.user_id = ${this.user}
  JOIN users editor ON editor.id = e.updated_by ${this.asOf ? '' : OWNER} ${rest}`);
  }
}

export function toRecord(row: VisibleRow): EventRecord {
  const { role, ownerId, ownerName, editorName, members: _members, ...event } = row;
  return {
    event: Object.assign(new CalendarEvent(), event),
    role,
    owner: { id: ownerId, username: ownerName },
    updatedBy: { id: row.updatedBy, username: editorName },
  };
}
