import type { TestDatabase } from './database.js';

/**
 * Gives every event more versions, a millisecond apart from its creation on, as many edits of its title would have made
 * them. Written straight, with the triggers off: what is asked for is how they are read.
 */
export async function addVersions(database: TestDatabase, versions: number): Promise<void> {
  const tables = ['events', 'event_versions'];
  for (const table of tables) await database.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await database.query(
    `INSERT INTO event_versions (event_id, version, position, kind, author_id, changed, snapshot, created_at, hash)
     SELECT event_id, n, n, 'updated', author_id, '{title}', jsonb_set(snapshot, '{title}', to_jsonb('Version ' || n)),
            created_at + n * interval '1 ms', hash
       FROM event_versions CROSS JOIN generate_series(2, $1::int) AS n WHERE version = 1`,
    [versions],
  );
  await database.query(
    `UPDATE events SET version = $1::int, title = 'Version ' || $1::int, updated_at = created_at + $1::int * interval '1 ms'`,
    [versions],
  );
  for (const table of tables) await database.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  await database.query('VACUUM ANALYZE');
}
