import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The response to a request with an `Idempotency-Key`, stored in the transaction of the change. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at_idx', ['createdAt'])
export class IdempotencyKey {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  userId: string;

  @PrimaryColumn('varchar', { length: 255, primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key: string;

  /** The hash of the request that the key belongs to. */
  @Column('text')
  fingerprint: string;

  @Column('integer')
  status: number;

  /** The headers that the handler set, such as `etag` and `location`. */
  @Column('jsonb')
  headers: Record<string, string>;

  @Column('json')
  body: unknown;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;
}
