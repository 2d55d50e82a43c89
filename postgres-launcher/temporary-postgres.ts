import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { countHolders } from './holders.js';
import { superuserPassword } from './password.js';
import { openPaths } from './paths.js';
import { hasEnded, readPostmasterPid } from './postmaster.js';
import { isAlive, signal, worksIn } from './processes.js';

/** A PostgreSQL for one test run. */
export interface TemporaryPostgres {
  /** See EmbeddedPostgres; the account may create databases, also from a template of its own. */
  readonly url: string;
  /** The same server as its superuser, on the database `postgres`. */
  readonly superuserUrl: string;
  readonly dataDir: string;
  ensureRunning(): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

/** How to run a temporary PostgreSQL. */
export interface TemporaryPostgresOptions {
  /** Receives one message per step; by default nothing is logged. */
  readonly log?: (message: string) => void;
  /** See EmbeddedPostgresOptions. Default `test`. */
  readonly name?: string;
  /** Default 100. */
  readonly maxConnections?: number;
}

/** A folder younger than this may belong to a start that has not come far enough to show that it lives. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Starts an empty PostgreSQL without durability in a temporary folder (about half a second), for tests.
 * What earlier test runs left behind because they were killed is stopped and removed.
 * @throws EmbeddedPostgresError as startEmbeddedPostgres does.
 */
export async function startTemporaryPostgres(options: TemporaryPostgresOptions = {}): Promise<TemporaryPostgres> {
  const { name = 'test', log = () => undefined, maxConnections = 100 } = options;
  const parent = join(tmpdir(), `temporary-postgres-${process.getuid?.() ?? 'user'}`);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  // The name can be guessed: somebody else may have made the folder to get at what is in it.
  if (process.getuid && (await stat(parent)).uid !== process.getuid()) {
    throw new EmbeddedPostgresError(`${parent} belongs to somebody else.`);
  }
  await sweepAbandoned(parent);
  const dataDir = await mkdtemp(join(parent, 'run-'));
  const remove = () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await startEmbeddedPostgres({ dataDir, name, log, durable: false, maxConnections });
    const stop = async (): Promise<void> => {
      try {
        await server.stop();
      } finally {
        await remove();
      }
    };
    const superuser = new URL(server.url);
    superuser.username = 'postgres';
    superuser.password = superuserPassword(superuser.password, name);
    superuser.pathname = '/postgres';
    return {
      url: server.url,
      superuserUrl: superuser.href,
      dataDir,
      ensureRunning: () => server.ensureRunning(),
      stop,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function sweepAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const dataDir = join(parent, name);
    const made = await stat(dataDir).catch(() => undefined);
    if (!made || Date.now() - made.birthtimeMs < ABANDONED_AFTER_MS) continue;
    const { data, holders } = await openPaths(dataDir);
    if ((await countHolders(holders)) > 0) continue;
    const found = await readPostmasterPid(data).catch(() => undefined);
    if (found && isAlive(found.pid) && worksIn(found.pid, data) !== false) {
      signal(found.pid, 'SIGQUIT');
      await hasEnded(found.pid, 5_000);
    }
    await rm(dataDir, { recursive: true, force: true });
  }
}
