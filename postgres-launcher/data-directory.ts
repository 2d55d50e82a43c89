import { randomBytes } from 'node:crypto';
import { appendFile, chown, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Superuser } from './administration.js';
import type { PostgresBinaries } from './binaries.js';
import { type Account, run } from './command.js';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.errors.js';
import type { Paths } from './paths.js';
import { HOST_BASED_AUTHENTICATION, type ServerSettings, serverConfiguration } from './settings.js';

/** The file with the launcher's settings, which `postgresql.conf` includes. */
const configurationFile = (name: string): string => `${name}.conf`;
const includeLine = (name: string): string => `include_if_exists = '${configurationFile(name)}'`;

/** What a new data directory is created with. */
export interface NewDataDirectory {
  readonly name: string;
  readonly superuser: Superuser;
  readonly durable: boolean;
}

/**
 * Creates the data directory at the first start; later checks that this PostgreSQL can open it.
 * @throws EmbeddedPostgresError if the data is of another major version or application, or is not PostgreSQL's.
 */
export async function prepareDataDirectory(
  paths: Paths,
  binaries: PostgresBinaries,
  account: Account,
  creation: NewDataDirectory,
): Promise<'created' | 'found'> {
  await removeUnfinished(paths);
  const found = await dataVersion(paths.data);
  if (found === undefined) {
    await create(paths, binaries, account, creation);
    return 'created';
  }
  const { stdout } = await run(binaries, account, binaries.postgres, ['-V']);
  const installed = /(\d+)/.exec(stdout)?.[1];
  if (found !== installed) {
    throw new EmbeddedPostgresError(
      `The data in ${paths.data} was created by PostgreSQL ${found}, but PostgreSQL ${installed} is installed. ` +
        `Export it with pg_dumpall of version ${found} and import it into a new folder. Nothing was changed.`,
    );
  }
  const configuration = await readFile(join(paths.data, 'postgresql.conf'), 'utf8');
  if (!configuration.includes(includeLine(creation.name))) {
    throw new EmbeddedPostgresError(
      `The data in ${paths.data} does not belong to "${creation.name}": ` +
        `its postgresql.conf has no line ${includeLine(creation.name)}. Start it under the name it was created with.`,
    );
  }
  return 'found';
}

/** Writes the launcher's settings, which take precedence over those in postgresql.conf. */
export async function writeConfiguration(
  dataDirectory: string,
  account: Account,
  settings: ServerSettings & { readonly name: string },
): Promise<void> {
  const path = join(dataDirectory, configurationFile(settings.name));
  await writeFile(`${path}.new`, serverConfiguration(settings), { mode: 0o600 });
  if (account.uid !== undefined) await chown(`${path}.new`, account.uid, account.gid ?? account.uid);
  await rename(`${path}.new`, path);
}

async function dataVersion(dataDirectory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error))) throw error;
  }
  const entries = await readdir(dataDirectory).catch((error: unknown) => (errorCode(error) === 'ENOENT' ? [] : null));
  if (entries?.length === 0) return undefined;
  throw new EmbeddedPostgresError(`${dataDirectory} exists and contains no PostgreSQL data. Move it away.`);
}

/**
 * Removes what starts left behind that were killed during initdb. An orphaned initdb may still be writing; a later
 * start removes what can't be removed now.
 */
async function removeUnfinished({ home, unfinished }: Paths): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(unfinished))
      await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Runs initdb in a temporary folder and renames the result, so that the data directory is complete or missing. */
async function create(
  paths: Paths,
  binaries: PostgresBinaries,
  account: Account,
  { name, superuser, durable }: NewDataDirectory,
): Promise<void> {
  const workDir = join(paths.home, `${paths.unfinished}${randomBytes(6).toString('hex')}`);
  const data = join(workDir, 'data');
  const passwordFile = join(workDir, 'password');
  try {
    await mkdir(workDir, { mode: 0o700 });
    await writeFile(passwordFile, `${superuser.password}\n`, { mode: 0o600 });
    if (account.uid !== undefined) {
      for (const path of [passwordFile, workDir]) await chown(path, account.uid, account.gid ?? account.uid);
    }
    const options = ['-U', superuser.name, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    await initdb(binaries, account, data, durable ? options : [...options, '--no-sync']);
    await writeFile(join(data, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION);
    await appendFile(join(data, 'postgresql.conf'), `\n${includeLine(name)}\n`);
    // dataVersion has made sure that only an empty folder can be there.
    await rmdir(paths.data).catch(() => undefined);
    await rename(data, paths.data);
    await flushFolder(paths.home);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/**
 * Runs initdb. The collation is PostgreSQL's built-in C.UTF-8: it orders by code point, maps Unicode upper and lower
 * case, and is the same on every machine, so that no update of a system library invalidates an index. Only pg_trgm uses
 * the system's classification of characters; on a system without a C.UTF-8 locale, it finds only ASCII words.
 */
async function initdb(binaries: PostgresBinaries, account: Account, data: string, options: string[]): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  let outcome = { ok: false, stdout: '', stderr: '' };
  for (const classification of ['C.UTF-8', 'C']) {
    const args = ['-D', data, ...options, ...locale, `--lc-ctype=${classification}`];
    outcome = await run(binaries, account, binaries.initdb, args);
    if (outcome.ok) return;
    if (!outcome.stderr.includes('invalid locale name')) break;
  }
  throw new EmbeddedPostgresError(`PostgreSQL's initdb failed: ${outcome.stderr.trim() || outcome.stdout.trim()}`);
}

/** Flushes a folder, so that a rename in it survives a power failure. Windows can't open folders. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
