import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Config } from '../platform/config/config.js';
import { StreamsRepository } from './streams.repository.js';

const DAY_MS = 86_400_000;
const USERS_PER_QUERY = 50;

/**
 * Deletes the oldest items of every stream. It does not delay writers: each query covers few users and locks
 * only old items. Servers that run it at the same moment share the work.
 */
@Injectable()
export class StreamPruningService {
  private readonly logger = new Logger(StreamPruningService.name);

  constructor(
    private readonly streams: StreamsRepository,
    private readonly config: Config,
  ) {}

  @Cron('0 23 * * * *', { name: 'prune-streams' })
  async hourly(): Promise<void> {
    try {
      const pruned = await this.prune();
      if (pruned > 0) this.logger.log('streams pruned', { pruned });
    } catch (error) {
      // The next run deletes what is left.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /** Returns how many items were deleted. */
  async prune(now = new Date()): Promise<number> {
    const before = new Date(now.getTime() - this.config.values.streamDays * DAY_MS);
    let total = 0;
    for (let after: string | null = null; ;) {
      const { last, pruned } = await this.streams.prune(before, after, USERS_PER_QUERY);
      total += pruned;
      if (last === null) return total;
      after = last;
    }
  }
}
