import type { DataSource } from 'typeorm';

/**
 * Tells this database from every other: the number that its PostgreSQL got when it was made, and its name there. The
 * same for all servers, by whatever address they reach it. Copies made file by file have it in common.
 */
export async function databaseIdentity(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<{ identity: string }[]>(
    `SELECT concat(system_identifier, ':', current_database()) AS identity FROM pg_control_system()`,
  );
  return row!.identity;
}
