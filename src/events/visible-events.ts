import { type CalendarEvent, selectEvent, toEvent } from '../content/event.entity.js';
import { lastSeqOf } from '../notifications/stream-sql.js';
import type { Member } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { VaryingSql } from '../platform/database/statement-names.js';
import { joinUser } from '../users/join-user.js';
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

/** A row of `VisibleEvents.selectNumbered`. */
export type NumberedRow = { lastSeq: number } & (VisibleRow | { [Name in keyof VisibleRow]: null });

const EVENT = selectEvent('e');
/** For each row: without statistics, PostgreSQL would begin with the owners of all events. */
const OWNER = `CROSS JOIN LATERAL (SELECT p.user_id FROM event_permissions p
                                WHERE p.event_id = e.id AND p.role = 'owner' OFFSET 0) own
  ${joinUser('owner', 'own.user_id')}`;
/** The members of the event, for `VisibleEvents.select`. */
export const MEMBERS = `(SELECT json_agg(json_build_object('userId', p.user_id, 'username', u.username, 'role', p.role)
                          ORDER BY p.role = 'owner' DESC, u.username)
   FROM event_permissions p ${joinUser('u', 'p.user_id')} WHERE p.event_id = e.id) AS members`;

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
   * @param more further columns to select
   */
  select(page: string, rest: string, more: string[] = []): VaryingSql {
    const earlier = this.asOf ? `WITH events AS (${selectEventsAsOf(this, page)}) ` : '';
    return new VaryingSql(
      `${earlier}SELECT ${[...this.columns(), ...more].join(', ')} FROM ${this.joined(page)} ${rest}`,
    );
  }

  /**
   * Returns the statement for the current state, with the number of the last item in the person's stream: what the
   * statement sees is everything up to that number. Without events, it returns one row whose other columns are null.
   */
  selectNumbered(page: string, rest: string): VaryingSql {
    const stream = `(SELECT ${lastSeqOf(this.user)} AS seq) AS stream`;
    return new VaryingSql(`SELECT stream.seq AS "lastSeq", ${this.columns().join(', ')}
  FROM ${stream} LEFT JOIN (${this.joined(page)}) ON true ${rest}`);
  }

  private columns(): string[] {
    const owner = this.asOf
      ? `${ownerAsOf(this.asOf)} AS "ownerId", (SELECT u.username FROM users u WHERE u.id = ${ownerAsOf(this.asOf)}) AS "ownerName"`
      : `own.user_id AS "ownerId", owner.username AS "ownerName"`;
    return [EVENT, 'mine.role', owner, 'editor.username AS "editorName"'];
  }

  private joined(page: string): string {
    return `${this.asOf ? 'events e' : `(${page}) AS page JOIN events e ON e.id = page.event_id`}
  JOIN event_permissions mine ON mine.event_id = e.id AND mine.user_id = ${this.user}
  JOIN users editor ON editor.id = e.updated_by ${this.asOf ? '' : OWNER}`;
  }
}

export function toRecord(row: VisibleRow): EventRecord {
  const { role, ownerId, ownerName, editorName } = row;
  return {
    event: toEvent(row),
    role,
    owner: { id: ownerId, username: ownerName },
    updatedBy: { id: row.updatedBy, username: editorName },
  };
}
