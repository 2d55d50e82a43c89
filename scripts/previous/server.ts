import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 120_000;

/** A server of the other commit, in a process of its own. */
export class PreviousServer {
  output = '';
  private readonly child: ChildProcess;

  constructor(program: string, databaseUrl: string, cwd: string) {
    const { PATH = '', HOME = '' } = process.env;
    const settings = {
      ...{ DATABASE_URL: databaseUrl, DATA_DIR: cwd, PORT: '0', LOG_LEVEL: 'error', MAIL: 'off', RATE_LIMITS: 'off' },
      ...{ OVERLOAD_LAG_MS: '0', DATABASE_WAIT_SECONDS: '30', SHUTDOWN_DELAY_SECONDS: '0' },
    };
    this.child = spawn(process.execPath, [program], {
      cwd,
      env: { PATH, HOME, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** Returns where it listens. @throws Error with what it printed when it ended instead */
  async url(): Promise<string> {
    for (const start = performance.now(); performance.now() - start < START_MS;) {
      const [, url] = /ready at (http:\S+)/.exec(this.output) ?? [];
      if (url) return url;
      if (this.child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`It does not start: ${this.output.trim()}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}
