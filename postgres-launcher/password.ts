import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.errors.js';

/**
 * Reads the application's database password, or creates it once (32 random bytes) when there is no data yet.
 * To be called under the start/stop lock.
 * @throws EmbeddedPostgresError when the file is unreadable, or missing although data exists.
 */
export async function readPassword(file: string, dataExists: boolean): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dataExists) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EmbeddedPostgresError(`The password of the existing database can't be read: ${reason}`, {
        cause: error,
      });
    }
  }
  const password = randomBytes(32).toString('base64url');
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return password;
}

/** Derives the superuser's password from that of the application `name`. */
export function superuserPassword(password: string, name: string): string {
  return createHmac('sha256', password).update(`${name} embedded superuser`).digest('base64url');
}
