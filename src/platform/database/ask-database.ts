import type { Socket } from 'node:net';
import pg from 'pg';
import { DatabaseSilent } from './database-errors.js';

/** Time is counted in steps of so many milliseconds. While this process is held, and cannot receive anything, none passes. */
const STEP_MS = 100;

/**
 * Returns the rows of one statement, on a connection of its own, so that the answer says how the database is, and not
 * how busy the pool is.
 * @throws DatabaseSilent when nothing comes for the given time: a step on the way to the answer is a sign of life
 */
export async function askDatabase<Row extends object>(url: string, sql: string, milliseconds: number): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'convene health' });
  client.on('error', () => undefined);
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  let [waited, received] = [0, 0];
  const timer = setInterval(() => {
    waited = stream.bytesRead > received ? 0 : waited + STEP_MS;
    received = stream.bytesRead;
    if (waited >= milliseconds) stream.destroy(new DatabaseSilent());
  }, STEP_MS);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    clearInterval(timer);
    // Without waiting for an answer.
    client.end().catch(() => undefined);
  }
}
