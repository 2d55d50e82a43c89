import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SessionsService } from '../auth/sessions.service.js';
import { Config } from '../platform/config/config.js';
import { Signals } from '../platform/signals/signals.js';
import { Delivery } from './delivery.js';
import { LIVE_LIMITS } from './live-limits.js';
import { NotificationsRepository } from './notifications.repository.js';
import { OpenPipes } from './open-pipes.js';
import type { Pipe } from './pipe.js';

const LOOK_MS = 1_000;
const STALLED_LOOK_MS = 20;

/**
 * Looks at the tables each second, so that nothing depends on a signal that may be lost: who has news, and whose session
 * has ended. Also sees to pipes whose readers don't keep up.
 */
@Injectable()
export class LiveWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LiveWatch.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private looking = false;

  constructor(
    private readonly pipes: OpenPipes,
    private readonly delivery: Delivery,
    private readonly notifications: NotificationsRepository,
    private readonly sessions: SessionsService,
    private readonly config: Config,
    signals: Signals,
  ) {
    signals.onReconnect(() => void this.look());
  }

  onApplicationBootstrap(): void {
    this.timers.push(setInterval(() => void this.look(), LOOK_MS).unref());
    this.timers.push(setInterval(() => this.wakeDrained(), STALLED_LOOK_MS).unref());
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.endSessions();
      await this.findNews();
    } catch (error) {
      this.logger.warn(`The streams could not be looked at: ${(error as Error).message}`);
    } finally {
      this.looking = false;
    }
  }

  private async endSessions(): Promise<void> {
    const open = new Set(this.pipes.all().map((pipe) => pipe.sessionId));
    if (open.size > 0) await this.sessions.forgetEnded([...open]);
  }

  private async findNews(): Promise<void> {
    const people = this.pipes.people();
    if (people.length === 0) return;
    const behind: string[] = [];
    for (const { userId, lastSeq } of await this.notifications.listLastSeqs(people)) {
      for (const pipe of this.pipes.of(userId)) {
        if (pipe.cursor === null || pipe.cursor >= lastSeq) continue;
        if (pipe.takesItems) behind.push(userId);
        else this.judge(pipe, lastSeq);
      }
    }
    this.delivery.wake(behind);
  }

  /** A reader may be slow; one who reads nothing while much happens, or for long, is disconnected. */
  private judge(pipe: Pipe, lastSeq: number): void {
    this.pipes.stall(pipe, lastSeq);
    const { seq, since } = this.pipes.stalled.get(pipe)!;
    const tooMany = lastSeq - seq > this.config.values.liveQueueFrames;
    if (tooMany || Date.now() - since > LIVE_LIMITS.stallSeconds * 1_000) pipe.end('too_slow');
  }

  /** Nobody says when a socket has let its bytes go: asked often, of those few that were found waiting. */
  private wakeDrained(): void {
    const drained = [...this.pipes.stalled.keys()].filter((pipe) => pipe.takesItems);
    for (const pipe of drained) this.pipes.stalled.delete(pipe);
    this.delivery.wake(drained.map((pipe) => pipe.userId));
  }
}
