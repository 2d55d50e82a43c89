import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

/** The launcher's files inside the folder it was given. */
export interface Paths {
  /** The folder itself, with every link in its path resolved. */
  readonly home: string;
  readonly data: string;
  readonly password: string;
  readonly port: string;
  readonly log: string;
  readonly holders: string;
  readonly libraries: string;
  /** How the names of unfinished data directories in `home` begin. */
  readonly unfinished: string;
}

/**
 * Creates the folder if need be and says where everything goes.
 * @throws EmbeddedPostgresError when the folder can't be made or entered.
 */
export async function openPaths(dataDir: string): Promise<Paths> {
  const home = await makeFolder(resolve(dataDir)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresError(`The database folder ${dataDir} can't be used: ${reason}`, { cause });
  });
  const file = (name: string) => join(home, name);
  return {
    home,
    data: file('postgres'),
    password: file('postgres.password'),
    port: file('postgres.port'),
    log: file('postgres.log'),
    holders: file('postgres.holders'),
    libraries: file('postgres.lib'),
    unfinished: 'postgres.new-',
  };
}

/** Only the folder itself is private: PostgreSQL may have to run as another account that must get through those above. */
async function makeFolder(dataDir: string): Promise<string> {
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return realpath(dataDir);
}
