import { Injectable, Logger } from '@nestjs/common';
import { type NotificationView, notificationView } from './notifications.dto.js';
import { NotificationsRepository } from './notifications.repository.js';

/** One open pipe to one person, of whatever kind. */
export interface Connection {
  userId: string;
  sessionId: string;
  /** Number of the last item handed to this pipe; null until it is ready for items. */
  cursor: number | null;
  send(item: NotificationView): void;
  /** Says why, then closes. */
  end(reason: string): void;
}

const BATCH = 200;
const RETRY_MS = 1_000;

/**
 * Carries the stored streams to whoever is connected. It only ever reads what is committed, by number, from the table;
 * a wake-up says "look again" and carries nothing, so that one more or one less does no harm.
 */
@Injectable()
export class Delivery {
  private readonly logger = new Logger(Delivery.name);
  private readonly connections = new Map<string, Set<Connection>>();
  private readonly running = new Map<string, { again: boolean }>();

  constructor(private readonly notifications: NotificationsRepository) {}

  /** Takes a pipe in: from now on the end of its session ends it. Items come with `start`. */
  add(connection: Connection): void {
    const { userId } = connection;
    const open = this.connections.get(userId) ?? new Set();
    this.connections.set(userId, open.add(connection));
  }

  /** Brings the pipe what was committed after that number, and whatever comes from now on. */
  start(connection: Connection, after: number): void {
    connection.cursor = after;
    this.wake([connection.userId]);
  }

  remove(connection: Connection): void {
    const open = this.connections.get(connection.userId);
    open?.delete(connection);
    if (open?.size === 0) this.connections.delete(connection.userId);
  }

  /** Looks for news of these people. Returns at once. */
  wake(userIds: Iterable<string>): void {
    for (const userId of userIds) {
      if (!this.connections.has(userId)) continue;
      const run = this.running.get(userId);
      if (run) run.again = true;
      else void this.pump(userId);
    }
  }

  /** Ends every pipe of the sessions, at once. */
  endSessions(sessionIds: string[], reason: string): void {
    const ended = new Set(sessionIds);
    for (const connection of [...this.connections.values()].flatMap((open) => [...open])) {
      if (!ended.has(connection.sessionId)) continue;
      this.remove(connection);
      connection.end(reason);
    }
  }

  /** One at a time for each person, so that his items stay in order. */
  private async pump(userId: string): Promise<void> {
    const run = { again: true };
    this.running.set(userId, run);
    try {
      while (run.again) {
        run.again = false;
        if (await this.deliver(userId)) run.again = true;
      }
    } catch (error) {
      // The table keeps what could not be read now, and nobody else may ever wake this person.
      this.logger.warn(`Delivery to a person was put off: ${(error as Error).message}`);
      setTimeout(() => this.wake([userId]), RETRY_MS).unref();
    } finally {
      this.running.delete(userId);
    }
  }

  /** True when more may be waiting. */
  private async deliver(userId: string): Promise<boolean> {
    // Only pipes that were there before the read: one that joins during it may lack items from before `after`.
    const pipes = [...(this.connections.get(userId) ?? [])].filter((pipe) => pipe.cursor !== null);
    if (pipes.length === 0) return false;
    const after = Math.min(...pipes.map((pipe) => pipe.cursor!));
    const records = await this.notifications.listAfter(userId, after, BATCH);
    for (const record of records) {
      const item = notificationView(record);
      for (const pipe of pipes) if (pipe.cursor! < item.seq) this.hand(pipe, item);
    }
    return records.length === BATCH;
  }

  /** A pipe that breaks is dropped; it must not keep items from the others. */
  private hand(pipe: Connection, item: NotificationView): void {
    if (!this.connections.get(pipe.userId)?.has(pipe)) return;
    pipe.cursor = item.seq;
    try {
      pipe.send(item);
    } catch (error) {
      this.logger.warn(`A pipe broke: ${(error as Error).message}`);
      this.remove(pipe);
      pipe.end('broken');
    }
  }
}
