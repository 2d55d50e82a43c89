import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { KnownPerson, Member } from './member.js';
import type { Role } from './role.js';

/** A person's access to one event. */
export interface EventAccess {
  role: Role;
  deleted: boolean;
}

interface MemberRow extends Omit<Member, 'grantedBy'> {
  grantedById: string;
  grantedByName: string;
}

const MEMBER = `p.user_id AS "userId", u.username, p.role, p.granted_at AS "grantedAt", g.id AS "grantedById",
  g.username AS "grantedByName"`;
const OWNER_FIRST = `p.role = 'owner' DESC, u.username`;

@Injectable()
export class PermissionsRepository {
  constructor(private readonly database: Database) {}

  async findAccess(eventId: string, userId: string): Promise<EventAccess | null> {
    const [row] = await this.database.query<EventAccess>(
      `SELECT p.role, e.deleted_at IS NOT NULL AS deleted
         FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.event_id = $1 AND p.user_id = $2`,
      [eventId, userId],
    );
    return row ?? null;
  }

  /** Returns the members of an event, owner first, then by name. */
  async listMembers(eventId: string, tx?: Transaction): Promise<Member[]> {
    const rows = await (tx ?? this.database).query<MemberRow>(
      `SELECT ${MEMBER}
         FROM event_permissions p JOIN users u ON u.id = p.user_id JOIN users g ON g.id = p.granted_by
        WHERE p.event_id = $1 ORDER BY ${OWNER_FIRST}`,
      [eventId],
    );
    return rows.map(toMember);
  }

  /** Returns the given people who share an event outside the trash with a person, or are that person. */
  listKnownPeople(userId: string, ids: string[]): Promise<KnownPerson[]> {
    return this.database.query<KnownPerson>(
      `SELECT u.id, u.username, u.time_zone AS "timeZone"
         FROM users u
        WHERE u.id = ANY($2::uuid[])
          AND (u.id = $1 OR EXISTS (
            SELECT 1 FROM event_permissions theirs
              JOIN event_permissions mine ON mine.event_id = theirs.event_id
              JOIN events e ON e.id = theirs.event_id
             WHERE theirs.user_id = u.id AND mine.user_id = $1 AND e.deleted_at IS NULL))`,
      [userId, ids],
    );
  }
}

const toMember = ({ grantedById, grantedByName, ...row }: MemberRow): Member => ({
  ...row,
  grantedBy: { id: grantedById, username: grantedByName },
});
