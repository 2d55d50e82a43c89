import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** As in production, for every server: garbage is part of what is compared. */
const FLAGS = startInProduction().filter((word) => word.startsWith('--'));

/** Servers that this run started, each a process of its own, whose output goes to files that are removed at the end. */
export class Servers {
  private readonly children: ChildProcess[] = [];
  private isStopping = false;

  private constructor(private readonly folder: string) {}

  static async create(): Promise<Servers> {
    return new Servers(await mkdtemp(join(tmpdir(), 'convene-bench-')));
  }

  /**
   * Starts a program of dist/ and waits until it listens.
   * @throws Error with its output if it ends before
   */
  async start(program: string, env: Record<string, string>): Promise<{ url: string; pid: number; output: string }> {
    const output = join(this.folder, `${this.children.length}.log`);
    const file = openSync(output, 'a');
    const child = spawn(process.execPath, [...FLAGS, fileURLToPath(new URL(`../${program}`, import.meta.url))], {
      // Away from the project, so that no .env of a developer counts.
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...env },
      stdio: ['ignore', file, file],
    });
    this.children.push(child);
    child.once('exit', (code, signal) => {
      if (!this.isStopping)
        console.error(`${program} ended with ${code ?? signal}: ${readFileSync(output, 'utf8').slice(-2_000)}`);
    });
    for (;;) {
      const text = await readFile(output, 'utf8');
      const url = /ready at (http:\S+)/.exec(text)?.[1];
      if (url) return { url, pid: child.pid!, output };
      if (child.exitCode !== null) throw new Error(`${program} ended: ${text}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Returns the words of the command that serves a build. */
function startInProduction(): string[] {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { scripts: Record<string, string> }).scripts['start:prod']!.split(' ');
}
