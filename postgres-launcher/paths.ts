import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

/** The launcher's files and folders in `dataDir`. */
export interface Paths {
  /** `dataDir` itself, with every link in its path resolved. */
  readonly home: string;
  readonly data: string;
  readonly password: string;
  readonly port: string;
  readonly log: string;
  readonly holders: string;
  readonly libraries: string;
  /** The prefix of unfinished data directories in `home`. */
  readonly unfinished: string;
}

const DATA = 'postgres';

/** Whether the folder contains a database already. */
export const hasDatabase = (dataDir: string): boolean => existsSync(join(dataDir, DATA));

/**
 * Creates the folder if it is missing, and returns the paths in it.
 * @throws EmbeddedPostgresError if the folder can't be created or entered.
 */
export async function openPaths(dataDir: string): Promise<Paths> {
  const home = await makeFolder(resolve(dataDir)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresError(`The database folder ${dataDir} can't be used: ${reason}`, { cause });
  });
  const file = (name: string) => join(home, name);
  return {
    home,
    data: file(DATA),
    password: file('postgres.password'),
    port: file('postgres.port'),
    log: file('postgres.log'),
    holders: file('postgres.holders'),
    libraries: file('postgres.lib'),
    unfinished: 'postgres.new-',
  };
}

/** Creates the folder as private, but not its parents: PostgreSQL may run under an account that must enter them. */
async function makeFolder(dataDir: string): Promise<string> {
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return realpath(dataDir);
}
