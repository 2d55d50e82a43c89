import { Client } from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { HIGH_LIMITS } from '../high-limits.js';
import type { Servers } from '../servers.js';
import { SECRET, Target } from '../target.js';
import { fillDatabase } from './fill-database.js';
import { peopleFor } from './people.js';

/** Nothing is pruned while it is measured. */
const STREAM_DAYS = '3650';

/** A server on a filled database. */
export interface FilledServer {
  events: number;
  target: Target;
  /** True when the database was filled now and has no statistics yet. */
  isNew: boolean;
}

/**
 * Starts the server on the database `growth_<events>`, which is created and filled unless it exists.
 * @param url of any database of the same PostgreSQL; its role may create databases
 */
export async function startFilledServer(
  url: string,
  events: number,
  servers: Servers,
  log: (line: string) => void,
): Promise<FilledServer> {
  const address = new URL(url);
  address.pathname = `/growth_${events}`;
  const isNew = await createDatabase(url, address.pathname.slice(1));
  await migrate(address.href);
  if (isNew) {
    const settings = { events, people: peopleFor(events), streamDays: 30, seed: 1, now: new Date() };
    await fillDatabase(address.href, { ...settings, log: (line) => log(`${events} events: ${line}`) });
  }
  const client = new Client({ connectionString: address.href });
  await client.connect();
  if (isNew) {
    await preventStatistics(client);
    await client.query('VACUUM');
  }
  const settings = { DATABASE_URL: address.href, JWT_SECRET: SECRET, PORT: '0', STREAM_DAYS, ...HIGH_LIMITS };
  const server = await servers.start('server/start.js', settings);
  return { events, isNew, target: new Target('Convene', server.url, server.pid, client, true) };
}

/** Returns false when the database exists. */
async function createDatabase(url: string, name: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rows.length > 0) return false;
    await client.query(`CREATE DATABASE ${name}`);
    return true;
  } finally {
    await client.end();
  }
}

/** Statistics come at the moment that the bench chooses, not in the middle of a measurement. */
async function preventStatistics(client: Client): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s SET (autovacuum_enabled = false)', oid::regclass) AS statement
       FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  for (const { statement } of rows) await client.query(statement);
}
