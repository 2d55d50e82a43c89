import { APPLICATION_ROLE } from './administration.js';
import { Cluster, type Running } from './cluster.js';
import { countHolders, registerHolder } from './holders.js';
import { openPaths, type Paths } from './paths.js';
import { type ProcessLock, withLock } from './process-lock.js';
import { boundServerLog } from './server-log.js';
import { Supervisor } from './supervisor.js';

/** How to run the embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  /** A folder of its own on a local disk; created if missing. The data is in `<dataDir>/postgres`. */
  readonly dataDir: string;
  readonly log: (message: string) => void;
  /** Default true. false trades every guarantee for speed: only for tests. */
  readonly durable?: boolean;
  /** Created if missing. Default `convene`. */
  readonly database?: string;
  /** Default 100. Has no effect on a server that runs already. */
  readonly maxConnections?: number;
}

/** A running PostgreSQL. It goes on running when this process is killed; the next start adopts it. */
export interface EmbeddedPostgres {
  /** `postgres://convene:<password>@127.0.0.1:<port>/<database>`; does not change while this handle lives. */
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

/**
 * Starts a real PostgreSQL on the data directory, or adopts the one that runs there, and keeps it running.
 * @throws EmbeddedPostgresError when that is impossible; its message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, durable = true, database = 'convene', maxConnections = 100 } = options;
  const paths = await openPaths(dataDir);
  return exclusively(paths, async () => {
    const cluster = await Cluster.open(paths, { durable, database, maxConnections, log });
    const { running, holder } = await bringUp(cluster, paths);
    log(`PostgreSQL ${running.adopted ? 'was running already' : 'runs'} on 127.0.0.1:${running.port}.`);
    return new Handle(paths, cluster, running, holder, database, log);
  });
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
    database: string,
    private readonly log: (message: string) => void,
  ) {
    const { port, adopted } = running;
    this.url = `postgres://${APPLICATION_ROLE}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
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
    this.running = await exclusively(this.paths, () => this.cluster.bringUp(port));
    if (this.running.port !== port) {
      throw new Error(
        `It runs on port ${this.running.port} now, this process still uses ${port}: restart this process.`,
      );
    }
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
