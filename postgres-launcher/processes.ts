import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './embedded-postgres.errors.js';

/** Whether a process with this pid is running. A zombie is not: in a container, no process may ever reap it. */
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

/** Whether the live process `pid` is a PostgreSQL process of the data directory; undefined if that is unknown. */
export function isServerProcess(pid: number, dataDirectory: string): boolean | undefined {
  if (process.platform === 'win32') return commandOf(pid).includes('postgres') ? undefined : false;
  if (process.platform !== 'linux') return mentions(commandOf(pid), dataDirectory);
  try {
    // The working directory of PostgreSQL is its data directory. Inodes are compared because paths may contain links.
    const own = statSync(dataDirectory, { bigint: true });
    const cwd = statSync(`/proc/${pid}/cwd`, { bigint: true });
    return (
      own.dev === cwd.dev && own.ino === cwd.ino && basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('postgres')
    );
  } catch (error) {
    // Without CAP_SYS_PTRACE (in a container), root can read another account's command line but not these links.
    return errorCode(error) === 'ENOENT' ? false : mentions(commandOf(pid), dataDirectory);
  }
}

/** Returns the pids of the PostgreSQL processes of the data directory. Always empty on systems other than Linux. */
export function serverProcesses(dataDirectory: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => isAlive(pid) && isServerProcess(pid, dataDirectory) === true);
}

/** Waits until a process has ended. Returns false if it is still running after `timeoutMs`. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** Sends a signal. Does nothing if the process has already ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function mentions(command: string, dataDirectory: string): boolean {
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
