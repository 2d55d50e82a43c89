import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.errors.js';

/**
 * Reads the password of the application's role. Creates it (32 random bytes) if there is neither a password nor data.
 * Call it under the start/stop lock.
 * @throws EmbeddedPostgresError if the file can't be read, or if it is missing although data exists.
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
