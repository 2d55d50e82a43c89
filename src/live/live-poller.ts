import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SessionsService } from '../auth/sessions.service.js';
import { Streams } from '../notifications/streams.js';
import { Config } from '../platform/config/config.js';
import { Signals } from '../platform/signals/signals.js';
import type { Connection } from './connection.js';
import { Delivery } from './delivery.js';
import { LIVE_LIMITS } from './live-limits.js';
import { OpenConnections } from './open-connections.js';

const POLL_MS = 1_000;
const STALLED_POLL_MS = 20;

/**
 * Reads the tables every second for new items and ended sessions, so that nothing depends on a signal, which may be lost.
 * Also ends connections whose clients do not keep up.
 */
@Injectable()
export class LivePoller implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LivePoller.name);
  private readonly timers: NodeJS.Timeout[] = [];
  private polling = false;

  constructor(
    private readonly connections: OpenConnections,
    private readonly delivery: Delivery,
    private readonly streams: Streams,
    private readonly sessions: SessionsService,
    private readonly config: Config,
    signals: Signals,
  ) {
    signals.onReconnect(() => void this.poll());
  }

  onApplicationBootstrap(): void {
    this.timers.push(setInterval(() => void this.poll(), POLL_MS).unref());
    this.timers.push(setInterval(() => this.wakeDrained(), STALLED_POLL_MS).unref());
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    try {
      await this.forgetEndedSessions();
      await this.wakeLagging();
    } catch (error) {
      this.logger.warn(`Polling for live connections failed: ${(error as Error).message}`);
    } finally {
      this.polling = false;
    }
  }

  private async forgetEndedSessions(): Promise<void> {
    const open = new Set(this.connections.all().map((connection) => connection.sessionId));
    if (open.size > 0) await this.sessions.forgetEnded([...open]);
  }

  private async wakeLagging(): Promise<void> {
    const userIds = this.connections.userIds();
    if (userIds.length === 0) return;
    const lagging: string[] = [];
    for (const { userId, lastSeq } of await this.streams.listLastSeqs(userIds)) {
      for (const connection of this.connections.of(userId)) {
        if (connection.cursor === null || connection.cursor >= lastSeq) continue;
        if (connection.acceptsItems) lagging.push(userId);
        else this.endIfTooSlow(connection, lastSeq);
      }
    }
    this.delivery.wakeLagging(lagging);
  }

  /** Ends a stalled connection when too many items have been added, or too much time has passed, since it stalled. */
  private endIfTooSlow(connection: Connection, lastSeq: number): void {
    this.connections.stall(connection, lastSeq);
    const { seq, since } = this.connections.stalled.get(connection)!;
    const tooMany = lastSeq - seq > this.config.values.liveQueueFrames;
    if (tooMany || performance.now() - since > LIVE_LIMITS.maxStallSeconds * 1_000) connection.end('too_slow');
  }

  /** Serves stalled connections whose clients have read. No transport reports that, so the few stalled ones are polled. */
  private wakeDrained(): void {
    const drained = [...this.connections.stalled.keys()].filter((connection) => connection.acceptsItems);
    for (const connection of drained) this.connections.stalled.delete(connection);
    this.delivery.wake(drained.map((connection) => connection.userId));
  }
}
