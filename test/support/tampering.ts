import type { TestDatabase } from './database.js';

/** What it takes to rewrite history: whoever owns the tables can take the locks off. Undone by a rollback. */
export const UNLOCK_HISTORY = `
  GRANT UPDATE, DELETE ON event_versions, member_changes TO CURRENT_USER;
  ALTER TABLE event_versions DISABLE TRIGGER USER;
  ALTER TABLE member_changes DISABLE TRIGGER USER;
  ALTER TABLE event_permissions DISABLE TRIGGER USER;
  ALTER TABLE events DISABLE TRIGGER USER;`;

type Queries = Pick<TestDatabase, 'query'>;

/** Runs `work` after statements that get past every lock, and takes everything back. */
export async function tampered<T>(
  database: TestDatabase,
  statements: string,
  work: (database: Queries) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(UNLOCK_HISTORY);
    await client.query(statements);
    return await work({
      query: async <Row extends object>(sql: string, parameters: unknown[] = []) =>
        (await client.query<Row>(sql, parameters)).rows,
    });
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
