import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../problems/problem.js';
import { Signals } from '../platform/signals/signals.js';
import type { AccessClaims } from './access-tokens.js';
import type { Session } from './session.entity.js';
import { type LiveSession, SessionsRepository } from './sessions.repository.js';

/** Where a sign-in comes from, as shown in the list of sessions. */
export interface Device {
  address: string | null;
  userAgent: string | null;
}

/** Signal with the ids of sessions that have ended. */
const SESSIONS_ENDED = 'sessions_ended';

/**
 * Sessions and who is behind a token. Every request asks here. Living sessions are cached for a second; ended ones are
 * remembered for longer than any look-up takes, so that this server obeys at once even if a slow look-up of the living
 * session comes in late. Other servers are told, and obey within that second should they not hear of it.
 */
@Injectable()
export class SessionsService {
  /**
   * Sessions have ended, and that is stored: here before the ending call has answered, on other servers as soon as they
   * are informed.
   */
  readonly ended = new Hook<[sessionIds: string[]]>('SessionsService.ended');

  constructor(
    private readonly sessions: SessionsRepository,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    private readonly config: Config,
    private readonly signals: Signals,
  ) {
    // A hint like any other: the table says whether it is true.
    signals.on(SESSIONS_ENDED, (ids) => this.forgetEnded(ids));
  }

  async start(userId: string, device: Device): Promise<Session> {
    const now = new Date();
    const session: Session = {
      id: uuidv7(),
      userId,
      refreshCount: 0,
      rotatedAt: null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + this.config.values.refreshTokenDays * 86_400_000),
      endedAt: null,
      address: device.address,
      userAgent: device.userAgent?.replaceAll('\0', '').slice(0, 400) ?? null,
    };
    await this.sessions.insert(session);
    return session;
  }

  /** Who the checked claims of an access token stand for. @throws Problem unauthenticated when the session has ended */
  async actorOf(claims: AccessClaims): Promise<Actor> {
    const live = await this.findLive(claims.sessionId);
    if (!live || live.userId !== claims.userId) throw new Problem('unauthenticated');
    return {
      userId: live.userId,
      username: live.username,
      sessionId: claims.sessionId,
      isAdmin: live.role === 'admin',
      timeZone: live.timeZone,
    };
  }

  listLive(userId: string): Promise<Session[]> {
    return this.sessions.listLive(userId);
  }

  /** @returns how many were alive */
  async end(userId: string, which: { only?: string; except?: string }): Promise<number> {
    const ended = await this.sessions.end(userId, which);
    await this.forget(ended);
    return ended.length;
  }

  /** Ends every session of a person who is erased; `forget` makes it felt after COMMIT. */
  erase(tx: Transaction, userId: string): Promise<string[]> {
    return this.sessions.erase(tx, userId);
  }

  /** Of these sessions, forgets those that have ended or expired, wherever that was done. */
  async forgetEnded(sessionIds: string[]): Promise<void> {
    const living = new Set(await this.sessions.listLiving(sessionIds));
    await this.forgetHere(sessionIds.filter((id) => !living.has(id)));
  }

  /**
   * Sessions that have ended: no cached answer lets anybody in, and whoever listens closes their sockets, here and on
   * every other server.
   */
  async forget(sessionIds: string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    this.signals.send(SESSIONS_ENDED, sessionIds);
    await this.forgetHere(sessionIds);
  }

  /**
   * Redeems a refresh token's number.
   * @throws Problem refresh_token_invalid; an older token also ends the session, since somebody else holds a copy
   */
  async redeem(sessionId: string, count: number): Promise<{ userId: string; count: number }> {
    const { refreshGraceSeconds, refreshTokenDays } = this.config.values;
    const redemption = await this.sessions.redeem(sessionId, count, refreshGraceSeconds, refreshTokenDays);
    if (redemption?.stolen) await this.forget([sessionId]);
    if (!redemption || redemption.stolen) throw new Problem('refresh_token_invalid');
    return redemption;
  }

  /** Profiles are cached with their sessions; a changed zone must be seen by the next request. */
  async profileChanged(sessionId: string): Promise<void> {
    await this.cache.del(liveKey(sessionId));
  }

  private async forgetHere(sessionIds: string[]): Promise<void> {
    for (const id of sessionIds) {
      await this.cache.set(endedKey(id), true, ENDED_REMEMBERED_MS);
      await this.cache.del(liveKey(id));
    }
    this.ended.notify(sessionIds);
  }

  private async findLive(sessionId: string): Promise<LiveSession | null> {
    const cached = await this.cache.get<LiveSession>(liveKey(sessionId));
    const live = cached ?? (await this.sessions.findLive(sessionId));
    if (!live || (await this.cache.get(endedKey(sessionId)))) return null;
    const { sessionCacheSeconds } = this.config.values;
    if (!cached && sessionCacheSeconds > 0) await this.cache.set(liveKey(sessionId), live, sessionCacheSeconds * 1_000);
    return live;
  }
}

// Longer than the statement timeout of the database and the longest caching of living sessions.
const ENDED_REMEMBERED_MS = 120_000;

const liveKey = (id: string): string => `session:${id}`;
const endedKey = (id: string): string => `session-ended:${id}`;
