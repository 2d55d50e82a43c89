import { Emitter } from './emitter.js';
import { isProblem } from './errors.js';
import type { TokensView } from './generated/types.gen.js';
import type { Http, Tokens } from './http.js';
import { sleep } from './retries.js';
import type { Session, SessionStorage } from './session-storage.js';
import type { User } from './types.js';

/** What happens to a session. */
export interface SessionEvents {
  signed_in: User;
  /** `signed_out`: with `signOut()`, here or in another tab. `session_ended`: the server ended it, or it expired. */
  signed_out: { reason: 'signed_out' | 'session_ended' };
  /** The access token was renewed. */
  refreshed: Session;
}

/** The largest part of the lifetime of a token, and the largest time, before whose end it is renewed. */
const EARLY_PART = 0.25;
const EARLY_MS = 30_000;
/** For how long other tabs may read the old session. */
const DONE_MS = 5_000;

/**
 * The tokens of one session. However many calls find the access token expired, it is renewed once: calls share the
 * request, and tabs a lock.
 */
export class SessionKeeper implements Tokens {
  readonly events = new Emitter<SessionEvents>();
  private renewal: Promise<Session | null> | null = null;
  /** Grows when somebody signs in or out: what was requested before is then out of date. */
  private generation = 0;
  private lifetimeMs = 0;
  private known: Session | null | undefined;

  constructor(
    private readonly http: Http,
    private readonly storage: SessionStorage,
  ) {
    storage.watch?.(() => void this.reload());
  }

  /** The session; null when nobody is signed in. */
  async current(): Promise<Session | null> {
    if (!this.known) {
      this.known = await this.storage.load();
      this.lifetimeMs = Math.max(0, (this.known?.expires_at ?? 0) - Date.now());
    }
    return this.known;
  }

  /** Milliseconds before the end of a token at which it is renewed. */
  private get earlyMs(): number {
    return Math.min(EARLY_MS, this.lifetimeMs * EARLY_PART);
  }

  /** Milliseconds until the token is to be renewed; null when that is not known, or nobody can renew it. */
  renewIn(): number | null {
    const { expires_at = null, refresh_token = null } = this.known ?? {};
    return expires_at === null || refresh_token === null ? null : Math.max(0, expires_at - this.earlyMs - Date.now());
  }

  async token(): Promise<string | null> {
    const session = await this.current();
    if (session?.expires_at && session.refresh_token && session.expires_at - this.earlyMs <= Date.now()) {
      return this.renew(session.access_token);
    }
    return session?.access_token ?? null;
  }

  async renew(refused: string): Promise<string | null> {
    // Made and removed without a wait between: nobody can start a second one meanwhile.
    this.renewal ??= this.locked(refused).finally(() => (this.renewal = null));
    return (await this.renewal)?.access_token ?? null;
  }

  /** Takes over the tokens of a sign-in. */
  async start(tokens: TokensView): Promise<User> {
    this.generation += 1;
    await this.save(tokens);
    this.events.emit('signed_in', tokens.user);
    return tokens.user;
  }

  /** Forgets the session. */
  async end(reason: SessionEvents['signed_out']['reason']): Promise<void> {
    if ((await this.current()) === null) return;
    this.generation += 1;
    this.known = null;
    await this.storage.save(null);
    this.events.emit('signed_out', { reason });
  }

  /** Another tab signed in, signed out, or renewed the token. */
  private async reload(): Promise<void> {
    const [before, now] = [this.known, await this.storage.load()];
    this.known = now;
    if (!now) this.generation += 1;
    if (before && !now) this.events.emit('signed_out', { reason: 'signed_out' });
    if (now?.user && before?.user?.id !== now.user.id) this.events.emit('signed_in', now.user);
  }

  private async refresh(refused: string): Promise<Session | null> {
    const generation = this.generation;
    const session = await this.storage.load();
    this.known = session;
    // Another tab, or another call, was faster.
    if (!session || session.access_token !== refused) return session;
    if (!session.refresh_token) {
      await this.end('session_ended');
      return null;
    }
    try {
      const body = { refresh_token: session.refresh_token };
      const request = { method: 'POST', path: '/api/auth/refresh', body, repeatable: true } as const;
      const tokens = await this.http.send<TokensView>(request);
      if (generation !== this.generation) return await this.current();
      const renewed = await this.save(tokens);
      this.events.emit('refreshed', renewed);
      return renewed;
    } catch (error) {
      if (!isProblem(error, 'refresh_token_invalid', 'account_disabled')) throw error;
      if (generation === this.generation) await this.end('session_ended');
      return null;
    }
  }

  private async save({ access_token, refresh_token, expires_in, user }: TokensView): Promise<Session> {
    this.lifetimeMs = expires_in * 1_000;
    const session = { access_token, refresh_token, expires_at: Date.now() + this.lifetimeMs, user };
    this.known = session;
    await this.storage.save(session);
    return session;
  }

  /** One tab or process at a time, where the platform or the storage has locks. Without, the server answers the same to both for a moment. */
  private locked(refused: string): Promise<Session | null> {
    const { storage } = this;
    if (storage.exclusively) return storage.exclusively(() => this.refresh(refused));
    const { lock } = storage;
    const { navigator } = globalThis as { navigator?: { locks?: LockManager } };
    const locks = navigator?.locks;
    if (!lock || !locks) return this.refresh(refused);
    // Storage reaches other tabs late, locks do not: this one says that the token was renewed.
    const done = `${lock}:${refused.slice(-16)}`;
    return locks.request(lock, async () => {
      const { held = [] } = await locks.query();
      if (held.some(({ name }) => name === done)) await this.changed(refused);
      const session = await this.refresh(refused);
      if (session) void locks.request(done, { ifAvailable: true }, () => sleep(DONE_MS));
      return session;
    });
  }

  /** Resolves when the storage shows what another tab has saved. */
  private async changed(refused: string): Promise<void> {
    const limit = Date.now() + DONE_MS;
    while (Date.now() < limit && (await this.storage.load())?.access_token === refused) await sleep(20);
  }
}
