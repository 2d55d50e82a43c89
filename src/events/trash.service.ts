import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { AuditTrail } from '../audit/audit-trail.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { Actor } from '../platform/http/actor.js';
import { SYSTEM_ACTOR } from '../users/system-actor.js';
import { TrashRepository } from './trash.repository.js';

const DAY_MS = 86_400_000;
const EVENTS_PER_TRANSACTION = 200;

interface Purge {
  /** How long an event has been in the trash; by default the setting. */
  days?: number;
  /** Who removes them; by default the server itself. */
  by?: Actor;
  /** How many events to remove, the longest deleted first. */
  atMost?: number;
  now?: Date;
}

/**
 * Removes events from the trash that were deleted long ago: they are not listed and cannot be restored. Their versions and
 * the chain of their history stay, and so does the owner's access to them.
 */
@Injectable()
export class TrashService {
  /** Events leave the trash for good, in the transaction in which they do. */
  readonly purged = new Hook<[tx: Transaction, eventIds: string[]]>('TrashService.purged');

  private readonly logger = new Logger(TrashService.name);

  constructor(
    private readonly trash: TrashRepository,
    private readonly audit: AuditTrail,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  @Cron('0 51 * * * *', { name: 'purge-trash' })
  async hourly(): Promise<void> {
    try {
      const purged = await this.purge();
      if (purged > 0) this.logger.log('trash purged', { purged });
    } catch (error) {
      // The next run removes what is left.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /** Returns how many events were removed. Servers that run it at the same moment share the work. */
  async purge({
    days = this.config.values.trashDays,
    by = SYSTEM_ACTOR,
    atMost = Infinity,
    now = new Date(),
  }: Purge = {}): Promise<number> {
    const before = new Date(now.getTime() - days * DAY_MS);
    for (let total = 0; ;) {
      const size = Math.min(EVENTS_PER_TRANSACTION, atMost - total);
      const purged = await this.purgeSome(before, size, by);
      total += purged;
      if (purged < size || total === atMost) return total;
    }
  }

  private purgeSome(before: Date, size: number, by: Actor): Promise<number> {
    return this.transactions.run(by.origin, async (tx) => {
      const events = await this.trash.purge(tx, before, size);
      this.audit.record(
        tx,
        events.map(({ id: eventId, ownerId: subjectId }) => ({
          kind: 'event_purged',
          actorId: by.userId,
          subjectId,
          eventId,
        })),
      );
      if (events.length > 0) {
        await this.purged.run(
          tx,
          events.map(({ id }) => id),
        );
      }
      return events.length;
    });
  }
}
