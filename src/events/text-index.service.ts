import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { TextIndexRepository } from './text-index.repository.js';

const ENTRIES_PER_QUERY = 500;

/**
 * Indexes the texts that changed. Searches do not depend on it: they read an event itself until its text is indexed, which
 * takes longer the more events are due.
 */
@Injectable()
export class TextIndexService {
  private readonly logger = new Logger(TextIndexService.name);
  private running = false;

  constructor(private readonly texts: TextIndexRepository) {}

  @Cron('*/10 * * * * *', { name: 'index-texts' })
  async often(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      await this.indexAll();
    } catch (error) {
      // The next run indexes what is left.
      this.logger.error(error instanceof Error ? error.stack : error);
    } finally {
      this.running = false;
    }
  }

  /** Indexes everything that is due, unless another server does. */
  async indexAll(): Promise<void> {
    while ((await this.texts.index(ENTRIES_PER_QUERY)) > 0);
  }
}
