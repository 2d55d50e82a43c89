import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SessionsService } from '../auth/sessions.service.js';
import { Config } from '../platform/config/config.js';
import { Signals } from '../platform/signals/signals.js';
import { Delivery } from './delivery.js';
import { LIVE_LIMITS } from './live-limits.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import { OpenConnections } from './open-connections.js';
import type { Connection } from './connection.js';

const LOOK_MS = 1_000;
const STALLED_LOOK_MS = 20;

/**
 * Looks at the tables each second, so that nothing depends on a signal that may be lost: who has news, and whose session
 * has ended. Also sees to connections whose readers don't keep up.
 */
@Injectable()
export class LiveWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LiveWatch.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private looking = false;

  constructor(
    private readonly connections: OpenConnections,
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
    const open = new Set(this.connections.all().map((connection) => connection.sessionId));
    if (open.size > 0) await this.sessions.forgetEnded([...open]);
  }

  private async findNews(): Promise<void> {
    const people = this.connections.people();
    if (people.length === 0) return;
    const behind: string[] = [];
    for (const { userId, lastSeq } of await this.notifications.listLastSeqs(people)) {
      for (const connection of this.connections.of(userId)) {
        if (connection.cursor === null || connection.cursor >= lastSeq) continue;
        if (connection.takesItems) behind.push(userId);
        else this.judge(connection, lastSeq);
      }
    }
    this.delivery.wake(behind);
  }

  /** A reader may be slow; one who reads nothing while much happens, or for long, is disconnected. */
  private judge(connection: Connection, lastSeq: number): void {
    this.connections.stall(connection, lastSeq);
    const { seq, since } = this.connections.stalled.get(connection)!;
    const tooMany = lastSeq - seq > this.config.values.liveQueueFrames;
    if (tooMany || Date.now() - since > LIVE_LIMITS.stallSeconds * 1_000) connection.end('too_slow');
  }

  /** Nobody says when a socket has let its bytes go: asked often, of those few that were found waiting. */
  private wakeDrained(): void {
    const drained = [...this.connections.stalled.keys()].filter((connection) => connection.takesItems);
    for (const connection of drained) this.connections.stalled.delete(connection);
    this.delivery.wake(drained.map((connection) => connection.userId));
  }
}
