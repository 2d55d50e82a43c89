import { Account } from './account.js';
import { Admin } from './admin.js';
import { Calendar } from './calendar.js';
import { Events } from './events.js';
import type * as wire from './generated/types.gen.js';
import { type CallOptions, type Fetch, Http, type Request } from './http.js';
import { Live, type LiveOptions } from './live.js';
import { Audit, Notifications } from './notifications.js';
import { Availability, Users } from './people.js';
import { type SessionEvents, SessionKeeper } from './session.js';
import { memorySession, type Session, type SessionStorage } from './session-storage.js';
import { type EventStore, sync, type SyncQuery, type SyncResult } from './sync.js';
import type { Input, User } from './types.js';

export interface ConveneOptions extends Omit<CallOptions, 'signal'> {
  /** Where the server is, such as `https://convene.example.com`. In a page, its own origin is the default. */
  baseUrl?: string | undefined;
  /** Where the session is kept, or a session to begin with. In memory by default. */
  session?: SessionStorage | Session | undefined;
  live?: LiveOptions | undefined;
  /** In place of the global `fetch`. */
  fetch?: Fetch | undefined;
}

/** A client of one Convene server, for one person at a time. */
export class Convene {
  readonly events: Events;
  readonly users: Users;
  readonly availability: Availability;
  readonly calendar: Calendar;
  readonly notifications: Notifications;
  readonly audit: Audit;
  readonly account: Account;
  readonly admin: Admin;
  readonly live: Live;
  private readonly http: Http;
  private readonly keeper: SessionKeeper;

  /** @throws TypeError when `baseUrl` is not the address of a server, or is missing outside a page */
  constructor({ baseUrl = '', session, live, fetch: given, ...defaults }: ConveneOptions = {}) {
    refuseNoAddress(baseUrl, given !== undefined || 'location' in globalThis);
    // Looked up at each call: pages and tests may replace it.
    const send: Fetch = given ?? ((url, init) => fetch(url, init));
    this.http = new Http(baseUrl.replace(/\/+$/, ''), send, defaults);
    const storage = session && 'load' in session ? session : memorySession(session ?? null);
    this.keeper = new SessionKeeper(this.http, storage);
    const own = [this.http, this.keeper] as const;
    this.events = new Events(...own);
    this.users = new Users(...own);
    this.availability = new Availability(...own);
    this.calendar = new Calendar(...own);
    this.notifications = new Notifications(...own);
    this.audit = new Audit(...own);
    this.account = new Account(...own);
    this.admin = new Admin(...own);
    this.live = new Live(...own, live);
  }

  /**
   * Creates an account and signs in. It is not repeated when no response arrives: the account may exist, then sign in.
   *
   * @throws ConveneError `name_taken`, `validation_failed`
   */
  async signUp(body: Input<wire.RegisterBody>, options?: CallOptions): Promise<User> {
    const request = { method: 'POST', path: '/api/auth/register', body } as const;
    return this.keeper.start(await this.http.send<wire.TokensView>(request, options));
  }

  /** Signs in with a user name or an e-mail address. @throws ConveneError `wrong_credentials` */
  async signIn(body: Input<wire.LoginBody>, options?: CallOptions): Promise<User> {
    const request = { method: 'POST', path: '/api/auth/login', body, repeatable: true } as const;
    return this.keeper.start(await this.http.send<wire.TokensView>(request, options));
  }

  /** Ends the session here and on the server; with `all`, every session of yours. */
  async signOut({ all, ...options }: CallOptions & { all?: boolean | undefined } = {}): Promise<void> {
    const session = await this.keeper.current();
    await this.keeper.end('signed_out');
    if (!session) return;
    const { access_token, refresh_token } = session;
    // The access token may have expired.
    const headers = refresh_token ? {} : { authorization: `Bearer ${access_token}` };
    const body = { ...(refresh_token ? { refresh_token } : {}), ...(all ? { all } : {}) };
    const request = { method: 'POST', path: '/api/auth/logout', body, headers, repeatable: true } as const;
    await this.http.send<void>(request, options);
  }

  /** Erases your account. Cannot be undone. */
  async deleteAccount(password: string, options?: CallOptions): Promise<void> {
    const request = { method: 'DELETE', path: '/api/auth/me', body: { password }, repeatable: false } as const;
    await this.http.send<void>(request, options, this.keeper);
    await this.keeper.end('session_ended');
  }

  /** The session; null when nobody is signed in. Requests nothing. */
  session(): Promise<Session | null> {
    return this.keeper.current();
  }

  /** Calls the listener when somebody signs in or out. Returns the function that removes it. */
  on<Name extends keyof SessionEvents>(name: Name, listener: (event: SessionEvents[Name]) => void): () => void {
    return this.keeper.events.on(name, listener);
  }

  /** Brings your copy of a list of events up to date: what changed since the last time, or all of it. */
  sync(store: EventStore, query?: SyncQuery, options?: CallOptions): Promise<SyncResult> {
    return sync(this.events, store, query, options);
  }

  /** Sends a request that has no method of its own, with the session, retries and errors of all others. */
  request<T>(request: Request, options?: CallOptions): Promise<T> {
    return this.http.send<T>(request, options, this.keeper);
  }
}

/** @param hasOrigin whether a path is enough: in a page, and for a `fetch` of the caller's own */
function refuseNoAddress(baseUrl: string, hasOrigin: boolean): void {
  if (hasOrigin && /^$|^\//.test(baseUrl)) return;
  if (/^https?:\/\/[^\s/]+/i.test(baseUrl)) return;
  throw new TypeError(`baseUrl must be an address such as http://127.0.0.1:3000, not "${baseUrl}"`);
}
