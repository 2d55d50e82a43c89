import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counter } from 'prom-client';
import type { AuditEntry } from '../audit/audit-kinds.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { newId } from '../platform/database/new-id.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Hook } from '../platform/hooks/hook.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Actor } from '../platform/http/actor.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { Problem } from '../problems/problem.js';
import { Signals } from '../platform/signals/signals.js';
import type { AccessClaims } from './access-tokens.js';
import { type Device, deviceName } from './device.js';
import type { Session } from './session.entity.js';
import { type LiveSession, SessionsRepository } from './sessions.repository.js';
import { unauthenticated } from './unauthenticated.js';

/** Signal with the ids of sessions that have ended. */
const SESSIONS_ENDED = 'sessions_ended';

/**
 * Manages sessions and resolves access tokens to actors, for every request. Live sessions are cached for a second.
 * Ended sessions are remembered for longer than any look-up takes, so that this server rejects them at once even if a
 * slow look-up of the live session completes late. Other servers receive a signal; without it they reject the session
 * within that second.
 */
@Injectable()
export class SessionsService {
  /**
   * Sessions have ended, after COMMIT. Called on this server before the call that ends them returns, and on other
   * servers when they receive the signal.
   */
  readonly ended = new Hook<[sessionIds: string[]]>('SessionsService.ended');

  private readonly lookups: Counter<'result'>;
  private profileChanges = 0;
  /** Not in the cache, where other entries would displace them. */
  private readonly recentlyEnded = new LRUCache<string, true>({ max: MAX_ENDED, ttl: ENDED_MEMORY_MS });

  constructor(
    private readonly sessions: SessionsRepository,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    private readonly config: Config,
    private readonly signals: Signals,
    private readonly audit: AuditTrail,
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    this.lookups = new Counter({
      name: 'convene_session_cache_total',
      help: 'Look-ups of sessions, by whether the cache had them.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['hit', 'miss']) this.lookups.inc({ result }, 0);
    // Signals are only hints: the table decides.
    signals.on(SESSIONS_ENDED, (ids) => this.forgetEnded(ids));
  }

  /**
   * Starts a session in the running transaction, for an account that it has created or locked.
   * @param kind of the entry in the audit trail
   */
  start(tx: Transaction, userId: string, kind: 'registered' | 'signed_in'): Session {
    const now = new Date();
    const { origin } = tx;
    const session: Session = {
      id: newId(),
      userId,
      refreshCount: 0,
      rotatedAt: null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + this.config.values.refreshTokenDays * 86_400_000),
      endedAt: null,
      address: origin.address,
      userAgent: origin.userAgent,
      device: deviceName(origin),
    };
    this.sessions.insert(tx, session);
    this.audit.record(tx, [{ kind, actorId: userId, sessionId: session.id }]);
    return session;
  }

  /**
   * Locks an account before its next session starts. Returns null if it was erased or disabled, or has another
   * password, since its password was checked.
   */
  async lockAccount(
    tx: Transaction,
    account: { id: string; passwordHash: string },
    device: Device,
  ): Promise<{ isNewDevice: boolean } | null> {
    const known = await this.sessions.lockAccount(tx, account, deviceName(device));
    return known && { isNewDevice: known.hasDevices && !known.usedBefore };
  }

  /** Returns the actor of verified claims in a request. @throws Problem unauthenticated if the session has ended */
  async actorOf(claims: AccessClaims, origin: RequestOrigin): Promise<Actor> {
    const live = await this.findLive(claims.sessionId);
    if (!live || live.userId !== claims.userId) throw unauthenticated('ended');
    return {
      userId: live.userId,
      username: live.username,
      sessionId: claims.sessionId,
      isAdmin: live.role === 'admin',
      timeZone: live.timeZone,
      origin,
    };
  }

  /** Reads the role again, because the session may be cached. @throws Problem admin_required, unauthenticated */
  async requireAdmin({ sessionId }: Actor): Promise<void> {
    const live = await this.sessions.findLive(sessionId);
    if (!live) throw unauthenticated('ended');
    if (live.role !== 'admin') throw new Problem('admin_required');
  }

  /** Returns the user of a session; null when it has ended. */
  async findUser(sessionId: string): Promise<string | null> {
    return (await this.sessions.findLive(sessionId))?.userId ?? null;
  }

  listLive(userId: string): Promise<Session[]> {
    return this.sessions.listLive(userId);
  }

  /** Returns the addresses from which a user has signed in lately, at most 100. */
  listAddresses(userId: string): Promise<string[]> {
    return this.sessions.listAddresses(userId);
  }

  /**
   * Ends one session, all, or all but one of a user. Returns the number of sessions that had not ended before.
   * @param entry for the audit trail, if there were any
   */
  async end(
    origin: RequestOrigin,
    userId: string,
    which: { only?: string; except?: string },
    entry: AuditEntry,
  ): Promise<number> {
    const ended = await this.sessions.end(userId, which, this.audit.prepare(origin, entry), this.database);
    await this.forget(ended);
    return ended.length;
  }

  /** Ends sessions like `end`, in a transaction. Call `forget` with the ids after COMMIT to make it effective. */
  endIn(
    tx: Transaction,
    userId: string,
    which: { only?: string; except?: string },
    entry: AuditEntry,
  ): Promise<string[]> {
    return this.sessions.end(userId, which, this.audit.prepare(tx.origin, entry), tx);
  }

  /** Ends every session of an erased user. Call `forget` after COMMIT to make it effective. */
  erase(tx: Transaction, userId: string): Promise<string[]> {
    return this.sessions.erase(tx, userId);
  }

  /** Forgets those of the sessions that have ended or expired, on whichever server. */
  async forgetEnded(sessionIds: string[]): Promise<void> {
    const live = new Set(await this.sessions.filterLive(sessionIds));
    await this.forgetHere(sessionIds.filter((id) => !live.has(id)));
  }

  /**
   * Removes ended sessions from the cache and notifies the listeners of `ended`, which close the live connections, on
   * this server and on all others.
   */
  async forget(sessionIds: string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    this.signals.send(SESSIONS_ENDED, sessionIds);
    await this.forgetHere(sessionIds);
  }

  /**
   * Redeems a refresh token by its number.
   * @throws Problem refresh_token_invalid; an older token also ends the session, because somebody else has a copy of it
   */
  async redeem(origin: RequestOrigin, sessionId: string, count: number): Promise<{ userId: string; count: number }> {
    const { refreshGraceSeconds, refreshTokenDays } = this.config.values;
    const theft = this.audit.prepare(origin, { kind: 'token_theft', actorId: null, sessionId, outcome: 'refused' });
    const redemption = await this.sessions.redeem(sessionId, count, refreshGraceSeconds, refreshTokenDays, theft);
    if (redemption?.stolen) await this.forget([sessionId]);
    if (!redemption || redemption.stolen) throw new Problem('refresh_token_invalid');
    return redemption;
  }

  /** Removes the profile that is cached with a session, so that the next request uses the new time zone. */
  async forgetProfile(sessionId: string): Promise<void> {
    this.profileChanges += 1;
    await this.cache.del(sessionId);
  }

  /** Removes the profile that is cached with every session of a user. Other servers read it again when their cache expires. */
  async forgetProfilesOf(userId: string): Promise<void> {
    for (const { id } of await this.sessions.listLive(userId)) await this.forgetProfile(id);
  }

  private async forgetHere(sessionIds: string[]): Promise<void> {
    for (const id of sessionIds) {
      this.recentlyEnded.set(id, true);
      await this.cache.del(id);
    }
    this.ended.notify(sessionIds);
  }

  private async findLive(sessionId: string): Promise<LiveSession | null> {
    const cached = await this.cache.get<LiveSession>(sessionId);
    this.lookups.inc({ result: cached ? 'hit' : 'miss' });
    const { profileChanges } = this;
    const live = cached ?? (await this.sessions.findLive(sessionId));
    if (!live || this.recentlyEnded.has(sessionId)) return null;
    const { sessionCacheSeconds } = this.config.values;
    if (cached || sessionCacheSeconds === 0) return live;
    await this.cache.set(sessionId, live, sessionCacheSeconds * 1_000);
    // A look-up that began before a profile changed may have read the old one.
    if (profileChanges !== this.profileChanges) await this.cache.del(sessionId);
    return live;
  }
}

// Longer than the statement timeout of the database and the longest cache time of live sessions.
const ENDED_MEMORY_MS = 120_000;
const MAX_ENDED = 100_000;
