import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Session, SessionStorage, User } from '../index.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { fileReason } from './file-error.js';
import { withFileLock } from './file-lock.js';

interface ServerEntry {
  /** The user name of the person who signed in last; null once they have signed out. */
  current: string | null;
  sessions: Record<string, Session>;
}

interface Stored {
  /** The server that was signed in to last. */
  current: string | null;
  servers: Record<string, ServerEntry>;
}

/**
 * The sessions of this person on this machine: one file that only they can read, replaced as a whole. Every write holds a
 * lock that all processes share, and so does the renewal of a token.
 */
export class Credentials {
  private holdsLock = false;

  constructor(readonly path: string) {}

  /** In `$XDG_CONFIG_HOME/convene`, by default `~/.config/convene`. */
  static of(env: NodeJS.ProcessEnv): Credentials {
    const config = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
    return new Credentials(join(config, 'convene', 'credentials.json'));
  }

  /** The server that was signed in to last; null when there is none. */
  async server(): Promise<string | null> {
    return (await this.read()).current;
  }

  /** Who is signed in to the server: those names, and the last one of them. */
  async people(url: string): Promise<{ current: string | null; all: string[] }> {
    const entry = (await this.read()).servers[url];
    return { current: entry?.current ?? null, all: Object.keys(entry?.sessions ?? {}) };
  }

  /** Stores a new session, and makes its server and person the current ones. */
  async add(url: string, username: string, session: Session): Promise<void> {
    await this.change((stored) => {
      const { sessions = {} } = stored.servers[url] ?? {};
      stored.servers[url] = { current: username, sessions: { ...sessions, [username]: session } };
      stored.current = url;
    });
  }

  /** Stores what the server says of a person who is signed in to it. */
  async updateUser(url: string, user: User): Promise<void> {
    const sessionIn = ({ servers }: Stored): Session | undefined => servers[url]?.sessions[user.username];
    const before = sessionIn(await this.read());
    // Most commands find nothing new, and need no lock for that.
    if (!before || isDeepStrictEqual(before.user, user)) return;
    await this.change((stored) => {
      const session = sessionIn(stored);
      if (session) session.user = user;
    });
  }

  /** The session of a person, as the SDK keeps it. */
  storage(url: string, username: string): SessionStorage {
    return {
      load: async () => (await this.read()).servers[url]?.sessions[username] ?? null,
      save: (session) =>
        this.change((stored) => {
          const entry = (stored.servers[url] ??= { current: username, sessions: {} });
          if (session) entry.sessions[username] = session;
          else delete entry.sessions[username];
          // Nobody else becomes the current one by that.
          if (!session && entry.current === username) entry.current = null;
        }),
      exclusively: (work) => this.exclusively(work),
    };
  }

  private async exclusively<T>(work: () => Promise<T>): Promise<T> {
    // A process that renews a token stores it meanwhile. Calls of one process never overlap here.
    if (this.holdsLock) return work();
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    return withFileLock(`${this.path}.lock`, async () => {
      this.holdsLock = true;
      try {
        return await work();
      } finally {
        this.holdsLock = false;
      }
    });
  }

  private change(apply: (stored: Stored) => void): Promise<void> {
    return this.exclusively(async () => {
      const stored = await this.read();
      apply(stored);
      await this.write(stored);
    });
  }

  private async read(): Promise<Stored> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
      // Made by an editor or an archive, perhaps.
      if (((await stat(this.path)).mode & 0o077) !== 0) await chmod(this.path, 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: null, servers: {} };
      throw this.unreadable(fileReason(error as NodeJS.ErrnoException, 'read'));
    }
    try {
      const stored = JSON.parse(text) as Partial<Stored> | null;
      if (stored && typeof stored.servers === 'object') return { current: null, ...stored } as Stored;
    } catch {
      // Below.
    }
    throw this.unreadable('it is not what `convene login` writes');
  }

  private async write(stored: Stored): Promise<void> {
    const fresh = `${this.path}.${randomUUID()}`;
    try {
      const file = await open(fresh, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(stored, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, this.path);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  }

  private unreadable(why: string): CliError {
    const next = ['Remove the file, and sign in again with `convene login`.'];
    return new CliError(`${this.path} cannot be read: ${why}.`, 'unreadable_credentials', EXIT.refused, next);
  }
}
