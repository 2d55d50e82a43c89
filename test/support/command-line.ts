import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PASSWORD } from './test-app.js';

export const CONVENE_PROGRAM = fileURLToPath(new URL('../../sdk/dist/cli/convene.js', import.meta.url));

/** A program that runs another one on a terminal; every Linux has it. */
export const TERMINAL = '/usr/bin/script';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export class RunningCommand {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      child.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr })),
    );
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/** `convene` as somebody uses it: the built program in a process of its own, with a configuration folder of its own. */
export class CommandLine {
  readonly running: RunningCommand[] = [];

  private constructor(
    readonly folder: string,
    public url: string,
  ) {}

  static async create(url: string): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'convene-command-line-')), url);
  }

  get credentials(): string {
    return join(this.folder, 'convene', 'credentials.json');
  }

  readCredentials(): Promise<string> {
    return readFile(this.credentials, 'utf8');
  }

  /** Starts a command. What it is given is all of its standard input. */
  start(
    args: string[],
    { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
  ): RunningCommand {
    const { PATH = '', HOME = '' } = process.env;
    const own = { PATH, HOME, XDG_CONFIG_HOME: this.folder, CONVENE: this.url, TZ: 'Pacific/Auckland', ...env };
    const child = spawn(process.execPath, [CONVENE_PROGRAM, ...args], { cwd: this.folder, env: own });
    child.stdin.end(input);
    return this.follow(child);
  }

  /** Starts a command on a terminal of its own. What it shows there is its standard output. Needs `TERMINAL`. */
  startOnTerminal(args: string[]): RunningCommand {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, XDG_CONFIG_HOME: this.folder, CONVENE: this.url, TERM: 'xterm' };
    const command = [process.execPath, CONVENE_PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    return this.follow(spawn(TERMINAL, ['-qefc', command, '/dev/null'], { cwd: this.folder, env }));
  }

  private follow(child: ChildProcessWithoutNullStreams): RunningCommand {
    const running = new RunningCommand(child);
    this.running.push(running);
    return running;
  }

  run(args: string[], options?: { input?: string; env?: Record<string, string> }): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** What a command prints that must succeed. @throws Error with what it said when it did not */
  async ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    if (code !== 0) throw new Error(`convene ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** The document that `--json` prints, which must be one, in one line. */
  async json<T>(...args: string[]): Promise<T> {
    const printed = await this.ok(...args, '--json');
    if (printed.trimEnd().includes('\n')) throw new Error(`Not one line: ${printed}`);
    return JSON.parse(printed) as T;
  }

  /** How a command fails that must not succeed. */
  async fails(...args: string[]): Promise<{ code: number | null; stderr: string }> {
    const { code, stdout, stderr } = await this.run(args);
    if (code === 0 || stdout !== '')
      throw new Error(`convene ${args.join(' ')} ended with ${code} and printed ${stdout}`);
    return { code, stderr };
  }

  async signUp(name: string, zone = 'Europe/Paris'): Promise<void> {
    const args = ['sign-up', name, '--email', `${name}@example.com`, '--zone', zone];
    const { code, stderr } = await this.run(args, { input: `${PASSWORD}\n` });
    if (code !== 0) throw new Error(stderr);
  }

  async dispose(): Promise<void> {
    for (const command of this.running) command.kill();
    await Promise.all(this.running.map(({ ended }) => ended));
    await rm(this.folder, { recursive: true, force: true });
  }
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addFormat('idn-email', true);
let isRead = false;

/** @throws Error that says where the value is not what the OpenAPI document promises under that name */
export async function expectSchema(name: string, value: unknown): Promise<void> {
  if (!isRead) {
    const file = fileURLToPath(new URL('../../sdk/openapi.json', import.meta.url));
    ajv.addSchema({ $id: 'openapi', ...(JSON.parse(await readFile(file, 'utf8')) as object) });
    isRead = true;
  }
  const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
  if (!validate) throw new Error(`There is no schema ${name}`);
  if (!(await validate(value))) throw new Error(`Not ${name}: ${ajv.errorsText(validate.errors)}`);
}
