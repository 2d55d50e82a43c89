import { readdirSync, readFileSync } from 'node:fs';
import { sum } from './statistics.js';

/** Linux reports processor time in hundredths of a second. */
const TICK_US = 10_000;

interface Times {
  program: string;
  parent: number;
  own: number;
  /** Of children that ended. */
  ended: number;
}

/** Returns the processor time of one process in microseconds; NaN where there is no /proc. */
export function timeOfProcess(pid: number): number {
  return read(pid)?.own ?? Number.NaN;
}

/** Returns the processor time of a process and all its children, also ended ones, in microseconds. */
export function timeOfFamily(pid: number): number {
  const parent = read(pid);
  if (!parent) return Number.NaN;
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = others.map((name) => read(Number(name))).filter((times) => times?.parent === pid);
  return parent.own + parent.ended + sum(children.map((times) => times!.own + times!.ended));
}

/** Returns the postmaster of a backend; NaN if it does not run on this machine, or where there is no /proc. */
export function postmasterOf(backend: number): number {
  const times = read(backend);
  return times?.program === 'postgres' ? times.parent : Number.NaN;
}

function read(pid: number): Times | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may contain anything. Then: state, parent, and from the 14th field on
    // utime, stime, cutime, cstime.
    const end = text.lastIndexOf(')');
    const program = text.slice(text.indexOf('(') + 1, end);
    const fields = text
      .slice(end + 2)
      .split(' ')
      .map(Number);
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15) as [number, number, number, number];
    return {
      ...{ program, parent: fields[1]! },
      ...{ own: (user + system) * TICK_US, ended: (endedUser + endedSystem) * TICK_US },
    };
  } catch {
    // The process has ended meanwhile, or this is not Linux.
    return null;
  }
}
