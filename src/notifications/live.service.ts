import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AccessTokens } from '../auth/access-tokens.js';
import { SessionsService } from '../auth/sessions.service.js';
import { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../platform/http/problem.js';
import { asProblem } from '../platform/http/problem.filter.js';
import { Delivery } from './delivery.js';
import type { Acknowledgement, EndReason } from './live-frames.js';
import { LiveMetrics } from './live-metrics.js';
import { NotificationsRepository } from './notifications.repository.js';
import { OpenPipes } from './open-pipes.js';
import { Pipe, type Transport } from './pipe.js';
import { isKept, readSeq } from './stream-number.js';

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

/** Opening, resuming and renewing live pipes; the same for every protocol. */
@Injectable()
export class LiveService implements BeforeApplicationShutdown {
  private closing = false;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly notifications: NotificationsRepository,
    private readonly pipes: OpenPipes,
    private readonly delivery: Delivery,
    private readonly metrics: LiveMetrics,
    private readonly config: Config,
  ) {
    sessions.onEnd((sessionIds) => this.endSessions(sessionIds));
  }

  /** @throws Problem unauthenticated */
  async signIn(token: unknown): Promise<SignedIn> {
    const claims = this.tokens.verify(typeof token === 'string' ? token : '');
    return { actor: await this.sessions.actorOf(claims), expiresAt: claims.expiresAt * 1_000 };
  }

  /** @throws Problem too_many_sockets */
  requireRoom(userId: string): void {
    if (this.pipes.of(userId).length >= this.config.values.maxSockets) throw new Problem('too_many_sockets');
  }

  /**
   * Opens a pipe: `ready`, then what follows `after` (what happens from now on, without it). Never throws: whatever is
   * in the way ends the pipe with its reason.
   */
  async open({ actor, expiresAt }: SignedIn, transport: Transport, after?: number): Promise<Pipe> {
    const { userId, sessionId } = actor;
    const pipe = new Pipe(userId, sessionId, transport, (closed, reason) => {
      this.pipes.remove(closed);
      this.metrics.socketClosed(transport.kind, reason);
      if (reason === 'too_slow') this.metrics.slowDisconnect(transport.kind);
    });
    this.metrics.socketOpened(transport.kind);
    try {
      if (this.closing) throw new Problem('unavailable');
      this.requireRoom(userId);
      // Before the session is looked up again, so that an end of it cannot fall between the two.
      this.pipes.add(pipe);
      const { firstSeq, lastSeq } = await this.notifications.reach(userId);
      await this.sessions.actorOf({ userId, sessionId, expiresAt: 0 });
      if (pipe.closed) return pipe;
      pipe.expireAt(expiresAt);
      pipe.pulseEvery(this.config.values.pulseSeconds);
      transport.send('ready', { user_id: userId, seq: lastSeq });
      if (after !== undefined && !isKept(after, firstSeq, lastSeq)) pipe.resync(lastSeq);
      else pipe.start(after ?? lastSeq);
      this.delivery.wake([userId]);
    } catch (error) {
      pipe.end(this.reasonOf(error));
    }
    return pipe;
  }

  /** Sends again what follows a number; `resync` when that is no longer kept. */
  async resume(pipe: Pipe, after: unknown): Promise<Acknowledgement> {
    return this.answer(pipe, async () => {
      const wanted = readSeq(after);
      const { firstSeq, lastSeq } = await this.notifications.reach(pipe.userId);
      if (wanted === undefined) throw new Problem('validation_failed');
      const kept = isKept(wanted, firstSeq, lastSeq);
      if (kept) pipe.start(wanted);
      else pipe.resync(lastSeq);
      this.delivery.wake([pipe.userId]);
      return kept ? { ok: true, seq: lastSeq } : { ok: false, code: 'resync', seq: lastSeq };
    });
  }

  /** Goes on with a fresh token of the same person; the pipe then lives as long as that token and its session. */
  async authenticate(pipe: Pipe, token: unknown): Promise<Acknowledgement> {
    return this.answer(pipe, async () => {
      const { actor, expiresAt } = await this.signIn(token);
      if (actor.userId !== pipe.userId) throw new Problem('unauthenticated');
      const before = pipe.sessionId;
      pipe.sessionId = actor.sessionId;
      try {
        // Once more, now that an end of the session would find the pipe.
        await this.sessions.actorOf({ ...actor, expiresAt: 0 });
      } catch (error) {
        pipe.sessionId = before;
        throw error;
      }
      pipe.expireAt(expiresAt);
      return { ok: true, expires_at: new Date(expiresAt).toISOString() };
    });
  }

  /** How a pipe is told why it was not opened. */
  reasonOf(error: unknown): EndReason {
    return this.closing ? 'shutting_down' : (END_OF_PROBLEM[asProblem(error).code] ?? 'broken');
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    for (const pipe of this.pipes.all()) pipe.end('shutting_down');
  }

  private endSessions(sessionIds: string[]): void {
    const ended = new Set(sessionIds);
    for (const pipe of this.pipes.all()) if (ended.has(pipe.sessionId)) pipe.end('session_ended');
  }

  private async answer(pipe: Pipe, work: () => Promise<Acknowledgement>): Promise<Acknowledgement> {
    if (!pipe.takeMessage()) return { ok: false, code: 'rate_limited' };
    try {
      return await work();
    } catch (error) {
      return { ok: false, code: asProblem(error).code };
    }
  }
}
