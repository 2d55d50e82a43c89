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
/**
 * A connection that waits for so much longer than PostgreSQL lets any statement run is dead, whatever the others are: a
 * firewall has dropped it, or its process is frozen.
 */
const SPARE_SECONDS = 2;
/** The database does not answer when it has not even answered `SELECT 1` on a new connection by then. */
const ANSWER_MS = 5_000;

/**
 * Tells a database that is silent (frozen, or behind a broken network) from one that is slow. Nothing else notices: the
 * operating system keeps such a connection for minutes, and a time limit of PostgreSQL needs a PostgreSQL that runs.
 *
 * When a connection has waited for a while, the watch asks the database on another one. Without an answer it abandons
 * all connections, so that each request gets a response, and asks again until there is one.
 */
@Injectable()
export class SilenceWatch implements OnModuleDestroy {
  private readonly logger = new Logger('Database');
  private readonly connections = new Map<WatchedConnection, { bytes: number; since: number }>();
  private readonly timer: NodeJS.Timeout;
  private readonly giveUpMs: number;
  private lastTick = performance.now();
  private isAsking = false;
  /** How often this process was held, and could not receive anything. */
  private held = 0;
  private silentSince: number | null = null;

  /** @param statementSeconds the longest time in which PostgreSQL ends a statement itself */
  constructor(
    private readonly url: string,
    statementSeconds: number,
  ) {
    this.giveUpMs = (statementSeconds + SPARE_SECONDS) * 1_000;
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** True from the moment at which the database was found silent until it answers. */
  get isSilent(): boolean {
    return this.silentSince !== null;
  }

  add(connection: WatchedConnection): void {
    this.connections.set(connection, { bytes: 0, since: performance.now() });
  }

  remove(connection: WatchedConnection): void {
    this.connections.delete(connection);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const now = performance.now();
    const wasHeld = now - this.lastTick > 2 * TICK_MS;
    if (wasHeld) this.held += 1;
    this.lastTick = now;
    let longest = 0;
    for (const [connection, seen] of this.connections) {
      const { isWaiting, bytesReceived } = connection;
      if (!isWaiting || wasHeld || bytesReceived !== seen.bytes)
        Object.assign(seen, { bytes: bytesReceived, since: now });
      const waited = now - seen.since;
      if (waited > this.giveUpMs) connection.abandon(new DatabaseSilent());
      else longest = Math.max(longest, waited);
    }
    if (this.isSilent) void this.askAgain();
    else if (longest > SUSPECT_MS && !this.isAsking) void this.judge();
  }

  private async judge(): Promise<void> {
    this.isAsking = true;
    const before = this.held;
    const answers = await this.answers();
    this.isAsking = false;
    // An answer may have come while this process was held: the next tick asks again.
    if (answers || this.held > before) return;
    this.silentSince = performance.now();
    this.logger.error('The database does not answer: requests are refused until it does');
    // All of them: another one would only be found silent by the request that uses it next.
    for (const connection of this.connections.keys()) connection.abandon(new DatabaseSilent());
  }

  /** Called at every tick, so that several attempts run at once, and the first one that is answered counts. */
  private async askAgain(): Promise<void> {
    if (!(await this.answers()) || this.silentSince === null) return;
    const seconds = Math.round((performance.now() - this.silentSince) / 1_000);
    this.silentSince = null;
    this.logger.log(`The database answers again after ${seconds} s`);
  }

  private async answers(): Promise<boolean> {
    try {
      await askDatabase(this.url, 'SELECT 1', ANSWER_MS);
      return true;
    } catch (error) {
      // A refusal is an answer too, such as one that it has no connection left.
      return error instanceof DatabaseError;
    }
  }
}
