import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';

export interface PurgedEvent {
  id: string;
  ownerId: string;
}

@Injectable()
export class TrashRepository {
  /**
   * Removes some events from the trash that were deleted before a time, oldest first. Passes over those that another
   * transaction is restoring or removing.
   */
  async purge(tx: Transaction, before: Date, limit: number): Promise<PurgedEvent[]> {
    const purged = await tx.query<PurgedEvent>(
      `WITH due AS (
         SELECT e.id FROM events e WHERE e.deleted_at < $1 AND e.purged_at IS NULL
          ORDER BY e.deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
       purged AS (
         UPDATE events SET purged_at = clock_timestamp()
          WHERE id IN (SELECT id FROM due) RETURNING id)
       SELECT p.id, owner.user_id AS "ownerId"
         FROM purged p JOIN event_permissions owner ON owner.event_id = p.id AND owner.role = 'owner'`,
      [before, limit],
    );
    // Nobody finds them any more.
    tx.write('DELETE FROM event_texts WHERE event_id = ANY($1::uuid[])', [purged.map(({ id }) => id)]);
    return purged;
  }
}
