import { Client } from 'pg';
import { startTemporaryPostgres } from '../postgres-launcher/index.js';
import { describePostgres } from './describe-postgres.js';
import { HIGH_LIMITS } from './high-limits.js';
import { INSPECTED } from './profile.js';
import { PEOPLE } from './scenario.js';
import { Servers } from './servers.js';
import { SECRET, Target } from './target.js';

/** Convene, the reference, and the PostgreSQL that they share. */
export interface Targets {
  convene: Target;
  /** Null when Convene runs on a database that was filled before. */
  reference: Target | null;
  /** The file with the output of Convene. */
  output: string;
  /** Its version, and the process id of its postmaster, NaN if it does not run on this machine. */
  postgres: { version: string; postmaster: number };
  stop(): Promise<void>;
}

/**
 * Starts both servers.
 * @param filled the address of a database that was filled before; null to start a temporary PostgreSQL
 * @param options.settings settings of Convene that differ from those of every run
 */
export async function startTargets(
  filled: string | null,
  options: { inspected: boolean; settings?: Record<string, string> },
): Promise<Targets> {
  const temporary = filled === null ? await startTemporaryPostgres() : null;
  const servers = await Servers.create();
  const clients: Client[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end()));
    await servers.stop();
    await temporary?.stop();
  };
  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    clients.push(client);
    await client.connect();
    return client;
  };
  const environment = (url: string): Record<string, string> => ({
    ...{ DATABASE_URL: url, DATABASE_POOL_SIZE: String(PEOPLE), JWT_SECRET: SECRET, PORT: '0' },
    // 16 large batches at once keep all connections longer than the server lets others wait.
    DATABASE_WAIT_SECONDS: '60',
    // On a machine that others load, the event loop is late without a cause in the server.
    OVERLOAD_LAG_MS: '0',
    ...HIGH_LIMITS,
  });

  try {
    const url = filled ?? temporary!.url;
    const client = await connect(url);
    const inspected = options.inspected ? INSPECTED : {};
    const convene = await servers.start('server/start.js', {
      ...environment(url),
      ...inspected,
      ...options.settings,
    });
    const targets = {
      convene: new Target('Convene', convene.url, convene.pid, client, filled !== null),
      output: convene.output,
      postgres: await describePostgres(client),
      stop,
    };
    if (temporary === null) return { ...targets, reference: null };

    await client.query('CREATE DATABASE reference');
    const other = new URL(url);
    other.pathname = '/reference';
    const reference = await servers.start('bench/reference/main.js', environment(other.href));
    const bare = new Target('reference', reference.url, reference.pid, await connect(other.href), false);
    return { ...targets, reference: bare };
  } catch (error) {
    await stop();
    throw error;
  }
}
