import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HIGH_LIMITS } from '../../bench/high-limits.js';
import { SERVER_PROGRAM } from './build.js';
import { postmasterPid, runsIn, until } from './embedded-postgres-harness.js';
import { PATIENT } from './patient.js';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built server as a process of its own, as `npm start` runs it. */
export class ServerProcess {
  output = '';
  readonly exit: Promise<Exit>;
  private readonly child: ChildProcess;

  constructor(home: ServerHome, env: Record<string, string> = {}, program = SERVER_PROGRAM) {
    const { PATH = '', HOME = '' } = process.env;
    this.child = spawn(process.execPath, [program], {
      // Away from the project, so that no .env of a developer counts.
      cwd: home.path,
      env: {
        ...{
          PATH,
          HOME,
          DATA_DIR: home.dataDir,
          PORT: '0',
          LOG_LEVEL: 'error',
          MAIL: 'off',
          SHUTDOWN_DELAY_SECONDS: '0',
        },
        ...HIGH_LIMITS,
        ...PATIENT,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.exit = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Where it listens, once it does. @throws Error with what it said when it ended instead */
  async url(): Promise<string> {
    const ready = (): string | undefined => /ready at (http:\S+)/.exec(this.output)?.[1];
    await until(() => ready() !== undefined || !this.isRunning);
    const url = ready();
    if (!url) throw new Error(`The server ended: ${this.output}`);
    return url;
  }

  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Exit> {
    this.child.kill(signal);
    return this.exit;
  }
}

/** A folder with a server's data. */
export class ServerHome {
  private readonly servers: ServerProcess[] = [];

  private constructor(readonly path: string) {}

  static async create(): Promise<ServerHome> {
    const path = await mkdtemp(join(tmpdir(), 'convene-server-'));
    await chmod(path, 0o755);
    return new ServerHome(path);
  }

  get dataDir(): string {
    return join(this.path, 'data');
  }

  start(env?: Record<string, string>, program?: string): ServerProcess {
    const server = new ServerProcess(this, env, program);
    this.servers.push(server);
    return server;
  }

  /** Pid of the PostgreSQL that runs on the data; undefined when none does. */
  async postgres(): Promise<number | undefined> {
    const pid = await postmasterPid(this.dataDir);
    return pid !== undefined && runsIn(pid, this.dataDir) ? pid : undefined;
  }

  /** The processes of PostgreSQL: the postmaster and everything that it started. */
  async postgresProcesses(): Promise<number[]> {
    const postmaster = (await this.postgres())!;
    const parentOf = (pid: string): number => {
      try {
        return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
      } catch {
        return 0;
      }
    };
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === postmaster);
    return [postmaster, ...children.map(Number)];
  }

  /** Sends a signal to all of PostgreSQL: to the postmaster first, so that it starts no more of them. */
  async signalPostgres(signal: 'SIGSTOP' | 'SIGKILL'): Promise<number[]> {
    const [postmaster] = await this.postgresProcesses();
    process.kill(postmaster!, 'SIGSTOP');
    const all = await this.postgresProcesses();
    for (const pid of all) process.kill(pid, signal);
    return all;
  }

  /** Address of the embedded database. */
  async databaseUrl(): Promise<string> {
    const password = (await readFile(join(this.dataDir, 'postgres.password'), 'utf8')).trim();
    const port = (await readFile(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3];
    return `postgres://convene:${password}@127.0.0.1:${port}/convene`;
  }

  async endServers(): Promise<void> {
    for (const server of this.servers) if (server.isRunning) await server.signal('SIGKILL');
  }

  /** Ends what still runs and removes everything. */
  async dispose(): Promise<void> {
    await this.endServers();
    const pid = await this.postgres();
    if (pid !== undefined) {
      process.kill(pid, 'SIGQUIT');
      await until(() => !runsIn(pid, this.dataDir));
    }
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A call without the SDK, for servers that may go away at any moment. */
export async function call(
  url: string,
  method: string,
  path: string,
  { token, body, key }: { token?: string; body?: unknown; key?: string } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  const response = await fetch(new URL(path, url), {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
