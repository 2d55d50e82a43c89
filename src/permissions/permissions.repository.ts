import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../platform/database/database.js';
import { joinUser } from '../users/join-user.js';
import type { Deletion } from './event-deleted.js';
import type { KnownPerson, Member } from './member.js';
import type { Role } from './role.js';

/** A person's access to one event. */
export interface EventAccess {
  role: Role;
  ownerId: string;
  /** Null for an event that is not in the trash. */
  deletion: Deletion | null;
}

interface AccessRow {
  role: Role;
  ownerId: string;
  deletedAt: Date | null;
  purgedAt: Date | null;
  by: Deletion['by'] | null;
}

interface MemberRow extends Omit<Member, 'grantedBy'> {
  grantedById: string;
  grantedByName: string;
}

const MEMBER = `p.user_id AS "userId", u.username, p.role, p.granted_at AS "grantedAt", g.id AS "grantedById",
  g.username AS "grantedByName"`;
const OWNER_FIRST = `p.role = 'owner' DESC, u.username`;

/** More events of a person than this are not looked through for one that they share with a person who may have fewer. */
const MANY_EVENTS = 1_000;

/**
 * Returns a condition: one of a person's events is also another's. The events are looked up one after the other, up to the
 * first that is: joined, PostgreSQL would read all people with whom the other shares anything.
 */
const sharesAnEvent = (person: string, other: string, bound: string): string => `EXISTS (
    SELECT FROM (SELECT v.event_id FROM visible_spans v WHERE v.user_id = ${person} ${bound}) AS theirs
     CROSS JOIN LATERAL (SELECT FROM visible_spans v
                          WHERE v.event_id = theirs.event_id AND v.user_id = ${other} LIMIT 1) AS shared)`;

@Injectable()
export class PermissionsRepository {
  constructor(private readonly database: Database) {}

  async findAccess(eventId: string, userId: string, queries: Queryable = this.database): Promise<EventAccess | null> {
    const [row] = await queries.query<AccessRow>(
      `SELECT p.role, e.deleted_at AS "deletedAt", e.purged_at AS "purgedAt",
              (SELECT o.user_id FROM event_permissions o WHERE o.event_id = e.id AND o.role = 'owner') AS "ownerId",
              CASE WHEN e.deleted_at IS NOT NULL THEN (
                SELECT json_build_object('id', u.id, 'username', u.username) FROM users u WHERE u.id = e.updated_by) END AS by
         FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.event_id = $1 AND p.user_id = $2`,
      [eventId, userId],
    );
    if (!row) return null;
    // The deletion is the latest version: an event in the trash does not change.
    const { role, ownerId, deletedAt, purgedAt, by } = row;
    return { role, ownerId, deletion: deletedAt && { eventId, at: deletedAt, by: by!, purgedAt } };
  }

  /** Returns the members of an event, owner first, then by name. */
  async listMembers(queries: Queryable, eventId: string): Promise<Member[]> {
    const rows = await queries.query<MemberRow>(
      `SELECT ${MEMBER}
         FROM event_permissions p ${joinUser('u', 'p.user_id')} ${joinUser('g', 'p.granted_by')}
        WHERE p.event_id = $1 ORDER BY ${OWNER_FIRST}`,
      [eventId],
    );
    return rows.map(toMember);
  }

  /** Returns the given people who share an event outside the trash with a person, or are that person. */
  listKnownPeople(queries: Queryable, userId: string, ids: string[]): Promise<KnownPerson[]> {
    // Events in the trash have no spans.
    return queries.query<KnownPerson>(
      `SELECT u.id, u.username, u.time_zone AS "timeZone"
         FROM users u
        WHERE u.id = ANY($2::uuid[])
          AND (u.id = $1 OR ${sharesAnEvent('u.id', '$1', `LIMIT ${MANY_EVENTS}`)}
               OR EXISTS (SELECT FROM visible_spans v WHERE v.user_id = u.id OFFSET ${MANY_EVENTS})
                  AND ${sharesAnEvent('$1', 'u.id', 'OFFSET 0')})`,
      [userId, ids],
    );
  }
}

const toMember = ({ grantedById, grantedByName, ...row }: MemberRow): Member => ({
  ...row,
  grantedBy: { id: grantedById, username: grantedByName },
});
