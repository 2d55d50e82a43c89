import { stat } from 'node:fs/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** The role of the launcher's own connections. The application's role is not a superuser. */
export interface Superuser {
  readonly name: string;
  readonly password: string;
}

/**
 * Identifies what listens on a port: the server of the data directory (`ours`), a server that reports another one or
 * refuses the password (`other`), or nothing that answers yet (`silent`).
 */
export async function identify(
  port: number,
  superuser: Superuser,
  dataDirectory: string,
): Promise<'ours' | 'other' | 'silent'> {
  return withConnection(port, superuser, async (client) => {
    const shown = await client.query<{ data_directory: string }>('SHOW data_directory');
    const theirs = await stat(shown.rows[0]?.data_directory ?? '', { bigint: true }).catch(() => undefined);
    const own = await stat(dataDirectory, { bigint: true });
    return theirs?.dev === own.dev && theirs.ino === own.ino ? ('ours' as const) : ('other' as const);
  }).catch((error: unknown) => (isRefusal(error) ? 'other' : 'silent'));
}

/** Whether the server flushes a commit to disk before it acknowledges it (`fsync`). */
export async function isDurable(port: number, superuser: Superuser): Promise<boolean> {
  return withConnection(port, superuser, async (client) => {
    const shown = await client.query<{ fsync: string }>('SHOW fsync');
    return shown.rows[0]?.fsync === 'on';
  });
}

/**
 * Creates the role and the database of the application, both called `name`, unless they exist. The role owns its
 * database and may create others. Completes what an earlier start did not finish because it was killed.
 */
export async function ensureDatabase(
  port: number,
  superuser: Superuser,
  name: string,
  password: string,
): Promise<void> {
  await withConnection(port, superuser, async (client) => {
    const identifier = escapeIdentifier(name);
    const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    if (roles.rowCount === 0) {
      await client.query(
        `BEGIN; CREATE ROLE ${identifier} LOGIN CREATEDB PASSWORD ${escapeLiteral(password)};` +
          // DROP DATABASE … WITH (FORCE) needs it to end an autovacuum worker.
          ` GRANT pg_signal_backend TO ${identifier}; COMMIT`,
      );
    }
    const databases = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${identifier} OWNER ${identifier}`);
  });
}

async function withConnection<T>(
  port: number,
  { name, password }: Superuser,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const target = { host: '127.0.0.1', port, user: name, password, database: 'postgres' };
  const client = new Client({ ...target, connectionTimeoutMillis: 3000, query_timeout: 30_000, ssl: false });
  // Without a listener, a connection that breaks between queries would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether the server rejected the login: wrong password, unknown role, or no matching line in pg_hba.conf. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('28');
}
