import type { Client } from 'pg';
import { postmasterOf } from './processor-time.js';

/**
 * Returns the version of PostgreSQL and its postmaster, which is found by the backend of the connection: NaN if it does not
 * run on this machine.
 */
export async function describePostgres(client: Client): Promise<{ version: string; postmaster: number }> {
  const { rows } = await client.query<{ version: string; pid: number }>(
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version, pg_backend_pid() AS pid`,
  );
  const { version, pid } = rows[0]!;
  return { version, postmaster: postmasterOf(pid) };
}
