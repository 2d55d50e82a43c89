import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
/** The folder of the stored results, in the repository. */
export const RESULTS = new URL('bench/results/', ROOT);

/**
 * Returns what the figures depend on, with the load of the five minutes before: it shows whether others used the machine.
 * @param postgres the version of PostgreSQL
 */
export function describeMachine(postgres: string): string {
  const processor = cpus()[0]?.model.trim() || 'unknown';
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return [
    ...[`${cpus().length} cores (${processor})`, `${memory} GiB`, `${process.platform} ${process.arch}`],
    ...[`Node ${process.versions.node}`, `PostgreSQL ${postgres}`, `load before ${loadavg()[1]!.toFixed(1)}`],
  ].join(', ');
}

/** Returns the short hash of the commit, with `-changed` if files have changed since; `unknown` outside of git. */
export function describeCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: fileURLToPath(ROOT), encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '-changed' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** Stores a text as `<date>-<commit>.txt` in `RESULTS` and returns that name. */
export function saveResults(commit: string, text: string): string {
  mkdirSync(RESULTS, { recursive: true });
  const name = `${new Date().toISOString().slice(0, 10)}-${commit}.txt`;
  writeFileSync(new URL(name, RESULTS), text);
  return name;
}

/** Returns the stored texts, oldest first. */
export function readResults(): string[] {
  const names = readdirSync(RESULTS).filter((name) => name.endsWith('.txt'));
  // Each begins with its time.
  return names.map((name) => readFileSync(new URL(name, RESULTS), 'utf8')).toSorted();
}
