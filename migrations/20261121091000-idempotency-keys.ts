import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was answered to requests with an `Idempotency-Key`, so that a retry gets the same answer and changes nothing. */
export class IdempotencyKeys20261121091000 implements MigrationInterface {
  name = 'IdempotencyKeys20261121091000';

  async up(runner: QueryRunner): Promise<void> {
    // The body is json, not jsonb: it is sent again as it was sent, its members in the same order.
    await runner.query(`
      CREATE TABLE idempotency_keys (
        user_id uuid NOT NULL,
        key varchar(255) NOT NULL,
        fingerprint text NOT NULL,
        status integer NOT NULL,
        headers jsonb NOT NULL,
        body json NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
