import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Config } from '../platform/config/config.js';
import { NotificationsRepository } from './notifications.repository.js';

const DAY_MS = 86_400_000;
const PEOPLE_AT_ONCE = 50;

/**
 * Forgets the oldest items of every stream. Nobody waits for it: it takes few people at a time, and only locks rows that
 * nobody writes. Servers that run it at the same moment share the work.
 */
@Injectable()
export class StreamPruningService {
  private readonly logger = new Logger(StreamPruningService.name);

  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly config: Config,
  ) {}

  @Cron('0 23 * * * *', { name: 'prune-streams' })
  async hourly(): Promise<void> {
    try {
      const pruned = await this.prune();
      if (pruned > 0) this.logger.log('streams pruned', { pruned });
    } catch (error) {
      // The next hour takes what is left.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /** Returns how many items were forgotten. */
  async prune(now = new Date()): Promise<number> {
    const before = new Date(now.getTime() - this.config.values.streamDays * DAY_MS);
    let total = 0;
    for (let after: string | null = null; ;) {
      const { last, pruned } = await this.notifications.prune(before, after, PEOPLE_AT_ONCE);
      total += pruned;
      if (last === null) return total;
      after = last;
    }
  }
}
