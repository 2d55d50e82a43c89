import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Writes go on with what the database has still to check, and `events` changes rows without touching its indexes. */
export class Assumptions20261127190000 implements MigrationInterface {
  name = 'Assumptions20261127190000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Fails when a condition is not true: a transaction went on as if it were (Transaction.assume).
      CREATE FUNCTION require_assumption(holds boolean) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF holds IS NOT TRUE THEN
          RAISE EXCEPTION 'an assumption of a write is wrong: it is repeated' USING ERRCODE = 'CN001';
        END IF;
      END $$;
      -- Every edit changes it. Without it, an edit that changes no other indexed column writes no index at all.
      DROP INDEX events_updated_at_idx`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX events_updated_at_idx ON events (updated_at, id);
      DROP FUNCTION require_assumption(boolean)`);
  }
}
