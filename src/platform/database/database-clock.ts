import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { askDatabase } from './ask-database.js';

/** How often the clock of the database is read: a step of that clock is taken over by then. */
const EVERY_MS = 60_000;
const ANSWER_MS = 3_000;

/**
 * The clock of the database, which all servers share. What has to end at the same moment on every server is dated with it:
 * clocks of servers differ, and are set while they run. Between two readings it goes on with a clock that nobody sets.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Database');
  private timer: NodeJS.Timeout | undefined;
  /** Milliseconds since 1970 at the moment at which `performance.now()` is 0. */
  private origin = Date.now() - performance.now();

  constructor(private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    await this.read();
    this.timer = setInterval(() => void this.read(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Returns the time in milliseconds since 1970. */
  now(): number {
    return performance.now() + this.origin;
  }

  /** Reads the clock, on a connection of its own, so that no busy pool makes it late. Keeps the last reading without an answer. */
  async read(): Promise<void> {
    try {
      const asked = performance.now();
      const sql = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at';
      const [row] = await askDatabase<{ at: number }>(this.config.databaseUrl, sql, ANSWER_MS);
      const answered = performance.now();
      // Nobody knows at which moment of a long exchange the clock was read.
      if (answered - asked > ANSWER_MS) throw new Error('The answer took too long');
      this.origin = row!.at - (asked + answered) / 2;
    } catch (error) {
      this.logger.warn(`The clock of the database cannot be read: ${(error as Error).message}`);
    }
  }
}
