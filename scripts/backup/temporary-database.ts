import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { EmbeddedPostgresError, startTemporaryPostgres } from '../../postgres-launcher/index.js';
import { withConnection } from './connection.js';
import { BackupError } from './restore.js';

/** An empty database that exists only for a check. */
export interface TemporaryDatabase {
  url: string;
  /** Where it is, for people. */
  place: string;
  remove(): Promise<void>;
}

const PREFIX = 'convene_backup_check_';
/** Any constant: one check on a server at a time. */
const CHECK_LOCK = 7_203_112;

/**
 * Creates an empty database: in a PostgreSQL of its own, in a temporary folder, or on the server of `url` where the
 * embedded PostgreSQL does not run.
 * @param onServer true for the server of `url` in any case
 * @throws BackupError when neither is possible
 */
export async function createTemporaryDatabase(url: string, onServer: boolean): Promise<TemporaryDatabase> {
  if (!onServer) {
    try {
      const { url: own, stop } = await startTemporaryPostgres({ name: 'convene' });
      return { url: own, place: 'a PostgreSQL of its own', remove: stop };
    } catch (error) {
      if (!(error instanceof EmbeddedPostgresError)) throw error;
    }
  }
  return createOnServer(url);
}

/** The lock is held on a connection that stays open until the database is removed. */
async function createOnServer(url: string): Promise<TemporaryDatabase> {
  const name = `${PREFIX}${randomBytes(6).toString('hex')}`;
  const { promise: removed, resolve: release } = withResolver();
  const { promise: created, resolve: onCreated } = withResolver();
  const drop = (client: Client): Promise<unknown> => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  const holding = withConnection(url, async (client) => {
    await claim(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    try {
      onCreated();
      await removed;
    } finally {
      await drop(client);
    }
  });
  await Promise.race([created, holding]).catch((error: unknown) => {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`No database for the check can be created on the server: ${(error as Error).message}.`);
  });
  const target = new URL(url);
  target.pathname = `/${name}`;
  const remove = (): Promise<void> => {
    release();
    return holding;
  };
  return { url: target.href, place: `the database ${name} of the same server`, remove };
}

/** Takes the lock, and removes what a check that was killed has left. */
async function claim(client: Client): Promise<void> {
  const { rows } = await client.query<{ ok: boolean }>('SELECT pg_try_advisory_lock($1) AS ok', [CHECK_LOCK]);
  if (!rows[0]!.ok) throw new BackupError('Another check runs on this server. Try again when it has ended.');
  const left = await client.query<{ name: string }>(
    'SELECT quote_ident(datname) AS name FROM pg_database WHERE starts_with(datname, $1)',
    [PREFIX],
  );
  for (const { name } of left.rows) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
