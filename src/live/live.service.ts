import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AccessTokens } from '../auth/access-tokens.js';
import { SessionsService } from '../auth/sessions.service.js';
import { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../problems/problem.js';
import { toProblem } from '../platform/http/problem.filter.js';
import { Delivery } from './delivery.js';
import type { Acknowledgement, EndReason } from './live-frames.js';
import { LiveMetrics } from './live-metrics.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import { OpenConnections } from './open-connections.js';
import { Connection, type Transport } from './connection.js';
import { isKept, readSeq } from '../notifications/stream-number.js';

/** Somebody who has proved who he is, and until when the proof is good (milliseconds since 1970). */
export interface SignedIn {
  actor: Actor;
  expiresAt: number;
}

const END_OF_PROBLEM: Record<string, EndReason> = {
  unauthenticated: 'unauthenticated',
  too_many_sockets: 'too_many_sockets',
  validation_failed: 'invalid_message',
};

/** Opening, resuming and renewing live connections; the same for every protocol. */
@Injectable()
export class LiveService implements BeforeApplicationShutdown {
  private closing = false;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly notifications: NotificationsRepository,
    private readonly connections: OpenConnections,
    private readonly delivery: Delivery,
    private readonly metrics: LiveMetrics,
    private readonly config: Config,
  ) {
    sessions.ended.on((sessionIds) => this.endSessions(sessionIds));
  }

  /** @throws Problem unauthenticated */
  async signIn(token: unknown): Promise<SignedIn> {
    const claims = this.tokens.verify(typeof token === 'string' ? token : '');
    return { actor: await this.sessions.actorOf(claims), expiresAt: claims.expiresAt * 1_000 };
  }

  /** @throws Problem too_many_sockets */
  requireRoom(userId: string): void {
    if (this.connections.of(userId).length >= this.config.values.maxSockets) throw new Problem('too_many_sockets');
  }

  /**
   * Opens a connection: `ready`, then what follows `after` (what happens from now on, without it). Never throws: whatever is
   * in the way ends the connection with its reason.
   */
  async open({ actor, expiresAt }: SignedIn, transport: Transport, after?: number): Promise<Connection> {
    const { userId, sessionId } = actor;
    const connection = new Connection(userId, sessionId, transport, (closed, reason) => {
      this.connections.remove(closed);
      this.metrics.socketClosed(transport.kind, reason);
      if (reason === 'too_slow') this.metrics.slowDisconnect(transport.kind);
    });
    this.metrics.socketOpened(transport.kind);
    try {
      if (this.closing) throw new Problem('unavailable');
      this.requireRoom(userId);
      // Before the session is looked up again, so that an end of it cannot fall between the two.
      this.connections.add(connection);
      const { firstSeq, lastSeq } = await this.notifications.reach(userId);
      await this.sessions.actorOf({ userId, sessionId, expiresAt: 0 });
      if (connection.closed) return connection;
      connection.expireAt(expiresAt);
      connection.pulseEvery(this.config.values.pulseSeconds);
      transport.send('ready', { user_id: userId, seq: lastSeq });
      if (after !== undefined && !isKept(after, firstSeq, lastSeq)) connection.resync(lastSeq);
      else connection.start(after ?? lastSeq);
      this.delivery.wake([userId]);
    } catch (error) {
      connection.end(this.reasonOf(error));
    }
    return connection;
  }

  /** Sends again what follows a number; `resync` when that is no longer kept. */
  async resume(connection: Connection, after: unknown): Promise<Acknowledgement> {
    return this.answer(connection, async () => {
      const wanted = readSeq(after);
      const { firstSeq, lastSeq } = await this.notifications.reach(connection.userId);
      if (wanted === undefined) throw new Problem('validation_failed');
      const kept = isKept(wanted, firstSeq, lastSeq);
      if (kept) connection.start(wanted);
      else connection.resync(lastSeq);
      this.delivery.wake([connection.userId]);
      return kept ? { ok: true, seq: lastSeq } : { ok: false, code: 'resync', seq: lastSeq };
    });
  }

  /** Goes on with a fresh token of the same person; the connection then lives as long as that token and its session. */
  async authenticate(connection: Connection, token: unknown): Promise<Acknowledgement> {
    return this.answer(connection, async () => {
      const { actor, expiresAt } = await this.signIn(token);
      if (actor.userId !== connection.userId) throw new Problem('unauthenticated');
      const before = connection.sessionId;
      connection.sessionId = actor.sessionId;
      try {
        // Once more, now that an end of the session would find the connection.
        await this.sessions.actorOf({ ...actor, expiresAt: 0 });
      } catch (error) {
        connection.sessionId = before;
        throw error;
      }
      connection.expireAt(expiresAt);
      return { ok: true, expires_at: new Date(expiresAt).toISOString() };
    });
  }

  /** How a connection is told why it was not opened. */
  reasonOf(error: unknown): EndReason {
    return this.closing ? 'shutting_down' : (END_OF_PROBLEM[toProblem(error).code] ?? 'broken');
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    for (const connection of this.connections.all()) connection.end('shutting_down');
  }

  private endSessions(sessionIds: string[]): void {
    const ended = new Set(sessionIds);
    for (const connection of this.connections.all())
      if (ended.has(connection.sessionId)) connection.end('session_ended');
  }

  private async answer(connection: Connection, work: () => Promise<Acknowledgement>): Promise<Acknowledgement> {
    if (!connection.takeMessage()) return { ok: false, code: 'rate_limited' };
    try {
      return await work();
    } catch (error) {
      return { ok: false, code: toProblem(error).code };
    }
  }
}
