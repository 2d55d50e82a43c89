/** What `postmaster.pid` says about the server that wrote it. */
export interface PostmasterPid {
  readonly pid: number;
  /** A single-user `postgres --single`, not a server. */
  readonly standalone: boolean;
  readonly port: number | undefined;
  readonly ready: boolean;
}

/** Larger than any pid that a kernel hands out, so that PostgreSQL finds nobody there. */
const NOBODY = 2_147_483_646;

/** Parses the text of `postmaster.pid`; undefined when it holds no pid (empty, or being written). */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!pid || Number.isNaN(pid)) return undefined;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid: Math.abs(pid), standalone: pid < 0, port: port > 0 ? port : undefined, ready: lines[7] === 'ready' };
}

/**
 * The same file with a pid that belongs to nobody. PostgreSQL refuses to start while the pid in the file exists, even
 * if a stranger has it now or it is a zombie. The file is not deleted because its shared memory line lets PostgreSQL notice leftover
 * backends of the killed server.
 */
export function withoutPid(text: string): string {
  return text.replace(/^[^\n]*/, String(NOBODY));
}
