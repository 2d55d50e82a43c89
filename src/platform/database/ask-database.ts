import type { Socket } from 'node:net';
import pg from 'pg';
import { DatabaseSilent } from './database-errors.js';

/**
 * Returns the rows of one statement, on a connection of its own, so that the answer says how the database is, and not
 * how busy the pool is.
 * @throws DatabaseSilent when there is no answer in time
 */
export async function askDatabase<Row extends object>(url: string, sql: string, milliseconds: number): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'convene health' });
  client.on('error', () => undefined);
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const timer = setTimeout(() => stream.destroy(new DatabaseSilent()), milliseconds);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    clearTimeout(timer);
    // Without waiting for an answer.
    client.end().catch(() => undefined);
  }
}
