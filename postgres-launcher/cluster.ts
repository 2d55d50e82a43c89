import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseAccount } from './account.js';
import { ensureDatabase, identify, isDurable, type Superuser } from './administration.js';
import { locateBinaries, type PostgresBinaries } from './binaries.js';
import type { Account } from './command.js';
import { prepareDataDirectory, writeConfiguration } from './data-directory.js';
import { EmbeddedPostgresError, LaunchRefused } from './embedded-postgres.errors.js';
import { countHolders } from './holders.js';
import { readPassword, superuserPassword } from './password.js';
import type { Paths } from './paths.js';
import { choosePort } from './port.js';
import { invalidatePid, readPostmasterPid, START_TIMEOUT_MS, startPostmaster, stopPostmaster } from './postmaster.js';
import type { PostmasterPid } from './postmaster-pid.js';
import { isAlive, isServerProcess, serverProcesses, signal, waitForEnd } from './processes.js';

const LEFTOVERS_TIMEOUT_MS = 60_000;
const LEFTOVERS_GRACE_MS = 1_000;
/** For a server that is ready according to postmaster.pid. One that is starting has START_TIMEOUT_MS. */
const ANSWER_TIMEOUT_MS = 60_000;

/** See EmbeddedPostgresOptions. */
export interface ClusterOptions {
  readonly name: string;
  readonly durable: boolean;
  readonly maxConnections: number;
  readonly log: (message: string) => void;
}

/** A server that accepts connections. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
}

/** A data directory and the server on it. Call all methods except `isRunning` under the start/stop lock. */
export class Cluster {
  private constructor(
    private readonly paths: Paths,
    private readonly options: ClusterOptions,
    private readonly binaries: PostgresBinaries,
    private readonly account: Account,
    readonly password: string,
    private readonly superuser: Superuser,
  ) {}

  /**
   * Finds PostgreSQL, and creates the data directory at the first start.
   * @throws EmbeddedPostgresError if PostgreSQL or the data directory can't be used.
   */
  static async open(paths: Paths, options: ClusterOptions): Promise<Cluster> {
    const exists = (await stat(paths.data).catch(() => undefined)) !== undefined;
    const binaries = await locateBinaries(paths.libraries);
    const account = await chooseAccount(binaries, paths.home, paths.data);
    const password = await readPassword(paths.password, exists);
    const superuser = { name: 'postgres', password: superuserPassword(password, options.name) };
    const data = await prepareDataDirectory(paths, binaries, account, { superuser, ...options });
    if (data === 'created') options.log('Created a new database.');
    return new Cluster(paths, options, binaries, account, password, superuser);
  }

  /**
   * Adopts the live server of the data directory, or starts one. Creates the role and the database if they are missing.
   * @param port The only port to start a server on; by default the port of the last start, or any free one.
   */
  async adoptOrStart(port?: number): Promise<Running> {
    for (;;) {
      const found = await readPostmasterPid(this.paths.data);
      // PostgreSQL would mistake a zombie with this pid for a live server.
      if (found && !isAlive(found.pid)) await invalidatePid(this.paths.data);
      const running = found && isAlive(found.pid) ? await this.adopt(found) : await this.startWithRetries(port);
      if (!running) continue;
      await ensureDatabase(running.port, this.superuser, this.options.name, this.password);
      return running;
    }
  }

  /** Whether the server is still running. Checks that the pid was not reused only on Linux, where that is cheap. */
  isRunning(pid: number): boolean {
    return isAlive(pid) && (process.platform !== 'linux' || isServerProcess(pid, this.paths.data) !== false);
  }

  /** Stops the server of the data directory if one is running. */
  async stop(): Promise<void> {
    const found = await readPostmasterPid(this.paths.data);
    if (!found || !isAlive(found.pid) || isServerProcess(found.pid, this.paths.data) === false) return;
    await stopPostmaster(this.binaries, this.paths.data, found.pid);
  }

  /** Adopts the live process in postmaster.pid. Returns undefined if it ended or is not the server: look again. */
  private async adopt(found: PostmasterPid): Promise<Running | undefined> {
    const { data } = this.paths;
    if (isServerProcess(found.pid, data) === false) {
      this.options.log(`postmaster.pid contains pid ${found.pid}, which now belongs to another program.`);
      await invalidatePid(data);
      return undefined;
    }
    if (found.standalone) {
      throw new EmbeddedPostgresError(
        `A single-user PostgreSQL (pid ${found.pid}) uses the data in ${data}. End it first.`,
      );
    }
    const port = await this.awaitAnswer(found.pid);
    if (port === undefined) return undefined;
    if (this.options.durable && !(await isDurable(port, this.superuser))) {
      if ((await countHolders(this.paths.holders)) > 0) {
        throw new EmbeddedPostgresError(
          `Another process uses the PostgreSQL of ${data} without durability. Stop that process first.`,
        );
      }
      await stopPostmaster(this.binaries, data, found.pid);
      return undefined;
    }
    return { pid: found.pid, port, adopted: true };
  }

  /**
   * Waits while a server starts, recovers or stops. Returns its port when it accepts connections, undefined if it ended
   * or another server has taken its place.
   */
  private async awaitAnswer(pid: number): Promise<number | undefined> {
    const { data } = this.paths;
    const began = performance.now();
    while (isAlive(pid)) {
      const now = await readPostmasterPid(data);
      if (now?.pid !== pid) return undefined;
      const answer = now.ready && now.port ? await identify(now.port, this.superuser, data) : 'silent';
      if (answer === 'ours') return now.port;
      if (answer === 'other' || performance.now() - began > (now.ready ? ANSWER_TIMEOUT_MS : START_TIMEOUT_MS)) {
        throw new EmbeddedPostgresError(
          `PostgreSQL (pid ${pid}) uses the data in ${data}, but doesn't respond as expected ` +
            `on port ${now.port ?? '?'}. See ${this.paths.log}. If it hangs, end it.`,
        );
      }
      await sleep(50);
    }
    return undefined;
  }

  /**
   * Starts a server. Takes another port if the stored one is taken and `wanted` is not set, and waits for leftover
   * processes of a killed server. Returns undefined if a server launched by a killed start is running by now.
   */
  private async startWithRetries(wanted: number | undefined): Promise<Running | undefined> {
    const began = performance.now();
    let port = wanted ?? (await choosePort(await this.storedPort()));
    for (let attempt = 1; ; attempt++) {
      try {
        await writeConfiguration(this.paths.data, this.account, { port, ...this.options });
        const pid = await startPostmaster(this.binaries, this.account, this.paths.data, this.paths.log);
        await this.storePort(port);
        return { pid, port, adopted: false };
      } catch (error) {
        if (!(error instanceof LaunchRefused)) throw error;
        if (error.reason === 'port-taken' && wanted === undefined && attempt < 5) port = await choosePort(undefined);
        else if (error.reason === 'leftover-processes' && performance.now() - began < LEFTOVERS_TIMEOUT_MS) {
          const found = await readPostmasterPid(this.paths.data);
          if (found && isAlive(found.pid)) return undefined;
          await this.endLeftoverProcesses(performance.now() - began);
        } else throw error;
      }
    }
  }

  /**
   * Backends of a killed postmaster exit at their next wait, which a long computation delays, and PostgreSQL does not
   * start while they run. After a second they receive SIGQUIT, later SIGKILL; PostgreSQL recovers in either case.
   */
  private async endLeftoverProcesses(waitedMs: number): Promise<void> {
    if (waitedMs > LEFTOVERS_GRACE_MS) {
      for (const pid of serverProcesses(this.paths.data)) {
        this.options.log(`Ending the leftover PostgreSQL process ${pid}.`);
        signal(pid, waitedMs > 3 * LEFTOVERS_GRACE_MS ? 'SIGKILL' : 'SIGQUIT');
        await waitForEnd(pid, LEFTOVERS_GRACE_MS);
      }
    }
    await sleep(200);
  }

  private async storedPort(): Promise<number | undefined> {
    const text = await readFile(this.paths.port, 'utf8').catch(() => '');
    return Number.parseInt(text, 10) || undefined;
  }

  private async storePort(port: number): Promise<void> {
    await writeFile(`${this.paths.port}.new`, `${port}\n`);
    await rename(`${this.paths.port}.new`, this.paths.port);
  }
}
