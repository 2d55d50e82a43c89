import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DatabaseError } from 'pg';
import { askDatabase } from './ask-database.js';
import { DatabaseSilent } from './database-errors.js';

/** A connection as the watch sees it. */
export interface WatchedConnection {
  /** Statements wait for their results, or the connection is being opened. */
  readonly isWaiting: boolean;
  /** All bytes that came from the database so far. */
  readonly bytesReceived: number;
  /** Closes it. What waits fails with the error. */
  abandon(error: Error): void;
}

const TICK_MS = 500;
/** A connection that waits for so long without a byte makes the watch ask the database. */
const SUSPECT_MS = 1_500;
/** How long each of the attempts waits that run at once while the database is silent. */
const ASK_AGAIN_MS = 5_000;
/**
 * A connection that waits for so much longer than PostgreSQL lets any statement run is dead, whatever the others are: a
 * firewall has dropped it, or its process is frozen.
 */
const SPARE_SECONDS = 2;

/**
 * Tells a database that is silent (frozen, or behind a broken network) from one that is slow. Nothing else notices: the
 * operating system keeps such a connection for minutes, and a time limit of PostgreSQL needs a PostgreSQL that runs.
 *
 * When a connection has waited for a while, the watch asks the database on another one. Without an answer, and without a
 * byte on any connection meanwhile, it abandons all connections, so that each request gets a response, and asks again until
 * there is one.
 */
@Injectable()
export class SilenceWatch implements OnModuleDestroy {
  private readonly logger = new Logger('Database');
  private readonly connections = new Map<WatchedConnection, { bytes: number; since: number }>();
  private readonly timer: NodeJS.Timeout;
  private readonly giveUpMs: number;
  private readonly silenceMs: number;
  private ticks = 0;
  /** When bytes came last, on whatever connection. */
  private heardAt = 0;
  private isAsking = false;
  private silentSince: number | null = null;

  /**
   * @param silenceSeconds the database does not answer when nothing comes from it for so long, not even on a new connection
   * @param statementSeconds the longest time in which PostgreSQL ends a statement itself
   */
  constructor(
    private readonly url: string,
    silenceSeconds: number,
    statementSeconds: number,
  ) {
    this.silenceMs = silenceSeconds * 1_000;
    this.giveUpMs = (statementSeconds + SPARE_SECONDS) * 1_000;
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** True from the moment at which the database was found silent until it answers. */
  get isSilent(): boolean {
    return this.silentSince !== null;
  }

  /** Time in milliseconds, counted in ticks. While this process is held, and cannot receive anything, none passes. */
  get now(): number {
    return this.ticks * TICK_MS;
  }

  /** Returns whether bytes came from the database, on a connection of the pool, after a time that `now` was. */
  hasHeardSince(time: number): boolean {
    this.listen();
    return this.heardAt > time;
  }

  add(connection: WatchedConnection): void {
    this.connections.set(connection, { bytes: 0, since: this.now });
  }

  remove(connection: WatchedConnection): void {
    this.connections.delete(connection);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    this.ticks += 1;
    const waited = this.listen();
    if (this.isSilent) void this.askAgain();
    else if (waited > SUSPECT_MS && !this.isAsking) void this.judge();
  }

  /** Notes what has come, and gives dead connections up. @returns the longest wait of the others */
  private listen(): number {
    let longest = 0;
    for (const [connection, seen] of this.connections) {
      const { isWaiting, bytesReceived } = connection;
      if (bytesReceived !== seen.bytes) this.heardAt = this.now;
      if (!isWaiting || bytesReceived !== seen.bytes) Object.assign(seen, { bytes: bytesReceived, since: this.now });
      const waited = this.now - seen.since;
      if (waited > this.giveUpMs) connection.abandon(new DatabaseSilent());
      else longest = Math.max(longest, waited);
    }
    return longest;
  }

  private async judge(): Promise<void> {
    this.isAsking = true;
    const answers = await this.answers(this.silenceMs);
    // What has arrived meanwhile is read first.
    await setImmediate();
    this.listen();
    this.isAsking = false;
    // A busy machine may let statements go on, and refuse one more connection or take long to start a process for it.
    if (answers || this.now - this.heardAt < this.silenceMs - TICK_MS) return;
    this.silentSince = performance.now();
    this.logger.error('The database does not answer: requests are refused until it does');
    // All of them: another one would only be found silent by the request that uses it next.
    for (const connection of this.connections.keys()) connection.abandon(new DatabaseSilent());
  }

  /** Called at every tick, so that several attempts run at once, and the first one that is answered counts. */
  private async askAgain(): Promise<void> {
    if (!(await this.answers(ASK_AGAIN_MS)) || this.silentSince === null) return;
    const seconds = Math.round((performance.now() - this.silentSince) / 1_000);
    this.silentSince = null;
    this.logger.log(`The database answers again after ${seconds} s`);
  }

  private async answers(milliseconds: number): Promise<boolean> {
    try {
      await askDatabase(this.url, 'SELECT 1', milliseconds);
      return true;
    } catch (error) {
      // A refusal is an answer too, such as one that it has no connection left.
      return error instanceof DatabaseError;
    }
  }
}
