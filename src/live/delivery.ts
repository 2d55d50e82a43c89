import { Injectable, Logger } from '@nestjs/common';
import { Signals } from '../platform/signals/signals.js';
import { LiveMetrics } from './live-metrics.js';
import { NotificationsRepository, type StreamPart } from '../notifications/notifications.repository.js';
import { StreamRecorder } from '../notifications/stream-recorder.js';
import { OpenConnections } from './open-connections.js';
import type { Connection } from './connection.js';

const PEOPLE_PER_ROUND = 500;
const ITEMS_PER_ROUND = 2_000;
/** Few: with 200, one who catches up made the news of others five times as late at the 99th percentile. */
const MAX_ITEMS_EACH = 50;
const RETRY_MS = 1_000;

/**
 * Carries the stored streams to whoever is connected. It only ever reads what is committed, by number, from the table;
 * a wake-up says "look again" and carries nothing, so that one more or one less does no harm. One round serves many
 * people with one query: however many are connected, the writers' connections to the database stay theirs.
 */
@Injectable()
export class Delivery {
  private readonly logger = new Logger(Delivery.name);
  /** Who has news, and when it was committed here (milliseconds since 1970; 0 when that is not known). */
  private readonly waiting = new Map<string, number>();
  /** Whose access ended while a round was reading: what it read of them may be more than they may see now. */
  private readonly narrowed = new Set<string>();
  private running = false;

  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly connections: OpenConnections,
    private readonly metrics: LiveMetrics,
    private readonly signals: Signals,
    recorder: StreamRecorder,
  ) {
    recorder.published.on((recipients, revoked) => {
      if (revoked.length > 0) this.narrow(revoked);
      this.publish(recipients);
    });
    signals.on('news', (userIds) => this.wake(userIds));
    signals.on('narrowed', (userIds) => this.narrowHere(userIds));
    metrics.watchWaiting(() => this.waiting.size);
  }

  /** There is news for these people, committed: here and on the other servers. Returns at once. */
  publish(userIds: string[]): void {
    this.wake(userIds, Date.now());
    this.signals.send('news', userIds);
  }

  /** Looks for news of these people. Returns at once. */
  wake(userIds: Iterable<string>, committedAt = 0): void {
    for (const userId of userIds) {
      if (this.connections.has(userId) && !this.waiting.has(userId)) this.waiting.set(userId, committedAt);
    }
    if (this.waiting.size > 0 && !this.running) void this.run();
  }

  /** These people have lost access to something, committed: from now on nothing is sent that was read before. */
  narrow(userIds: string[]): void {
    this.narrowHere(userIds);
    this.signals.send('narrowed', userIds);
  }

  private narrowHere(userIds: string[]): void {
    for (const userId of userIds) {
      const connections = this.connections.of(userId);
      if (connections.length > 0) this.narrowed.add(userId);
      for (const connection of connections) if (connection.transport.unsent() > 0) connection.end('access_changed');
    }
  }

  /** One at a time, so that everybody's items stay in order. */
  private async run(): Promise<void> {
    this.running = true;
    // Whoever woke us may have more to say in the same breath.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.size > 0) {
      const people = new Map([...this.waiting].slice(0, PEOPLE_PER_ROUND));
      for (const userId of people.keys()) this.waiting.delete(userId);
      try {
        await this.serve(people);
      } catch (error) {
        // The table keeps what could not be read now, and nobody else may ever wake these people.
        this.logger.warn(`Delivery was put off: ${(error as Error).message}`);
        setTimeout(() => this.wake(people.keys()), RETRY_MS).unref();
      }
    }
    this.running = false;
  }

  private async serve(people: Map<string, number>): Promise<void> {
    // Only connections that were there before the read, at the number that they had: one that joins during it, or resumes,
    // may lack items from before what is read. A person's connections at different numbers don't wait for each other.
    const places = new Map<string, { userId: string; after: number; connections: Connection[] }>();
    for (const connection of [...people.keys()].flatMap((userId) => this.connections.of(userId))) {
      if (!connection.takesItems) continue;
      const { userId, cursor } = connection;
      const place = places.get(`${userId} ${cursor}`) ?? { userId, after: cursor!, connections: [] };
      places.set(`${userId} ${cursor}`, place);
      place.connections.push(connection);
    }
    if (places.size === 0) return;
    this.narrowed.clear();
    const wanted = [...places.values()];
    const each = Math.max(1, Math.min(MAX_ITEMS_EACH, Math.ceil(ITEMS_PER_ROUND / wanted.length)));
    const parts = await this.notifications.listAfter(wanted, each);
    for (const [index, { userId, after, connections }] of wanted.entries()) {
      const part = parts[index]!;
      for (const connection of connections) {
        if (connection.closed) continue;
        if (connection.cursor === after && !this.narrowed.has(userId)) this.hand(connection, part, people.get(userId)!);
        if (connection.cursor! >= part.lastSeq) continue;
        if (connection.takesItems) this.waiting.set(userId, 0);
        else this.connections.stall(connection, part.lastSeq);
      }
    }
  }

  /** A connection that breaks is dropped; it must not keep items from the others. */
  private hand(connection: Connection, { items, lastSeq }: StreamPart, committedAt: number): void {
    const first = connection.cursor!;
    try {
      // Numbers have no gaps: if some are missing, or all, they were pruned.
      const pruned = items.length === 0 && first !== lastSeq;
      if (pruned || !connection.hand(items)) return connection.resync(lastSeq);
    } catch (error) {
      this.logger.warn(`A connection broke: ${(error as Error).message}`);
      return connection.end('broken');
    }
    const handed = items.filter(({ seq }) => seq > first && seq <= connection.cursor!);
    if (handed.length === 0) return;
    if (handed[0]!.createdAt.getTime() < connection.liveSince) this.metrics.catchUpRead(handed.length);
    const now = Date.now();
    for (const { createdAt, visible } of handed) {
      // No change is committed before it is made, and no item of this round before the first that was announced.
      const since = Math.max(createdAt.getTime(), committedAt);
      if (visible && createdAt.getTime() >= connection.liveSince) this.metrics.delivered((now - since) / 1_000);
    }
  }
}
