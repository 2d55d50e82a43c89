import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The answer to a request with an `Idempotency-Key`, written in the transaction of the change that it tells of. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at_idx', ['createdAt'])
export class IdempotencyKey {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  userId: string;

  @PrimaryColumn('varchar', { length: 255, primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key: string;

  /** Hash of the request that the key stands for. */
  @Column('text')
  fingerprint: string;

  @Column('integer')
  status: number;

  /** What the handler set, such as `etag` and `location`. */
  @Column('jsonb')
  headers: Record<string, string>;

  @Column('json')
  body: unknown;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;
}
