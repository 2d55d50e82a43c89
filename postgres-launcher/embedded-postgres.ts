import { Cluster, type Running } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { countHolders, registerHolder } from './holders.js';
import { openPaths, type Paths } from './paths.js';
import { type ProcessLock, withLock } from './process-lock.js';
import { truncateLargeLog } from './server-log.js';
import { Supervisor } from './supervisor.js';

/** How to run the embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  /** A folder on a local disk that nothing else uses; created if missing. The data is in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /**
   * Name of the database and of the role that owns it: at most 40 lower-case letters, digits and underscores, not
   * starting with a digit. It must be the same at every start.
   */
  readonly name: string;
  /** Receives one sentence per step, such as "PostgreSQL is running on 127.0.0.1:21000." */
  readonly log: (message: string) => void;
  /** Default true. With false, a crash of the machine may lose or corrupt the data: only for tests. */
  readonly durable?: boolean;
  /** Default 100. Has no effect on a server that is already running. */
  readonly maxConnections?: number;
}

/** A running PostgreSQL. It keeps running when this process is killed, and the next start adopts it. */
export interface EmbeddedPostgres {
  /** `postgres://<name>:<password>@127.0.0.1:<port>/<name>`. Never changes, not even when the server restarts. */
  readonly url: string;
  /** Whether the server was already running. */
  readonly adopted: boolean;
  /**
   * Restarts the server if it has ended, and resolves when it accepts connections. Without this call, a server that
   * has ended is restarted within about a second.
   */
  ensureRunning(): Promise<void>;
  /** Stops the server unless another live process uses it. Further calls return the same promise. */
  stop(): Promise<void>;
}

/** Longer than another process needs to start a server that recovers (START_TIMEOUT_MS). */
const LOCK_TIMEOUT_MS = 360_000;

/** Roles and databases that PostgreSQL has or reserves. */
const RESERVED_NAME = /^(postgres|public|none|template[01]|pg_.*)$/;

/**
 * Starts a PostgreSQL server on the data directory, or adopts the one that is running there, and keeps it running until
 * `stop`. Creates the data directory, the role and the database at the first start.
 * @throws EmbeddedPostgresError if that is impossible. The message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, name, log, durable = true, maxConnections = 100 } = options;
  checkName(name);
  const paths = await openPaths(dataDir);
  return exclusively(paths, async () => {
    const cluster = await Cluster.open(paths, { name, durable, maxConnections, log });
    const { running, holder } = await adoptOrStart(cluster, paths);
    log(`PostgreSQL ${running.adopted ? 'was already' : 'is'} running on 127.0.0.1:${running.port}.`);
    return new Handle(paths, cluster, running, holder, name, log);
  });
}

/** Accepts only names that need no quoting in SQL, in a URL or in a file name. */
function checkName(name: string): void {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(name) || RESERVED_NAME.test(name)) {
    throw new EmbeddedPostgresError(`"${name}" can't be the name of a database and its role.`);
  }
}

/** Adopts or starts the server. Stops a server that can't be used, unless another process uses it. */
async function adoptOrStart(cluster: Cluster, paths: Paths): Promise<{ running: Running; holder: ProcessLock }> {
  try {
    return { running: await cluster.adoptOrStart(), holder: await registerHolder(paths.holders) };
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
      cleanUp: () => truncateLargeLog(this.paths.log),
      log,
    });
  }

  ensureRunning(): Promise<void> {
    return this.supervisor.ensureRunning();
  }

  stop(): Promise<void> {
    this.stopping ??= this.release();
    return this.stopping;
  }

  private async restart(): Promise<void> {
    const { port } = this.running;
    const running = await exclusively(this.paths, () => this.cluster.adoptOrStart(port));
    if (running.port !== port) {
      throw new EmbeddedPostgresError(
        `PostgreSQL now runs on port ${running.port}, but this process uses port ${port}. Restart this process.`,
      );
    }
    this.running = running;
    this.log('PostgreSQL is running again.');
  }

  private async release(): Promise<void> {
    await this.supervisor.stop();
    await exclusively(this.paths, async () => {
      await this.holder.release();
      if ((await countHolders(this.paths.holders)) === 0) await this.cluster.stop();
      else this.log('PostgreSQL keeps running because another process uses it.');
    });
  }
}

function exclusively<T>(paths: Paths, work: () => Promise<T>): Promise<T> {
  return withLock(paths.home, 'postgres.lock', LOCK_TIMEOUT_MS, work);
}
