import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Config } from '../platform/config/config.js';
import { AuditRepository } from './audit.repository.js';

/** Creates the partitions of the coming months and drops those that are older than the audit trail is kept. */
@Injectable()
export class AuditPartitionsService {
  private readonly logger = new Logger(AuditPartitionsService.name);

  constructor(
    private readonly entries: AuditRepository,
    private readonly config: Config,
  ) {}

  @Cron('0 37 * * * *', { name: 'audit-partitions' })
  async hourly(): Promise<void> {
    try {
      const dropped = await this.maintain();
      if (dropped > 0) this.logger.log('audit partitions dropped', { dropped });
    } catch (error) {
      // Three months are created ahead, and beyond them there is a default partition.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /** Returns how many partitions were dropped. Servers that run it at the same moment take turns. */
  maintain(): Promise<number> {
    return this.entries.maintainPartitions(this.config.values.auditDays);
  }
}
