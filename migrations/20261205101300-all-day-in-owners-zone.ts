import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An all-day event takes up its dates in its owner's zone. Until now it was its own zone, which is another one where somebody named
 * it, or has moved since. The time of these events is found from their content, like that of a series after what is stored of it,
 * until the nightly job has stored it again: PostgreSQL may know fewer zones than the server.
 */
export class AllDayInOwnersZone20261205101300 implements MigrationInterface {
  name = 'AllDayInOwnersZone20261205101300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE event_occupancy o SET busy = '{}', busy_until = timestamptz '0001-01-01 00:00:00Z', rejects = false
        FROM events e, users owner
       WHERE e.id = o.event_id AND owner.id = o.owner_id AND e.all_day AND e.time_zone <> owner.time_zone`);
  }

  /** The version before stores the time of its own zone, in the same way. */
  async down(runner: QueryRunner): Promise<void> {
    await this.up(runner);
  }
}
