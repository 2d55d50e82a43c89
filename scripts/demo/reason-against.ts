import type { Config } from '../../src/platform/config/config.js';
import { SYSTEM_USER_ID } from '../../src/users/system-user.js';

interface Database {
  query(sql: string, parameters: unknown[]): Promise<unknown[]>;
}

/** Why the demo must not be put into this database; null when it may. */
export async function reasonAgainst(config: Config, database: Database): Promise<string | null> {
  if (config.isProduction) return 'The demo is not for production.';
  const people = await database.query('SELECT FROM users WHERE id <> $1 LIMIT 1', [SYSTEM_USER_ID]);
  if (people.length === 0) return null;
  return 'Somebody has signed up already. The demo needs an empty database: set another DATA_DIR or DATABASE_URL.';
}
