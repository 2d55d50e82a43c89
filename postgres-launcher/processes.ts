import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './embedded-postgres.errors.js';

/** Whether a process with this pid runs. A zombie does not: in a container nobody may ever collect it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch (error) {
    return errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ESRCH';
  }
}

/** Whether the live process `pid` is a PostgreSQL process of the data directory; undefined where that can't be told. */
export function worksIn(pid: number, dataDirectory: string): boolean | undefined {
  if (process.platform === 'win32') return commandOf(pid).includes('postgres') ? undefined : false;
  if (process.platform !== 'linux') return commandNames(commandOf(pid), dataDirectory);
  try {
    // PostgreSQL makes the data directory its working directory; the inode is the same on every path to it.
    const own = statSync(dataDirectory, { bigint: true });
    const cwd = statSync(`/proc/${pid}/cwd`, { bigint: true });
    return (
      own.dev === cwd.dev && own.ino === cwd.ino && basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('postgres')
    );
  } catch (error) {
    // Root without CAP_SYS_PTRACE (a container) can't look into another account's process, but sees its command line.
    return errorCode(error) === 'ENOENT' ? false : commandNames(commandOf(pid), dataDirectory);
  }
}

/** Pids of PostgreSQL processes that still work in the data directory. Empty where the system doesn't tell. */
export function processesIn(dataDirectory: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => isAlive(pid) && worksIn(pid, dataDirectory) === true);
}

/** Waits until a process has ended. Returns false if it is still running after `timeoutMs`. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function commandNames(command: string, dataDirectory: string): boolean {
  return command.includes('postgres') && `${command.trimEnd()} `.includes(` -D ${dataDirectory} `);
}

function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (process.platform === 'win32') {
      return execFileSync('tasklist', ['/FI', `PID eq ${pid}`, '/NH'], { encoding: 'utf8', timeout: 5000 });
    }
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 });
  } catch {
    return '';
  }
}
