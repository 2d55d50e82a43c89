import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Writes go on with what the database has still to check. */
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
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION require_assumption(boolean)');
  }
}
