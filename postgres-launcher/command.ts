import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { parse } from 'node:path';
import type { PostgresBinaries } from './binaries.js';

/** The account that PostgreSQL's programs run under. */
export interface Account {
  /** A program with arguments that runs the actual one, for example `unshare -U`. */
  readonly prefix: readonly string[];
  /** The account to switch to, which owns the data directory. Without it, the account of this process. */
  readonly uid?: number;
  readonly gid?: number;
}

/** The result of a program that has exited. */
export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of PostgreSQL and waits for its exit. Never rejects: a program that can't be started is not `ok`. */
export function run(binaries: PostgresBinaries, account: Account, program: string, args: string[]): Promise<Outcome> {
  const [file, rest] = commandLine(account, program, args);
  const options = { ...spawnOptions(binaries, account, program), encoding: 'utf8' as const };
  return new Promise((resolve) => {
    execFile(file, rest, options, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}

/** Starts a program in its own session, so that it outlives this process and its terminal. Its output goes to `fd`. */
export function launch(
  binaries: PostgresBinaries,
  account: Account,
  program: string,
  args: string[],
  fd: number,
): ChildProcess {
  const [file, rest] = commandLine(account, program, args);
  const options = { ...spawnOptions(binaries, account, program), detached: true, windowsHide: true };
  const child = spawn(file, rest, { ...options, stdio: ['ignore', fd, fd] });
  child.unref();
  return child;
}

function commandLine(account: Account, program: string, args: string[]): [string, string[]] {
  const [file = program, ...rest] = [...account.prefix, program, ...args];
  return [file, rest];
}

function spawnOptions(binaries: PostgresBinaries, { uid, gid }: Account, program: string) {
  // Not the whole environment: it may contain secrets, and PG* variables that PostgreSQL would obey.
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH']) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  if (binaries.libraryPath) {
    env[process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'] = binaries.libraryPath;
  }
  // The root folder, because the account may not be allowed to enter the working directory of this process.
  return { env, cwd: parse(program).root, ...(uid === undefined ? {} : { uid, gid }) };
}
