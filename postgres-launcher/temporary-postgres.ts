import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { countHolders } from './holders.js';
import { superuserPassword } from './password.js';
import { openPaths } from './paths.js';
import { readPostmasterPid } from './postmaster.js';
import { isAlive, isServerProcess, signal, waitForEnd } from './processes.js';

/** A PostgreSQL for one test run. */
export interface TemporaryPostgres {
  /** See EmbeddedPostgres. The role may create databases, also from its own as a template. */
  readonly url: string;
  /** The same server as its superuser, on the database `postgres`. */
  readonly superuserUrl: string;
  readonly dataDir: string;
  /** See EmbeddedPostgres. */
  ensureRunning(): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

/** How to run a temporary PostgreSQL. */
export interface TemporaryPostgresOptions {
  /** See EmbeddedPostgresOptions. By default, nothing is logged. */
  readonly log?: (message: string) => void;
  /** See EmbeddedPostgresOptions. Default `test`. */
  readonly name?: string;
  /** Default 100. */
  readonly maxConnections?: number;
}

const PREFIX = 'run-';
/** A folder changed more recently may belong to a process that has not registered as a holder yet. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Starts an empty PostgreSQL without durability in a temporary folder, for tests. Takes about a second.
 * Stops and removes what killed test runs left behind more than ten minutes ago.
 * @throws EmbeddedPostgresError as startEmbeddedPostgres does.
 */
export async function startTemporaryPostgres(options: TemporaryPostgresOptions = {}): Promise<TemporaryPostgres> {
  const { name = 'test', log = () => undefined, maxConnections = 100 } = options;
  const parent = join(tmpdir(), `temporary-postgres-${process.getuid?.() ?? 'user'}`);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  // Any user can predict the name and create the folder first, or a link to another folder.
  const { uid, isDirectory } = await describe(parent);
  if (!isDirectory || (process.getuid && uid !== process.getuid())) {
    throw new EmbeddedPostgresError(`${parent} is not a folder of this user. Remove it.`);
  }
  await removeAbandoned(parent);
  const dataDir = await mkdtemp(join(parent, PREFIX));
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

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    // Another test run may be removing the same folder; what can't be removed now is left for a later run.
    if (name.startsWith(PREFIX)) await removeIfAbandoned(join(parent, name)).catch(() => undefined);
  }
}

async function removeIfAbandoned(dataDir: string): Promise<void> {
  const { mtimeMs, isDirectory } = await describe(dataDir);
  if (!isDirectory || Date.now() - mtimeMs < ABANDONED_AFTER_MS) return;
  const { data, holders } = await openPaths(dataDir);
  if ((await countHolders(holders)) > 0) return;
  const found = await readPostmasterPid(data);
  if (found && isAlive(found.pid) && isServerProcess(found.pid, data) !== false) {
    signal(found.pid, 'SIGQUIT');
    await waitForEnd(found.pid, 5_000);
  }
  await rm(dataDir, { recursive: true, force: true });
}

/** Describes what is at a path itself, without following a link. */
async function describe(path: string): Promise<{ uid: number; mtimeMs: number; isDirectory: boolean }> {
  const found = await lstat(path);
  return { uid: found.uid, mtimeMs: found.mtimeMs, isDirectory: found.isDirectory() };
}
