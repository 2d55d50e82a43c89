import { Cluster, type Running } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { countHolders, registerHolder } from './holders.js';
import { openPaths, type Paths } from './paths.js';
import { type ProcessLock, withLock } from './process-lock.js';
import { boundServerLog } from './server-log.js';
import { Supervisor } from './supervisor.js';

/** How to run the embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  /** A folder of its own on a local disk; created if missing. The data is in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /**
   * The application that the data belongs to: lower-case letters, digits and underscores, at most 40, no digit first.
   * Its database and the role that owns it get this name. The same name is needed at every start.
   */
  readonly name: string;
  readonly log: (message: string) => void;
  /** Default true. false trades every guarantee for speed: only for tests. */
  readonly durable?: boolean;
  /** Default 100. Has no effect on a server that runs already. */
  readonly maxConnections?: number;
}

/** A running PostgreSQL. It goes on running when this process is killed; the next start adopts it. */
export interface EmbeddedPostgres {
  /** `postgres://<name>:<password>@127.0.0.1:<port>/<name>`; does not change while this handle lives. */
  readonly url: string;
  /** Whether the server was running already. */
  readonly adopted: boolean;
  /** Resolves when the server runs, after restarting it if need be. The supervisor does the same within a second. */
  ensureRunning(): Promise<void>;
  /** Lets go of the server, and stops it unless another live process uses it. May be called again. */
  stop(): Promise<void>;
}

/** Long enough for another process to finish a start with a long recovery. */
const LOCK_TIMEOUT_MS = 360_000;

/** PostgreSQL's own roles and databases; its names with `pg_` are reserved. */
const RESERVED_NAME = /^(postgres|public|none|template[01]|pg_.*)$/;

/**
 * Starts a real PostgreSQL on the data directory, or adopts the one that runs there, and keeps it running.
 * @throws EmbeddedPostgresError when that is impossible; its message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, name, log, durable = true, maxConnections = 100 } = options;
  checkName(name);
  const paths = await openPaths(dataDir);
  return exclusively(paths, async () => {
    const cluster = await Cluster.open(paths, { name, durable, maxConnections, log });
    const { running, holder } = await bringUp(cluster, paths);
    log(`PostgreSQL ${running.adopted ? 'was running already' : 'runs'} on 127.0.0.1:${running.port}.`);
    return new Handle(paths, cluster, running, holder, name, log);
  });
}

/** Only what needs no quoting anywhere: the name is part of SQL, a URL and file names. */
function checkName(name: string): void {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(name) || RESERVED_NAME.test(name)) {
    throw new EmbeddedPostgresError(`"${name}" can't be the name of a database and its role.`);
  }
}

/** A server that was started and can't be used is not left behind, unless others use it. */
async function bringUp(cluster: Cluster, paths: Paths): Promise<{ running: Running; holder: ProcessLock }> {
  try {
    return { running: await cluster.bringUp(), holder: await registerHolder(paths.holders) };
  } catch (error) {
    if ((await countHolders(paths.holders)) === 0) await cluster.stop().catch(() => undefined);
    throw error;
  }
}

class Handle implements EmbeddedPostgres {
  readonly url: string;
  readonly adopted: boolean;
  private readonly supervisor: Supervisor;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly paths: Paths,
    private readonly cluster: Cluster,
    private running: Running,
    private readonly holder: ProcessLock,
    name: string,
    private readonly log: (message: string) => void,
  ) {
    const { port, adopted } = running;
    this.url = `postgres://${name}:${cluster.password}@127.0.0.1:${port}/${name}`;
    this.adopted = adopted;
    this.supervisor = new Supervisor({
      isRunning: () => this.cluster.isRunning(this.running.pid),
      restart: () => this.restart(),
      tidy: () => boundServerLog(this.paths.log),
      log,
    });
  }

  ensureRunning(): Promise<void> {
    return this.supervisor.ensureRunning();
  }

  stop(): Promise<void> {
    this.stopping ??= this.letGo();
    return this.stopping;
  }

  private async restart(): Promise<void> {
    const { port } = this.running;
    const running = await exclusively(this.paths, () => this.cluster.bringUp(port));
    if (running.port !== port) {
      throw new EmbeddedPostgresError(
        `PostgreSQL now runs on port ${running.port}, but this process uses port ${port}. Restart this process.`,
      );
    }
    this.running = running;
    this.log('PostgreSQL runs again.');
  }

  private async letGo(): Promise<void> {
    await this.supervisor.stop();
    await exclusively(this.paths, async () => {
      await this.holder.release();
      if ((await countHolders(this.paths.holders)) === 0) await this.cluster.stop();
      else this.log('PostgreSQL goes on running: another process uses it.');
    });
  }
}

function exclusively<T>(paths: Paths, work: () => Promise<T>): Promise<T> {
  return withLock(paths.home, 'postgres.lock', LOCK_TIMEOUT_MS, work);
}
