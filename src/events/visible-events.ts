import { CalendarEvent, selectEvent } from '../content/event.entity.js';
import { LATER_DEFAULTS } from '../content/snapshot.js';
import type { Member } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import type { EventRecord } from './event-record.js';
import { ownerAsOf, selectEventsAsOf } from './events-as-of.js';
import { selectSpans, type SpansQuery } from './visible-spans.js';

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
  private readonly conditions: string[] = [];
  private readonly userId: string;
  private spans: string | null = null;
  private readonly asOf: string | null;

  /** @param asOf an earlier time; null for the current state */
  constructor(userId: string, asOf: Date | null) {
    this.userId = this.parameter(userId);
    this.asOf = asOf && this.parameter(asOf);
  }

  /** Adds a value, and returns its placeholder. */
  parameter(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  /** Reads only the events of a query of the person's spans, which are not in the trash. */
  within(query: SpansQuery): this {
    this.spans = selectSpans(this, this.userId, query);
    return this;
  }

  where(condition: string): this {
    this.conditions.push(condition);
    return this;
  }

  /** Requires the owner of the event, at that time. */
  whereOwner(ownerId: string): this {
    const owner = this.asOf ? ownerAsOf(this.asOf) : 'own.user_id';
    return this.where(`${owner} = ${this.parameter(ownerId)}::uuid`);
  }

  /** Returns the statement that counts the events. */
  count(): VaryingSql {
    // Every span is of an event that its person sees.
    if (this.spans && this.conditions.length === 0) {
      return new VaryingSql(`SELECT count(*)::int AS n FROM ${this.spans} AS v`);
    }
    return new VaryingSql(`SELECT count(*)::int AS n FROM (${this.select('').text}) AS found`);
  }

  /** Returns the statement. @param rest follows the conditions, such as an order and a limit */
  select(rest: string, { members = false } = {}): VaryingSql {
    const owner = this.asOf
      ? `${ownerAsOf(this.asOf)} AS "ownerId", (SELECT u.username FROM users u WHERE u.id = ${ownerAsOf(this.asOf)}) AS "ownerName"`
      : `own.user_id AS "ownerId", owner.username AS "ownerName"`;
    const joins = this.asOf ? '' : OWNER;
    const earlier = this.asOf
      ? `WITH events AS (${selectEventsAsOf(this.userId, this.asOf, this.parameter(JSON.stringify(LATER_DEFAULTS)))}) `
      : '';
    return new VaryingSql(`${earlier}SELECT ${EVENT}, mine.role, ${owner}, editor.username AS "editorName"${members ? `, ${MEMBERS}` : ''}
  FROM ${this.spans ? `${this.spans} AS v JOIN events e ON e.id = v.event_id` : 'events e'}
  JOIN event_permissions mine ON mine.event_id = e.id AND mine.user_id = ${this.userId}
  JOIN users editor ON editor.id = e.updated_by ${joins}
 WHERE ${this.conditions.join(' AND ') || 'true'} ${rest}`);
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
