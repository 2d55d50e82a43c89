import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createClient } from 'redis';

const PLACES = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));

/** Where the program is, or undefined when this machine has none. */
export const redisServerPath: string | undefined = [process.env.REDIS_SERVER_PATH, ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

/** For the name of a suite that needs it. */
export const unlessMissing = redisServerPath
  ? ''
  : ' (skipped: there is no redis-server here; install it or set REDIS_SERVER_PATH)';

// The usual reporter names no suites that were skipped.
if (!redisServerPath) console.warn('No redis-server here: the tests that need one are skipped');

export const REDIS_PASSWORD = 'only-for-the-tests';

/** A real Redis in a process of its own, with a password and nothing on disk. Not started at first. */
export class RedisServer {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {}

  static async create(): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'convene-redis-')));
  }

  get url(): string {
    return `redis://:${REDIS_PASSWORD}@127.0.0.1:${this.port}`;
  }

  /** Empty, on the same port as before. @throws Error with what it said when it ended instead */
  async start(): Promise<void> {
    const settings = { port: this.port, bind: '127.0.0.1', dir: this.folder, requirepass: REDIS_PASSWORD };
    const more = { save: '', appendonly: 'no', daemonize: 'no' };
    const options = Object.entries({ ...settings, ...more }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(redisServerPath!, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`Redis ended: ${said}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          said += data.toString();
          if (said.includes('Ready to accept connections')) resolve();
        });
      }
    });
  }

  /** Ends it without a goodbye. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** It keeps its connections and answers nothing, until `resume`. */
  hang(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** The answer to one command. */
  async command(...parts: string[]): Promise<unknown> {
    const client = await createClient({ url: this.url, RESP: 2 }).connect();
    try {
      return await client.sendCommand(parts);
    } finally {
      client.destroy();
    }
  }

  /** Ends it and removes what it left. */
  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Below the ports that the system gives to connections, so that none takes it before the server starts. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 14_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
