import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { ImportJob } from './import-job.entity.js';

export type ShownJob = Omit<ImportJob, 'userId' | 'seenAt'>;
/** How far an import is, in events of its file. */
export type ImportProgress = Pick<ImportJob, 'done' | 'total'>;

const SHOWN = `id, request_id AS "requestId", state, dry_run AS "dryRun", done, total, result, created_at AS "createdAt",
  finished_at AS "finishedAt"`;

/** True for a job `j` whose account has neither been erased nor disabled. */
const HAS_ACCOUNT = `EXISTS (SELECT FROM users u WHERE u.id = j.user_id AND u.erased_at IS NULL AND u.disabled_at IS NULL)`;

/**
 * The `import_jobs` table. What has ended stays as it ended: every statement that changes a job asks for one that has not,
 * under the lock of its row.
 */
@Injectable()
export class ImportJobsRepository {
  constructor(private readonly database: Database) {}

  insert(tx: Transaction, { id, userId, requestId, dryRun, createdAt }: ImportJob): void {
    tx.write(
      `INSERT INTO import_jobs (id, user_id, request_id, state, dry_run, done, created_at, seen_at)
       VALUES ($1, $2, $3, 'waiting', $4, 0, $5, clock_timestamp())`,
      [id, userId, requestId, dryRun, createdAt],
    );
  }

  /** Returns a job of a person, and for how many seconds its server has said nothing; null if there is none. */
  async find(userId: string, id: string): Promise<(ShownJob & { silentSeconds: number }) | null> {
    const [job] = await this.database.query<ShownJob & { silentSeconds: number }>(
      `SELECT ${SHOWN}, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS "silentSeconds"
         FROM import_jobs WHERE id = $2 AND user_id = $1`,
      [userId, id],
    );
    return job ?? null;
  }

  /** Lets a job run whose account still exists. Returns false otherwise. */
  async start(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE import_jobs j SET state = 'running', seen_at = clock_timestamp()
        WHERE j.id = $1 AND j.state = 'waiting' AND ${HAS_ACCOUNT} RETURNING 1`,
      [id],
    );
    return rows.length > 0;
  }

  /** Says that a job is still being done, and how far it is. Returns false if it has ended, or its account has. */
  async see(id: string, { done, total }: ImportProgress): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE import_jobs j SET done = $2, total = $3, seen_at = clock_timestamp()
        WHERE j.id = $1 AND j.state IN ('waiting', 'running') AND ${HAS_ACCOUNT} RETURNING 1`,
      [id, done, total],
    );
    return rows.length > 0;
  }

  /**
   * Ends a running job with the report of the import. Returns false if it has ended already, or its account has. An account
   * that is erased at the same time is so before this, or after the transaction.
   */
  async finish(on: Transaction | null, id: string, report: object, { done, total }: ImportProgress): Promise<boolean> {
    const rows = await (on ?? this.database).query(
      `WITH account AS (
         SELECT u.id FROM users u
          WHERE u.id = (SELECT user_id FROM import_jobs WHERE id = $1) AND u.erased_at IS NULL AND u.disabled_at IS NULL
            FOR SHARE)
       UPDATE import_jobs SET state = 'done', result = $2, done = $3, total = $4, finished_at = clock_timestamp()
        WHERE id = $1 AND state = 'running' AND user_id IN (SELECT id FROM account) RETURNING 1`,
      [id, JSON.stringify(report), done, total],
    );
    return rows.length > 0;
  }

  /**
   * Ends a job with a problem, unless it has ended.
   * @param silentSeconds only if its server has said nothing for so long
   */
  async fail(id: string, problem: object, silentSeconds = 0): Promise<void> {
    await this.database.query(
      `UPDATE import_jobs SET state = 'failed', result = $2, finished_at = clock_timestamp()
        WHERE id = $1 AND state IN ('waiting', 'running')
          AND seen_at <= clock_timestamp() - $3::float8 * interval '1 second'`,
      [id, JSON.stringify(problem), silentSeconds],
    );
  }

  /** Deletes what is older, in hours. */
  async prune(hours: number): Promise<void> {
    await this.database.query(
      `DELETE FROM import_jobs WHERE created_at < clock_timestamp() - $1::integer * interval '1 hour'`,
      [hours],
    );
  }

  /** Deletes the jobs of a person. One that runs can then store nothing. */
  async deleteByUser(userId: string): Promise<void> {
    await this.database.query(`DELETE FROM import_jobs WHERE user_id = $1`, [userId]);
  }
}
