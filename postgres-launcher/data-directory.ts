import { randomBytes } from 'node:crypto';
import { appendFile, chown, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Superuser } from './administration.js';
import type { PostgresBinaries } from './binaries.js';
import { type Account, run } from './command.js';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.errors.js';
import type { Paths } from './paths.js';
import { HOST_BASED_AUTHENTICATION, type ServerSettings, serverConfiguration } from './settings.js';

/** The launcher's own settings; `postgresql.conf` includes this file. */
const configurationFile = (name: string): string => `${name}.conf`;
const includeLine = (name: string): string => `include_if_exists = '${configurationFile(name)}'`;

/** What a new data directory is made with. */
export interface Creation {
  readonly name: string;
  readonly superuser: Superuser;
  readonly durable: boolean;
}

/**
 * Makes sure that there is a data directory which this PostgreSQL can open: creates it at the first start.
 * @throws EmbeddedPostgresError when the data is of another major version or application, or is not PostgreSQL's.
 */
export async function prepareDataDirectory(
  paths: Paths,
  binaries: PostgresBinaries,
  account: Account,
  creation: Creation,
): Promise<'created' | 'found'> {
  await sweepUnfinished(paths);
  const found = await dataVersion(paths.data);
  if (found === undefined) {
    await create(paths, binaries, account, creation);
    return 'created';
  }
  const { stdout } = await run(binaries, account, binaries.postgres, ['-V']);
  const installed = /(\d+)/.exec(stdout)?.[1];
  if (found !== installed) {
    throw new EmbeddedPostgresError(
      `The data in ${paths.data} was made by PostgreSQL ${found}, but PostgreSQL ${installed} is installed. ` +
        `Export it with version ${found} (pg_dumpall) and import it into a new folder; it was left as it is.`,
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

/** Writes the launcher's settings, which win over those in postgresql.conf. */
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

/** What a start left that was killed during initdb. An orphaned initdb may still write there: then another time. */
async function sweepUnfinished({ home, unfinished }: Paths): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(unfinished))
      await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** initdb works in a folder beside the final one, which appears complete or not at all. */
async function create(
  paths: Paths,
  binaries: PostgresBinaries,
  account: Account,
  { name, superuser, durable }: Creation,
): Promise<void> {
  const workshop = join(paths.home, `${paths.unfinished}${randomBytes(6).toString('hex')}`);
  const data = join(workshop, 'data');
  const passwordFile = join(workshop, 'password');
  try {
    await mkdir(workshop, { mode: 0o700 });
    await writeFile(passwordFile, `${superuser.password}\n`, { mode: 0o600 });
    if (account.uid !== undefined) {
      for (const path of [passwordFile, workshop]) await chown(path, account.uid, account.gid ?? account.uid);
    }
    const options = ['-U', superuser.name, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    await initdb(binaries, account, data, durable ? options : [...options, '--no-sync']);
    await writeFile(join(data, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION);
    await appendFile(join(data, 'postgresql.conf'), `\n${includeLine(name)}\n`);
    // Only an empty folder can be in the way (see dataVersion).
    await rmdir(paths.data).catch(() => undefined);
    await rename(data, paths.data);
    await flushFolder(paths.home);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/**
 * The collation is PostgreSQL's own C.UTF-8: order by code point and Unicode upper and lower case, the same on every
 * machine, so that no update of a system library invalidates an index. Only the classification of characters, which
 * pg_trgm asks the system for, needs a C.UTF-8 locale there; without one, pg_trgm sees only ASCII words.
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

/** Makes the renamed folder survive a power cut. Windows can't open folders. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
