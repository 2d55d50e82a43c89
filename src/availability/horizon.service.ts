import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { toContent } from '../content/event-content.js';
import { EventLock } from '../history/event-lock.js';
import { DatabaseTooSlow, whyUnavailable } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { NO_REQUEST } from '../platform/tracing/request-origin.js';
import { SYSTEM_ACTOR } from '../users/system-actor.js';
import { AvailabilityService } from './availability.service.js';
import { FindConflicts } from './find-conflicts.service.js';
import type { Conflict } from './conflict.js';
import { OccupancyRepository } from './occupancy.repository.js';
import { OwnerZones } from './owner-zones.js';

/** A series that conflicts with another event in the time that was added. */
export interface ConflictingSeries {
  eventId: string;
  conflicts: Conflict[];
}

const CHUNK = 100;
const DAY_MS = 86_400_000;
/** A series with less stored occupancy ahead is extended: a quarter of a year before that falls below ten years. */
const MIN_AHEAD_MS = (10 * 366 - 90) * DAY_MS;

/**
 * Conflicts of endless series are checked for ten years ahead. A nightly job extends their stored occupancy as time
 * passes. Several servers may run it at the same time: each series is extended under its owner's lock, and is then no
 * longer due.
 */
@Injectable()
export class HorizonService {
  private readonly logger = new Logger(HorizonService.name);

  constructor(
    private readonly availability: AvailabilityService,
    private readonly conflicts: FindConflicts,
    private readonly occupancies: OccupancyRepository,
    private readonly zones: OwnerZones,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
  ) {}

  @Cron('0 17 3 * * *', { name: 'extend-horizon', timeZone: 'UTC' })
  async runNightly(): Promise<void> {
    try {
      const { extended, conflicting } = await this.extend();
      if (extended > 0) this.logger.log('horizon extended', { extended, conflicting: conflicting.length });
      for (const { eventId } of conflicting) {
        this.logger.warn('a series conflicts with another event after its previous horizon', { eventId });
      }
    } catch (error) {
      // The next night is early enough: years of occupancy are still stored.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /**
   * Extends every series that is due. Conflicts are reported, never refused or deleted: the exclusion constraint
   * ignores a conflicting series from then on, but it still occupies its time. A series that cannot be extended is logged.
   * @throws the error of a database that is not available
   */
  async extend(now = new Date()): Promise<{ extended: number; conflicting: ConflictingSeries[] }> {
    const before = new Date(now.getTime() + MIN_AHEAD_MS);
    const conflicting: ConflictingSeries[] = [];
    // Of one that takes too long, years are still stored. The others must not wait for it.
    const report = (eventId: string) => (error: unknown) => {
      if (whyUnavailable(error) !== null && !(error instanceof DatabaseTooSlow)) throw error;
      this.logger.error(error instanceof Error ? error.stack : error, { eventId });
      return null;
    };
    let extended = 0;
    for (let after: string | null = null; ;) {
      const due = await this.occupancies.listDue(before, after, CHUNK);
      for (const eventId of due) {
        const conflicts = await this.transactions
          .run(NO_REQUEST, (tx) => this.extendOne(tx, eventId, now))
          .catch(report(eventId));
        if (conflicts === null) continue;
        extended += 1;
        if (conflicts.length > 0) conflicting.push({ eventId, conflicts });
      }
      after = due.at(-1) ?? null;
      if (due.length < CHUNK) return { extended, conflicting };
    }
  }

  private async extendOne(tx: Transaction, eventId: string, now: Date): Promise<Conflict[]> {
    const locked = await this.locks.lock(tx, eventId, { availability: true });
    if (!locked) return [];
    const { event, ownerId } = locked;
    const request = { eventId, ownerId, content: toContent(event), now: now.getTime() / 1_000 };
    const booking = await this.zones.book(tx, SYSTEM_ACTOR, request);
    const conflicts = await this.conflicts.find(tx, booking, SYSTEM_ACTOR);
    await this.availability.occupy(tx, [{ booking, overlapping: conflicts.length > 0 }]);
    return conflicts;
  }
}
