import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

/** Why there is nothing to check, as a sentence for people. */
export class NotRun extends Error {}

/** A built commit in a folder of its own. */
export interface Worktree {
  commit: string;
  /** What `npm start` runs there. */
  program: string;
  remove(): Promise<void>;
}

const git = async (...args: string[]): Promise<string> => (await run('git', ['-C', ROOT, ...args])).stdout.trim();

/** Returns the commit before the last one that changed a migration, a merge as a whole. @throws NotRun without a history */
async function beforeNewestMigration(): Promise<string> {
  const changed = await git('log', '-1', '--first-parent', '--format=%H', '--', 'migrations').catch(() => '');
  const before = changed && (await git('rev-parse', '--verify', '--quiet', `${changed}~1`).catch(() => ''));
  if (!before) throw new NotRun('this copy of the repository has no commit before the newest migration');
  return before;
}

/**
 * Checks a commit out and builds it, with the packages that are installed here.
 * @param name the commit; the one before the newest migration when undefined
 * @throws NotRun when the commit or its packages are not there
 */
export async function buildCommit(name: string | undefined): Promise<Worktree> {
  const commit = name ? await git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => '') : '';
  if (name && !commit) throw new NotRun(`this copy of the repository has no commit ${name}`);
  const chosen = commit || (await beforeNewestMigration());
  const parent = await mkdtemp(join(tmpdir(), 'convene-previous-'));
  const folder = join(parent, 'convene');
  const remove = async (): Promise<void> => {
    await git('worktree', 'remove', '--force', folder).catch(() => undefined);
    await rm(parent, { recursive: true, force: true });
  };
  try {
    await git('worktree', 'add', '--detach', folder, chosen);
    requirePackages(folder);
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await run('npm', ['run', '--silent', 'build'], { cwd: folder });
    const program = join(folder, 'dist/server/start.js');
    if (!existsSync(program)) throw new NotRun(`the commit ${chosen} has no server that starts from dist/server`);
    return { commit: chosen, program, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** @throws NotRun when the commit asks for packages, or versions of them, that are not installed */
function requirePackages(folder: string): void {
  const read = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const { dependencies, devDependencies } = read(join(folder, 'package.json'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const file = join(ROOT, 'node_modules', name, 'package.json');
    const installed = existsSync(file) ? read(file).version : 'none';
    if (installed !== version) {
      throw new NotRun(`that commit needs ${name} ${version}, and here ${installed} is installed`);
    }
  }
}
