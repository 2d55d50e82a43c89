import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The long events and series of a window are read from their index alone. */
export class CoveringLongSpans20261127130100 implements MigrationInterface {
  name = 'CoveringLongSpans20261127130100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX visible_spans_long_idx;
      CREATE INDEX visible_spans_long_idx ON visible_spans
        USING gist (user_id, span) INCLUDE (start_time, event_id, kind) WHERE kind > 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX visible_spans_long_idx;
      CREATE INDEX visible_spans_long_idx ON visible_spans USING gist (user_id, span) WHERE kind > 0;
    `);
  }
}
