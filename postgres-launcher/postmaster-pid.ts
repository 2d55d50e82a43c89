/** What `postmaster.pid` contains about the server that wrote it. */
export interface PostmasterPid {
  readonly pid: number;
  /** A single-user `postgres --single`, not a server. */
  readonly standalone: boolean;
  readonly port: number | undefined;
  readonly ready: boolean;
}

/** Larger than any pid that a kernel assigns. */
const UNUSED_PID = 2_147_483_646;

/** Parses the text of `postmaster.pid`. Returns undefined if it contains no pid (empty, or being written). */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!pid || Number.isNaN(pid)) return undefined;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid: Math.abs(pid), standalone: pid < 0, port: port > 0 ? port : undefined, ready: lines[7] === 'ready' };
}

/**
 * Replaces the pid by one that no process has. PostgreSQL refuses to start while the pid in the file exists, even if it
 * now belongs to another program or to a zombie. The file is kept because PostgreSQL finds leftover backends of the
 * killed server by its shared memory line.
 */
export function withInvalidPid(text: string): string {
  return text.replace(/^[^\n]*/, String(UNUSED_PID));
}
