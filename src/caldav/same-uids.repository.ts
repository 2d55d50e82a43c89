import { Injectable } from '@nestjs/common';
import { idOfUid } from '../content/event-uid.js';
import { Database } from '../platform/database/database.js';

/** Finds events with the same UID: one that several people imported, of whom one shared theirs with another. */
@Injectable()
export class SameUidsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the UIDs of events, also of those that the person no longer sees. */
  async listUids(ids: string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<{ uid: string }>(
      `SELECT coalesce(uid, id || '@convene') AS uid FROM events WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    return rows.map(({ uid }) => uid);
  }

  /** Returns the events with these UIDs that a person sees, by UID: their own first, then the oldest. */
  async listByUid(userId: string, uids: string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    if (uids.length === 0) return found;
    const rows = await this.database.query<{ uid: string; id: string }>(
      `SELECT coalesce(e.uid, e.id || '@convene') AS uid, e.id
         FROM (SELECT id FROM events WHERE uid = ANY($2::text[])
               UNION ALL SELECT id FROM events WHERE id = ANY($3::uuid[]) AND uid IS NULL) AS found
         JOIN events e ON e.id = found.id
         JOIN event_permissions p ON p.event_id = e.id AND p.user_id = $1
        WHERE e.deleted_at IS NULL
        ORDER BY p.role = 'owner' DESC, e.id`,
      [userId, uids, uids.flatMap((uid) => idOfUid(uid) ?? [])],
    );
    for (const { uid, id } of rows) found.set(uid, [...(found.get(uid) ?? []), id]);
    return found;
  }
}
