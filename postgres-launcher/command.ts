import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { parse } from 'node:path';
import type { PostgresBinaries } from './binaries.js';

/** As whom PostgreSQL's programs run: PostgreSQL refuses to run as root. */
export interface Account {
  /** A program with arguments that runs the real one, e.g. `unshare`. */
  readonly prefix: readonly string[];
  /** The account to switch to; also the owner that the data directory must have. */
  readonly uid?: number;
  readonly gid?: number;
}

/** What a program that ran to its end left behind. */
export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of PostgreSQL to its end. Never rejects: a program that can't be started is not ok. */
export function run(binaries: PostgresBinaries, account: Account, program: string, args: string[]): Promise<Outcome> {
  const [file, rest] = commandLine(account, program, args);
  const options = { ...placement(binaries, account, program), encoding: 'utf8' as const };
  return new Promise((resolve) => {
    execFile(file, rest, options, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}

/** Starts a program in a session of its own, so that it outlives this process and its terminal. Output goes to `fd`. */
export function launch(
  binaries: PostgresBinaries,
  account: Account,
  program: string,
  args: string[],
  fd: number,
): ChildProcess {
  const [file, rest] = commandLine(account, program, args);
  const options = { ...placement(binaries, account, program), detached: true, windowsHide: true };
  const child = spawn(file, rest, { ...options, stdio: ['ignore', fd, fd] });
  child.unref();
  return child;
}

function commandLine(account: Account, program: string, args: string[]): [string, string[]] {
  const [file = program, ...rest] = [...account.prefix, program, ...args];
  return [file, rest];
}

function placement(binaries: PostgresBinaries, { uid, gid }: Account, program: string) {
  // Not our whole environment: it may hold secrets and PG* variables that would steer the server.
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH']) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  if (binaries.libraryPath) {
    env[process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'] = binaries.libraryPath;
  }
  // The root folder: the other account may have no right to be in ours.
  return { env, cwd: parse(program).root, ...(uid === undefined ? {} : { uid, gid }) };
}
