import { chmod, lchown, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { type Account, run } from './command.js';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

const NOBODY = 65_534;
const OWN_ACCOUNT: Account = { prefix: [] };
/** Inside the namespace, root has an ordinary uid; its files still belong to root. */
const OWN_NAMESPACE: Account = { prefix: ['unshare', '-U', '--map-user=1000', '--map-group=1000'] };

/**
 * Chooses the account that PostgreSQL runs under: normally the account of this process. PostgreSQL refuses to run as
 * root, so root runs it under the account that owns the data. If that is root or there is no data yet, PostgreSQL runs
 * inside a user namespace, or as uid 65534 where namespaces are forbidden (most containers).
 * @throws EmbeddedPostgresError if PostgreSQL can't run here, or if the data belongs to another account.
 */
export async function chooseAccount(binaries: PostgresBinaries, home: string, dataDirectory: string): Promise<Account> {
  const owner = await stat(dataDirectory).catch(() => undefined);
  const uid = process.getuid?.();
  if (uid === 0) return chooseForRoot(binaries, home, dataDirectory, owner);
  if (uid !== undefined && owner && owner.uid !== uid) {
    throw new EmbeddedPostgresError(
      `The data in ${dataDirectory} belongs to uid ${owner.uid}, but this process runs as uid ${uid}. ` +
        'Start it under that account, or change the owner of the folder and everything in it.',
    );
  }
  await assertRuns(binaries, OWN_ACCOUNT);
  return OWN_ACCOUNT;
}

async function chooseForRoot(
  binaries: PostgresBinaries,
  home: string,
  dataDirectory: string,
  owner: { uid: number; gid: number } | undefined,
): Promise<Account> {
  if (!owner || owner.uid === 0) {
    const inNamespace = await run(binaries, OWN_NAMESPACE, binaries.postgres, ['-V']);
    if (inNamespace.ok) return OWN_NAMESPACE;
  }
  const account = { prefix: [], uid: owner?.uid || NOBODY, gid: owner?.uid ? owner.gid : NOBODY };
  const mode = (await stat(home)).mode & 0o777;
  if ((mode & 0o011) !== 0o011) await chmod(home, mode | 0o011);
  for (const folder of [await realpath(dirname(binaries.postgres)), home]) {
    const blocked = await blockedFolder(folder, account);
    if (blocked) {
      throw new EmbeddedPostgresError(
        `PostgreSQL does not run as root, and uid ${account.uid} may not enter ${blocked}. ` +
          'Start this program as an ordinary user, or move it and its data to folders that every user may enter.',
        { unsupported: true },
      );
    }
  }
  await assertRuns(binaries, account);
  if (owner && owner.uid !== account.uid) await changeOwner(dataDirectory, account.uid, account.gid);
  return account;
}

async function assertRuns(binaries: PostgresBinaries, account: Account): Promise<void> {
  const version = await run(binaries, account, binaries.postgres, ['-V']);
  if (version.ok) return;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run on this system (on Linux it needs glibc): ${version.stderr.trim()}`,
    { unsupported: true },
  );
}

/** Whether the permission bits of a folder let an account enter it. */
export function canEnter(
  folder: { mode: number; uid: number; gid: number },
  account: { uid: number; gid: number },
): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

async function blockedFolder(folder: string, account: { uid: number; gid: number }): Promise<string | undefined> {
  const parent = dirname(folder);
  const above = parent === folder ? undefined : await blockedFolder(parent, account);
  return above ?? (canEnter(await stat(folder), account) ? undefined : folder);
}

/** Changes the owner of a folder and everything in it. Changes links themselves, not their targets. */
export async function changeOwner(path: string, uid: number, gid: number): Promise<void> {
  for (const entry of await readdir(path, { recursive: true })) await lchown(join(path, entry), uid, gid);
  await lchown(path, uid, gid);
}
