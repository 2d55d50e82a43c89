import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';

/** Of one kind, to one address. */
const MAX_PER_HOUR = 5;

export interface ClaimedMail {
  id: string;
  kind: string;
  recipient: string;
  content: Buffer;
  attempts: number;
}

@Injectable()
export class MailsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Writes a mail, unless the address was sent several of its kind within an hour: nobody can be flooded with them.
   * @param done nobody will send it
   */
  insert(
    tx: Transaction,
    mail: { id: string; kind: string; recipient: string; content: Buffer | null; done: boolean },
  ): void {
    tx.write(
      `INSERT INTO mails (id, kind, recipient, content, created_at, next_attempt_at, sent_at)
       SELECT $1, $2, $3, $4, now(), now(), CASE WHEN $5 THEN now() END
        WHERE (SELECT count(*) FROM (
                 SELECT FROM mails WHERE recipient = $3::citext AND kind = $2 AND created_at > now() - interval '1 hour'
                  LIMIT $6) AS recent) < $6`,
      [mail.id, mail.kind, mail.recipient, mail.content, mail.done, MAX_PER_HOUR],
    );
  }

  /** Deletes the mails to an address. */
  deleteByRecipient(tx: Transaction, recipient: string): void {
    tx.write('DELETE FROM mails WHERE recipient = $1::citext', [recipient]);
  }

  /**
   * Reserves mails that are due. No other server receives them until `leaseSeconds` have passed, and no connection or
   * lock is held meanwhile.
   */
  claim(limit: number, leaseSeconds: number): Promise<ClaimedMail[]> {
    return this.database.query(
      `WITH due AS (
         SELECT id FROM mails WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()
          ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       UPDATE mails m SET attempts = m.attempts + 1, next_attempt_at = now() + make_interval(secs => $2::float8)
         FROM due WHERE m.id = due.id
       RETURNING m.id, m.kind, m.recipient, m.content, m.attempts`,
      [limit, leaseSeconds],
    );
  }

  async setSent(id: string): Promise<void> {
    await this.database.query(
      `UPDATE mails SET sent_at = clock_timestamp(), content = NULL, last_error = NULL WHERE id = $1`,
      [id],
    );
  }

  /**
   * Stores that an attempt failed. Returns whether it was the last one.
   * @param retrySeconds until the next attempt; null when there is none
   * @param retryDays after which a mail that was not sent is given up
   */
  async setFailed(id: string, error: string, retrySeconds: number | null, retryDays: number): Promise<boolean> {
    const [row] = await this.database.query<{ isLast: boolean }>(
      `WITH failed AS (
         UPDATE mails SET last_error = $2, next_attempt_at = now() + make_interval(secs => coalesce($3::float8, 0)),
           failed_at = CASE WHEN $3::float8 IS NULL OR created_at < now() - make_interval(days => $4::int) THEN now() END,
           content = CASE WHEN $3::float8 IS NULL OR created_at < now() - make_interval(days => $4::int) THEN NULL ELSE content END
          WHERE id = $1 RETURNING failed_at)
       SELECT failed_at IS NOT NULL AS "isLast" FROM failed`,
      [id, error, retrySeconds, retryDays],
    );
    return row?.isLast ?? false;
  }

  /** Deletes mails that were sent or given up and are older than that. Returns how many. */
  async prune(days: number): Promise<number> {
    const [row] = await this.database.query<{ pruned: number }>(
      `WITH pruned AS (
         DELETE FROM mails WHERE created_at < now() - make_interval(days => $1::int)
            AND (sent_at IS NOT NULL OR failed_at IS NOT NULL) RETURNING 1)
       SELECT count(*)::int AS pruned FROM pruned`,
      [days],
    );
    return row!.pruned;
  }
}
