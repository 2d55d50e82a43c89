import type { ReadStream, WriteStream } from 'node:tty';
import type { Command } from 'commander';
import pc from 'picocolors';
import {
  Convene,
  ConveneNetworkError,
  type Fetch,
  localZone,
  type SessionStorage,
  tokenSession,
  type User,
} from '../index.js';
import { NotSignedIn, UsageError } from './cli-error.js';
import { Credentials } from './credentials.js';
import type { Written } from './pointer-words.js';
import { Progress } from './progress.js';
import { safeJson } from './text.js';
import { readZone } from './zones.js';

/** Options that every command has. */
export interface GlobalOptions {
  url?: string;
  as?: string;
  zone?: string;
  json?: boolean;
  /** Commander's name for `--no-color`. */
  color?: boolean;
}

export const DEFAULT_URL = 'http://127.0.0.1:3000';
/** Fewer than in a program: somebody is waiting. */
const RETRIES = 2;

type Colors = ReturnType<typeof pc.createColors>;

/** What all commands share: the options, the terminal, the session and the client. */
export class Cli {
  readonly credentials: Credentials;
  readonly progress: Progress;
  /** The version that an edit is based on, and whether `--if-version` named it, for the report when it is out of date. */
  base: { version: number; isNamed: boolean } | null = null;
  /** Whether the request writes a series of which it could leave out the dates in conflict, for the report of a conflict. */
  canSkip = false;
  /** What was written for the parts of the request that is being made, for the report when one of them is refused. */
  written: Written = {};
  private known: Promise<Convene> | undefined;
  private knownUser: Promise<User> | undefined;

  constructor(
    private readonly program: Command,
    readonly env: NodeJS.ProcessEnv,
    readonly stdin: ReadStream,
    readonly stdout: WriteStream,
    readonly stderr: WriteStream,
  ) {
    this.credentials = Credentials.of(env);
    this.progress = new Progress(stderr);
  }

  get options(): GlobalOptions {
    return this.program.opts();
  }

  /** Colors for what goes to the stream: only on a terminal, and not with `NO_COLOR`. */
  colors(stream: WriteStream = this.stdout): Colors {
    const isRefused = this.options.color === false || Boolean(this.env['NO_COLOR']) || this.env['TERM'] === 'dumb';
    // Without an answer, the package would decide by itself.
    return pc.createColors(stream.isTTY ? !isRefused : false);
  }

  print(...lines: string[]): void {
    for (const line of lines) this.stdout.write(`${line}\n`);
  }

  /** Says something that is not the result. */
  note(...lines: string[]): void {
    for (const line of lines) this.stderr.write(`${line}\n`);
  }

  /** Prints the result: with `--json` what the API returned, otherwise the lines for people. */
  result(answer: unknown, lines: () => string[]): void {
    if (this.options.json) this.print(safeJson(answer ?? null, this.stdout.isTTY ? 2 : undefined));
    else this.print(...lines());
  }

  /** The server: `--url`, `CONVENE`, the one that was signed in to last, or the default. */
  async url(): Promise<string> {
    return (await this.server()).url;
  }

  /** The server, and where its address comes from, unless that is `--url`. */
  private async server(): Promise<{ url: string; origin: string | null }> {
    if (this.options.url !== undefined) return { url: readUrl(this.options.url), origin: null };
    // The second one is the name that it had first.
    const name = ['CONVENE', 'CONVENE_URL'].find((one) => this.env[one]);
    if (name) return { url: readUrl(this.env[name]!, ` (${name})`), origin: `${name} names this server.` };
    const last = await this.credentials.server();
    if (last) return { url: readUrl(last), origin: 'It is the server that you signed in to last.' };
    return { url: DEFAULT_URL, origin: 'It is the default: name another server with --url, or in CONVENE.' };
  }

  /** A client without a session, to sign in. */
  async newClient(): Promise<Convene> {
    return this.clientOf(await this.url());
  }

  /** The client of the person who is signed in. @throws NotSignedIn */
  client(): Promise<Convene> {
    return (this.known ??= this.signedIn());
  }

  /** The account of the person who is signed in, as it is now: requested once per command. */
  user(): Promise<User> {
    return (this.knownUser ??= this.currentUser());
  }

  /**
   * The zone in which times are read and shown: `--zone`, or that of the account as it is now. The stored session has that of
   * an earlier command: where the account has changed it since, the same wall time would be another instant.
   */
  async zone(): Promise<string> {
    if (this.options.zone !== undefined) return readZone(this.options.zone);
    return (await this.user()).time_zone || localZone();
  }

  /** The same for a command that only shows times, and waits for the server: while it is not there, that of an earlier one. */
  async shownZone(): Promise<string> {
    const session = await (await this.client()).session();
    return this.zone().catch((error: unknown) => {
      if (error instanceof ConveneNetworkError && session?.user) return session.user.time_zone || localZone();
      throw error;
    });
  }

  /** The same for the times in an error: asking for it must not fail as well. */
  zoneOrUtc(): Promise<string> {
    return this.zone().catch(() => 'UTC');
  }

  /** The id of the person who is signed in. */
  async userId(): Promise<string> {
    const client = await this.client();
    return ((await client.session())?.user ?? (await client.account.get())).id;
  }

  /** Where the person is signed in, and their session. @throws NotSignedIn */
  async account(): Promise<{ url: string; session: SessionStorage }> {
    const { url, origin } = await this.server();
    const token = this.env['CONVENE_TOKEN'];
    if (token && this.options.as === undefined) return { url, session: tokenSession(token) };
    const { current, all } = await this.credentials.people(url);
    const username = this.options.as ?? current;
    if (username === null || !all.includes(username)) {
      const who = this.options.as === undefined ? 'You are' : `${this.options.as} is`;
      const others = all.length > 0 ? `, or act as somebody who is: --as ${all.join(', --as ')}` : '';
      const next = `Sign in with: convene login --url ${url}${others}`;
      throw new NotSignedIn(`${who} not signed in to ${url}.`, ...(origin === null ? [] : [origin]), next);
    }
    return { url, session: this.credentials.storage(url, username) };
  }

  private async currentUser(): Promise<User> {
    const client = await this.client();
    const user = await client.account.get();
    const session = await client.session();
    // The session of a token is not stored. A folder that cannot be written costs nothing but the copy.
    if (session?.user) await this.credentials.updateUser(await this.url(), user).catch(() => undefined);
    return user;
  }

  private async signedIn(): Promise<Convene> {
    const { url, session } = await this.account();
    return this.clientOf(url, session);
  }

  private clientOf(baseUrl: string, session?: SessionStorage): Convene {
    const fetch: Fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('user-agent', 'convene command line');
      const work = () => globalThis.fetch(input, { ...init, headers });
      // A stream stays open.
      return headers.get('accept') === 'text/event-stream' ? work() : this.progress.during(work);
    };
    return new Convene({ baseUrl, fetch, retries: RETRIES, session });
  }
}

/** @param origin where the text comes from, for the refusal */
function readUrl(text: string, origin = ''): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(
      `“${text}”${origin} is not an address. Write it with its scheme, such as https://convene.example.com.`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`“${text}”${origin} is not an http or https address.`);
  }
  if (url.username || url.password) throw new UsageError('The address must not contain a user name or a password.');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Whether a host name means the machine itself. */
export const isLoopback = (hostname: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/** Whether what is sent to the server can be read on the way. */
export function isOpenToAll(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}
