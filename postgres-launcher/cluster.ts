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
import { disownPid, readPostmasterPid, START_TIMEOUT_MS, startPostmaster, stopPostmaster } from './postmaster.js';
import type { PostmasterPid } from './postmaster-pid.js';
import { isAlive, processesIn, signal, waitForEnd, worksIn } from './processes.js';

const LEFTOVERS_TIMEOUT_MS = 60_000;
const LEFTOVERS_GRACE_MS = 1_000;
/** For a server that has written that it is ready; one that is starting has START_TIMEOUT_MS. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface ClusterOptions {
  readonly name: string;
  readonly durable: boolean;
  readonly maxConnections: number;
  readonly log: (message: string) => void;
}

/** A server that runs and answers. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
}

/** One data directory and how to run a server on it. All methods are to be called under the start/stop lock. */
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
   * Finds PostgreSQL, creates the data directory at the first start.
   * @throws EmbeddedPostgresError when there is no usable PostgreSQL or no usable data directory.
   */
  static async open(paths: Paths, options: ClusterOptions): Promise<Cluster> {
    const exists = (await stat(paths.data).catch(() => undefined)) !== undefined;
    const binaries = await locateBinaries(paths.libraries);
    const account = await chooseAccount(binaries, paths.home, paths.data);
    const password = await readPassword(paths.password, exists);
    const superuser = { name: 'postgres', password: superuserPassword(password, options.name) };
    const made = await prepareDataDirectory(paths, binaries, account, { superuser, ...options });
    if (made === 'created') options.log('Created a new database.');
    return new Cluster(paths, options, binaries, account, password, superuser);
  }

  /**
   * Adopts the live server of the data directory or starts one.
   * @param port the only port to accept; without it the remembered one or any free one.
   */
  async bringUp(port?: number): Promise<Running> {
    for (;;) {
      const found = await readPostmasterPid(this.paths.data);
      // Dead to us may be a zombie, which PostgreSQL would take for a live server.
      if (found && !isAlive(found.pid)) await disownPid(this.paths.data);
      const running = found && isAlive(found.pid) ? await this.adopt(found) : await this.startPatiently(port);
      if (!running) continue;
      await ensureDatabase(running.port, this.superuser, this.options.name, this.password);
      return running;
    }
  }

  /** Whether that server still runs; cheap. Only Linux tells for free whether the pid is still the server's. */
  isRunning(pid: number): boolean {
    return isAlive(pid) && (process.platform !== 'linux' || worksIn(pid, this.paths.data) !== false);
  }

  /** Stops the server of the data directory if one runs. */
  async stop(): Promise<void> {
    const found = await readPostmasterPid(this.paths.data);
    if (!found || !isAlive(found.pid) || worksIn(found.pid, this.paths.data) === false) return;
    await stopPostmaster(this.binaries, this.paths.data, found.pid);
  }

  /** Looks at the live process named in postmaster.pid. Undefined: look again, it is gone or was disowned. */
  private async adopt(found: PostmasterPid): Promise<Running | undefined> {
    const { data } = this.paths;
    if (worksIn(found.pid, data) === false) {
      this.options.log(`postmaster.pid names pid ${found.pid}, which another program has now.`);
      await disownPid(data);
      return undefined;
    }
    if (found.standalone) {
      throw new EmbeddedPostgresError(`A single-user PostgreSQL (pid ${found.pid}) has the data in ${data}.`);
    }
    const port = await this.awaitAnswer(found.pid);
    if (port === undefined) return undefined;
    if (this.options.durable && !(await isDurable(port, this.superuser))) {
      if ((await countHolders(this.paths.holders)) > 0) {
        throw new EmbeddedPostgresError(`The PostgreSQL of ${data} is in use and runs without durability.`);
      }
      await stopPostmaster(this.binaries, data, found.pid);
      return undefined;
    }
    return { pid: found.pid, port, adopted: true };
  }

  /** Waits for a server that starts, recovers or stops. Undefined when it has ended, or never was ours. */
  private async awaitAnswer(pid: number): Promise<number | undefined> {
    const { data } = this.paths;
    const began = Date.now();
    while (isAlive(pid)) {
      const now = await readPostmasterPid(data);
      if (now?.pid !== pid) return undefined;
      const answer = now.ready && now.port ? await identify(now.port, this.superuser, data) : 'silent';
      if (answer === 'ours') return now.port;
      if (answer === 'other' || Date.now() - began > (now.ready ? ANSWER_TIMEOUT_MS : START_TIMEOUT_MS)) {
        throw new EmbeddedPostgresError(
          `PostgreSQL (pid ${pid}) has the data in ${data}, but does not answer as expected on port ${now.port ?? '?'}. ` +
            `See ${this.paths.log}; if it hangs, end it.`,
        );
      }
      await sleep(50);
    }
    return undefined;
  }

  /**
   * Starts a server; finds another port if it may, and waits for the leftovers of a killed one. Undefined: another
   * server got there first, which a start that was killed meanwhile had launched.
   */
  private async startPatiently(wanted: number | undefined): Promise<Running | undefined> {
    const began = Date.now();
    let port = wanted ?? (await choosePort(await this.rememberedPort()));
    for (let attempt = 1; ; attempt++) {
      try {
        await writeConfiguration(this.paths.data, this.account, { port, ...this.options });
        const pid = await startPostmaster(this.binaries, this.account, this.paths.data, this.paths.log);
        await this.rememberPort(port);
        return { pid, port, adopted: false };
      } catch (error) {
        if (!(error instanceof LaunchRefused)) throw error;
        if (error.reason === 'port-taken' && wanted === undefined && attempt < 5) port = await choosePort(undefined);
        else if (error.reason === 'leftover-processes' && Date.now() - began < LEFTOVERS_TIMEOUT_MS) {
          const found = await readPostmasterPid(this.paths.data);
          if (found && isAlive(found.pid)) return undefined;
          await this.endLeftovers(Date.now() - began);
        } else throw error;
      }
    }
  }

  /**
   * Backends of a killed postmaster notice at their next wait, which a long computation puts off. PostgreSQL rightly
   * refuses to start beside them. After a moment they are told to quit at once, then killed; recovery follows anyway.
   */
  private async endLeftovers(waitedMs: number): Promise<void> {
    if (waitedMs > LEFTOVERS_GRACE_MS) {
      for (const pid of processesIn(this.paths.data)) {
        this.options.log(`Ending the leftover PostgreSQL process ${pid}.`);
        signal(pid, waitedMs > 3 * LEFTOVERS_GRACE_MS ? 'SIGKILL' : 'SIGQUIT');
        await waitForEnd(pid, LEFTOVERS_GRACE_MS);
      }
    }
    await sleep(200);
  }

  private async rememberedPort(): Promise<number | undefined> {
    const text = await readFile(this.paths.port, 'utf8').catch(() => '');
    return Number.parseInt(text, 10) || undefined;
  }

  private async rememberPort(port: number): Promise<void> {
    await writeFile(`${this.paths.port}.new`, `${port}\n`);
    await rename(`${this.paths.port}.new`, this.paths.port);
  }
}
