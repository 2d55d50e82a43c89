import type { DataSource } from 'typeorm';

/**
 * Returns an identifier of this database: the system identifier of its PostgreSQL cluster and its name. All servers get
 * the same identifier, whatever address they connect to. A physical copy of the cluster has the same one.
 */
export async function databaseIdentity(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<{ identity: string }[]>(
    `SELECT concat(system_identifier, ':', current_database()) AS identity FROM pg_control_system()`,
  );
  return row!.identity;
}
