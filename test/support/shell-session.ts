import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A shell that stays open, as the terminal does in which somebody pastes one block after another. */
export class ShellSession {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<void>;
  private printed = '';
  private complaints = '';
  private isOpen = true;
  private wake: () => void = () => undefined;

  /** @param args such as `-e`, so that every command must succeed */
  constructor(
    program: string,
    args: string[],
    private readonly folder: string,
    env: Record<string, string>,
  ) {
    this.child = spawn(program, args, { cwd: folder, env, detached: true });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.printed += text;
      this.wake();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaints += text;
    });
    this.child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      this.child.once('close', () => {
        this.isOpen = false;
        this.wake();
        resolve();
      }),
    );
  }

  /** All that the commands have printed so far. */
  get output(): string {
    return this.printed;
  }

  /** Runs a block to its end and returns what it printed. @throws Error if a command failed, with what it printed */
  async run(script: string): Promise<string> {
    const [before, mark] = [this.printed.length, `done-${randomBytes(6).toString('hex')}`];
    await this.send(script, `printf '%s\\n' ${mark}\n`);
    const end = (): number => this.printed.indexOf(mark, before);
    while (this.isOpen && end() === -1) await new Promise<void>((resolve) => (this.wake = resolve));
    if (end() === -1) throw new Error(`Failed:\n${script}\n${this.printed.slice(before)}${this.complaints}`);
    return this.printed.slice(before, end());
  }

  /** Runs a block without waiting for its end. */
  start(script: string): Promise<void> {
    return this.send(script, '');
  }

  /** Ends the shell and what it has started. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    process.kill(-this.child.pid!, 'SIGKILL');
    await this.ended;
  }

  /** From a file: the commands must not read the next block as their input. */
  private async send(script: string, then: string): Promise<void> {
    const file = join(this.folder, `block-${randomBytes(6).toString('hex')}.sh`);
    await writeFile(file, `${script}\n`);
    this.child.stdin.write(`. ${file} </dev/null\n${then}`);
  }
}
