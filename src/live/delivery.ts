import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { StreamItem, StreamPart } from '../notifications/stream-item.js';
import { StreamRecorder } from '../notifications/stream-recorder.js';
import { Streams } from '../notifications/streams.js';
import { Signals } from '../platform/signals/signals.js';
import type { Connection } from './connection.js';
import { ItemFrames } from './item-frame.js';
import { LiveMetrics } from './live-metrics.js';
import { OpenConnections } from './open-connections.js';

/** Signals with user ids: their streams have new items, and their access to an event was revoked. */
const ITEMS_PUBLISHED = 'items_published';
const ACCESS_REVOKED = 'access_revoked';

const USERS_PER_ROUND = 500;
/** So few that a turn of the event loop stays short. */
const USERS_PER_TURN = 50;
/** A busy server reads what is older than this: one read takes many items of many users, and nothing waits in memory. */
const COMMITTED_MS = 100;
const ITEMS_PER_ROUND = 2_000;
/** Small: with 200, one client that caught up delayed the items of others fivefold at the 99th percentile. */
const MAX_ITEMS_EACH = 50;
const RETRY_MS = 1_000;

/** Connections of one user that continue after the same number. */
interface Position {
  userId: string;
  after: number;
  connections: Connection[];
}

/**
 * Sends the stored streams to the open connections. It reads committed items from the table, by number; a wake-up carries
 * no item, so that a repeated or superfluous one does no harm. Each round serves many users with one query, so that one
 * database connection is enough for any number of users. Only what this server committed a moment ago is not read for a
 * connection that has been sent the one before it.
 */
@Injectable()
export class Delivery {
  private readonly logger = new Logger(Delivery.name);
  /** Users to serve, and when their first new item was committed here (milliseconds since 1970; 0 when unknown). */
  private readonly waiting = new Map<string, number>();
  /** Users whose streams are being read, or will be again because a read failed. */
  private readonly reading = new Set<string>();
  /** Users whose access was revoked during a read: it may contain items that they can no longer see. */
  private readonly revokedDuringRead = new Set<string>();
  private running = false;
  /** Ends when the items that were committed by this server have been sent. */
  private committed = Promise.resolve();
  /** How many of them each user will be sent. */
  private readonly toSend = new Map<string, number>();

  constructor(
    private readonly streams: Streams,
    private readonly connections: OpenConnections,
    private readonly metrics: LiveMetrics,
    private readonly signals: Signals,
    recorder: StreamRecorder,
  ) {
    recorder.published.on((recipients, revoked, items) => {
      if (revoked.length > 0) this.revoke(revoked);
      this.publish(recipients, items);
    });
    signals.on(ITEMS_PUBLISHED, (userIds) => this.wake(userIds));
    signals.on(ACCESS_REVOKED, (userIds) => this.revokeHere(userIds));
    metrics.watchWaiting(() => this.waiting.size);
  }

  /**
   * Serves users whose streams have new committed items, here and on the other servers. Returns at once.
   * @param items those of them that need not be read, at most one per user
   */
  private publish(userIds: string[], items: StreamItem[]): void {
    const now = Date.now();
    const next = items.filter(({ userId }) => this.connections.has(userId) && !this.isToBeRead(userId));
    if (next.length < userIds.length) this.wake(without(userIds, next), now);
    if (next.length > 0) {
      for (const { userId } of next) this.countToSend(userId, 1);
      const deadline = performance.now() + COMMITTED_MS;
      this.committed = this.committed.then(() => this.sendCommitted(next, now, deadline));
    }
    this.signals.send(ITEMS_PUBLISHED, userIds);
  }

  /**
   * Sends each item to the connections that have been sent the one before it, and has it read for others. Never throws: the
   * items of other changes are behind these.
   * @param deadline on the clock of `performance.now()`, after which the rest is read
   */
  private async sendCommitted(items: StreamItem[], committedAt: number, deadline: number): Promise<void> {
    const frames = new ItemFrames();
    for (let from = 0; from < items.length; from += USERS_PER_TURN) {
      // Other requests are served in between, and the answer to this one comes first.
      if (performance.now() < deadline) await setImmediate();
      const isLate = performance.now() >= deadline;
      for (const item of items.slice(from, from + USERS_PER_TURN)) {
        this.countToSend(item.userId, -1);
        if (isLate || !this.sendNext(item, committedAt, frames)) this.wake([item.userId], committedAt);
      }
    }
  }

  /**
   * Sends an item to the connections of its recipient. Returns false when one of them needs others before it, or something
   * failed.
   */
  private sendNext(item: StreamItem, committedAt: number, frames: ItemFrames): boolean {
    const { userId, seq } = item;
    if (this.isToBeRead(userId)) return false;
    try {
      const open = this.connections.of(userId).filter(({ cursor }) => cursor !== null && cursor < seq);
      const ready = open.filter((connection) => this.isUpTo(seq - 1, connection));
      for (const connection of ready) this.send(connection, { items: [item], lastSeq: seq }, committedAt, frames);
      return ready.length === open.length;
    } catch (error) {
      this.logger.warn(`An item was not sent and will be read: ${(error as Error).message}`);
      return false;
    }
  }

  /**
   * Whether the stream of a user is read, or will be. What is read may say that they have lost access: this server may hear
   * of that first, and then of a change before it.
   */
  private isToBeRead(userId: string): boolean {
    return this.waiting.has(userId) || this.reading.has(userId);
  }

  private countToSend(userId: string, change: 1 | -1): void {
    const count = (this.toSend.get(userId) ?? 0) + change;
    if (count > 0) this.toSend.set(userId, count);
    else this.toSend.delete(userId);
  }

  /** Serves users whose connections lack items, unless they are about to be sent some. Returns at once. */
  wakeLagging(userIds: string[]): void {
    this.wake(userIds.filter((userId) => !this.toSend.has(userId)));
  }

  /** Serves these users if they are connected here. Returns at once. */
  wake(userIds: Iterable<string>, committedAt = 0): void {
    for (const userId of userIds) {
      if (this.connections.has(userId) && !this.waiting.has(userId)) this.waiting.set(userId, committedAt);
    }
    if (this.waiting.size > 0 && !this.running) void this.run();
  }

  /** Whether the connection takes the item after a number, and nothing that was read waits for it. */
  private isUpTo(seq: number, connection: Connection): boolean {
    return connection.cursor === seq && connection.acceptsItems && !this.connections.stalled.has(connection);
  }

  /** Discards what was read for these users before a committed revocation, here and on the other servers. */
  revoke(userIds: string[]): void {
    this.revokeHere(userIds);
    this.signals.send(ACCESS_REVOKED, userIds);
  }

  private revokeHere(userIds: string[]): void {
    for (const userId of userIds) {
      const connections = this.connections.of(userId);
      if (connections.length > 0) this.revokedDuringRead.add(userId);
      for (const connection of connections)
        if (connection.transport.unsentBytes() > 0) connection.end('access_changed');
    }
  }

  /** Runs one round after the other, so that the items of each user stay in order. */
  private async run(): Promise<void> {
    this.running = true;
    // Wake-ups of the same turn belong to the first round.
    await setImmediate();
    while (this.waiting.size > 0) {
      const users = new Map([...this.waiting].slice(0, USERS_PER_ROUND));
      for (const userId of users.keys()) {
        this.waiting.delete(userId);
        this.reading.add(userId);
      }
      try {
        await this.serve(users);
        this.endReading(users.keys());
      } catch (error) {
        // The items are still in the table, and there may be no other wake-up for these users.
        this.logger.warn(`Delivery failed and will be retried: ${(error as Error).message}`);
        setTimeout(() => {
          this.endReading(users.keys());
          this.wake(users.keys());
        }, RETRY_MS).unref();
      }
    }
    this.running = false;
  }

  private endReading(userIds: Iterable<string>): void {
    for (const userId of userIds) this.reading.delete(userId);
  }

  private async serve(users: Map<string, number>): Promise<void> {
    const positions = this.listPositions(users.keys());
    if (positions.length === 0) return;
    this.revokedDuringRead.clear();
    const limitEach = Math.max(1, Math.min(MAX_ITEMS_EACH, Math.ceil(ITEMS_PER_ROUND / positions.length)));
    const parts = await this.streams.readParts(positions, limitEach);
    const frames = new ItemFrames();
    for (const [index, { userId, after, connections }] of positions.entries()) {
      const part = parts[index]!;
      for (const connection of connections) {
        if (connection.closed) continue;
        const isCurrent = connection.cursor === after && !this.revokedDuringRead.has(userId);
        if (isCurrent) this.send(connection, part, users.get(userId)!, frames);
        if (connection.cursor! >= part.lastSeq) continue;
        if (connection.acceptsItems) this.waiting.set(userId, 0);
        else this.connections.stall(connection, part.lastSeq);
      }
    }
  }

  /**
   * Returns the positions to read from. A connection that opens or resumes during the read has another cursor afterwards
   * and waits for the next round; connections of one user with different cursors do not wait for each other.
   */
  private listPositions(userIds: Iterable<string>): Position[] {
    const positions = new Map<string, Position>();
    for (const connection of [...userIds].flatMap((userId) => this.connections.of(userId))) {
      if (!connection.acceptsItems) continue;
      const { userId, cursor } = connection;
      const key = `${userId} ${cursor}`;
      const position = positions.get(key) ?? { userId, after: cursor!, connections: [] };
      position.connections.push(connection);
      positions.set(key, position);
    }
    return [...positions.values()];
  }

  /** Sends a part to a connection. A connection that fails is ended, so that the others still receive their items. */
  private send(connection: Connection, { items, lastSeq }: StreamPart, committedAt: number, frames: ItemFrames): void {
    const first = connection.cursor!;
    try {
      // Numbers have no gaps, so missing items were pruned.
      const pruned = items.length === 0 && first !== lastSeq;
      if (pruned || !connection.sendItems(items, frames)) return connection.resync(lastSeq);
    } catch (error) {
      this.logger.warn(`A connection failed: ${(error as Error).message}`);
      return connection.end('broken');
    }
    const sent = items.filter(({ seq }) => seq > first && seq <= connection.cursor!);
    if (sent.length === 0) return;
    if (sent[0]!.createdAt.getTime() < connection.liveSince) this.metrics.countCatchUp(sent.length);
    const now = Date.now();
    for (const { createdAt, visible } of sent) {
      // An item is committed after it is created, and not before the first item of this round that was announced.
      const since = Math.max(createdAt.getTime(), committedAt);
      if (visible && createdAt.getTime() >= connection.liveSince) this.metrics.observeLag((now - since) / 1_000);
    }
  }
}

/** Returns the users for whom there is no item. */
function without(userIds: string[], items: StreamItem[]): string[] {
  const known = new Set(items.map(({ userId }) => userId));
  return userIds.filter((userId) => !known.has(userId));
}
