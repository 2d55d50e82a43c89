import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

export const IMPORT_STATES = ['waiting', 'running', 'done', 'failed'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/**
 * An import that goes on after the response. It is `done` in the transaction that stores the events, so that it says so
 * exactly when they are stored.
 */
@Entity('import_jobs')
@Index('import_jobs_user_id_idx', ['userId'])
@Index('import_jobs_created_at_idx', ['createdAt'])
@Check('import_jobs_state_check', `state IN ('waiting', 'running', 'done', 'failed')`)
@Check('import_jobs_finished_check', `(state IN ('done', 'failed')) = (finished_at IS NOT NULL AND result IS NOT NULL)`)
export class ImportJob {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'import_jobs_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => User, { name: 'import_jobs_user_id_fkey' })
  userId: string;

  /** The id of the request in the log. */
  @Column('text', { name: 'request_id' })
  requestId: string;

  @Column('text')
  state: ImportState;

  @Column('boolean', { name: 'dry_run' })
  dryRun: boolean;

  /** Events of the file that are handled. */
  @Column('integer')
  done: number;

  /** Events of the file; null until it is read. */
  @Column('integer', { nullable: true })
  total: number | null;

  @Column('json', {
    nullable: true,
    comment: 'The report of an import that is done, or the problem of one that failed.',
  })
  result: object | null;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', {
    name: 'seen_at',
    precision: 3,
    comment: 'When the server that does it last said so. One that says nothing has stopped.',
  })
  seenAt: Date;

  @Column('timestamp with time zone', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt: Date | null;
}
