import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AccessTokens } from '../auth/access-tokens.js';
import { SessionsService } from '../auth/sessions.service.js';
import { isStored, readSeq } from '../notifications/stream-number.js';
import { Streams } from '../notifications/streams.js';
import { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/http/actor.js';
import { toProblem } from '../platform/http/problem.filter.js';
import { NO_REQUEST } from '../platform/tracing/request-origin.js';
import { Problem } from '../problems/problem.js';
import { Connection } from './connection.js';
import { Delivery } from './delivery.js';
import type { EndReason } from './end-reasons.js';
import type { Acknowledgement } from './live-frames.js';
import { LiveMetrics } from './live-metrics.js';
import { OpenConnections } from './open-connections.js';
import type { Transport } from './transport.js';

/** Whom a valid access token identifies, and when it expires (seconds since 1970). */
export interface SignedIn {
  actor: Actor;
  expiresAt: number;
}

const REASON_OF_PROBLEM: Record<string, EndReason> = {
  unauthenticated: 'unauthenticated',
  validation_failed: 'invalid_message',
};

/** Opens, resumes and renews live connections over every transport. */
@Injectable()
export class LiveService implements BeforeApplicationShutdown {
  private closing = false;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly streams: Streams,
    private readonly connections: OpenConnections,
    private readonly delivery: Delivery,
    private readonly metrics: LiveMetrics,
    private readonly config: Config,
  ) {
    sessions.ended.on((sessionIds) => this.endSessions(sessionIds));
  }

  /** Verifies an access token and its session. @throws Problem unauthenticated */
  async signIn(token: unknown): Promise<SignedIn> {
    const claims = this.tokens.verify(typeof token === 'string' ? token : '');
    return { actor: await this.sessions.actorOf(claims, NO_REQUEST), expiresAt: claims.expiresAt };
  }

  /**
   * Opens a connection: sends `ready`, then the items after `after`; without it, only items from now on. Over the limit, the
   * oldest connection of the user ends: it may be one whose client is gone, and a new one is always wanted. Never throws:
   * any problem ends the connection with its reason.
   */
  async open({ actor, expiresAt }: SignedIn, transport: Transport, after?: number): Promise<Connection> {
    const { userId, sessionId } = actor;
    const connection = new Connection(userId, sessionId, transport, (closed, reason) => {
      this.connections.remove(closed);
      this.metrics.countClosed(transport.kind, reason);
      if (reason === 'too_slow') this.metrics.countSlowDisconnect(transport.kind);
    });
    this.metrics.countOpened(transport.kind);
    try {
      if (this.closing) throw new Problem('unavailable');
      // Before the session is read again, so that the connection is found if the session ends meanwhile.
      this.connections.add(connection);
      const open = this.connections.of(userId);
      for (const oldest of open.slice(0, -this.config.values.maxSockets)) oldest.end('replaced');
      const reach = await this.streams.findReach(userId);
      await this.sessions.actorOf({ userId, sessionId, expiresAt: 0 }, NO_REQUEST);
      if (connection.closed) return connection;
      connection.expireAfter(this.tokens.millisecondsLeft({ expiresAt }));
      connection.pulseEvery(this.config.values.pulseSeconds);
      connection.renewAfter(this.config.values.sseSeconds);
      transport.send('ready', { user_id: userId, seq: reach.lastSeq });
      if (after !== undefined && !isStored(after, reach)) connection.resync(reach.lastSeq);
      else connection.start(after ?? reach.lastSeq);
      this.delivery.wake([userId]);
    } catch (error) {
      connection.end(this.reasonOf(error));
    }
    return connection;
  }

  /** Sends the items after a number again; `resync` when some of them are no longer stored. */
  async resume(connection: Connection, after: unknown): Promise<Acknowledgement> {
    return this.acknowledge(connection, async () => {
      const wanted = readSeq(after);
      if (wanted === undefined) throw new Problem('validation_failed');
      const reach = await this.streams.findReach(connection.userId);
      const stored = isStored(wanted, reach);
      if (stored) connection.start(wanted);
      else connection.resync(reach.lastSeq);
      this.delivery.wake([connection.userId]);
      return stored ? { ok: true, seq: reach.lastSeq } : { ok: false, code: 'resync', seq: reach.lastSeq };
    });
  }

  /** Continues with a new token of the same user; the connection then ends with that token or its session. */
  async authenticate(connection: Connection, token: unknown): Promise<Acknowledgement> {
    return this.acknowledge(connection, async () => {
      const { actor, expiresAt } = await this.signIn(token);
      if (actor.userId !== connection.userId) throw new Problem('unauthenticated');
      const previous = connection.sessionId;
      connection.sessionId = actor.sessionId;
      try {
        // Read again, now that the connection is found if the session ends.
        await this.sessions.actorOf({ ...actor, expiresAt: 0 }, NO_REQUEST);
      } catch (error) {
        connection.sessionId = previous;
        throw error;
      }
      connection.expireAfter(this.tokens.millisecondsLeft({ expiresAt }));
      return { ok: true, expires_at: new Date(expiresAt * 1_000).toISOString() };
    });
  }

  /** Returns the reason with which a connection ends when it cannot be opened. */
  reasonOf(error: unknown): EndReason {
    return this.closing ? 'shutting_down' : (REASON_OF_PROBLEM[toProblem(error).code] ?? 'broken');
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    for (const connection of this.connections.all()) connection.end('shutting_down');
  }

  private endSessions(sessionIds: string[]): void {
    const ended = new Set(sessionIds);
    for (const connection of this.connections.all()) {
      if (ended.has(connection.sessionId)) connection.end('session_ended');
    }
  }

  private async acknowledge(connection: Connection, work: () => Promise<Acknowledgement>): Promise<Acknowledgement> {
    if (!connection.countMessage()) return { ok: false, code: 'rate_limited' };
    try {
      return await work();
    } catch (error) {
      return { ok: false, code: toProblem(error).code };
    }
  }
}
