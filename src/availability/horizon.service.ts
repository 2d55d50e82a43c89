import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { toContent } from '../content/event-content.js';
import { EventLock } from '../history/event-lock.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import { SYSTEM_ACTOR } from '../users/system-actor.js';
import { AvailabilityService } from './availability.service.js';
import type { Conflict } from './conflict.js';
import { OccupancyRepository } from './occupancy.repository.js';

/** A series that met another one in the years that were added. */
export interface Meeting {
  eventId: string;
  conflicts: Conflict[];
}

const CHUNK = 100;
const DAY_MS = 86_400_000;
/** Series known for less than this are extended: a quarter of a year ahead of need. */
const KNOWN_AHEAD_MS = (10 * 366 - 90) * DAY_MS;

/**
 * Endless series are checked for ten years ahead; as time passes, years are added. Runs every night; servers that run it
 * at the same moment share the work, for every series is done under its owner's lock and is then no longer due.
 */
@Injectable()
export class HorizonService {
  private readonly logger = new Logger(HorizonService.name);

  constructor(
    private readonly availability: AvailabilityService,
    private readonly occupancies: OccupancyRepository,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
  ) {}

  @Cron('0 17 3 * * *', { name: 'extend-horizon', timeZone: 'UTC' })
  async nightly(): Promise<void> {
    try {
      const { extended, met } = await this.extend();
      if (extended > 0) this.logger.log('horizon extended', { extended, met: met.length });
      for (const { eventId } of met) this.logger.warn('a series meets another one beyond its old horizon', { eventId });
    } catch (error) {
      // Tomorrow night is early enough: the series are known for years yet.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /**
   * Extends every series that is due. What they meet is reported, never refused or deleted: such a series no longer
   * stands under the exclusion constraint, but still occupies its time.
   */
  async extend(now = new Date()): Promise<{ extended: number; met: Meeting[] }> {
    const before = new Date(now.getTime() + KNOWN_AHEAD_MS);
    const met: Meeting[] = [];
    let extended = 0;
    for (let after: string | null = null; ;) {
      const due = await this.occupancies.listDue(before, after, CHUNK);
      for (const eventId of due) {
        const conflicts = await this.transactions.run((tx) => this.extendOne(tx, eventId, now));
        extended += 1;
        if (conflicts.length > 0) met.push({ eventId, conflicts });
      }
      after = due.at(-1) ?? null;
      if (due.length < CHUNK) return { extended, met };
    }
  }

  private async extendOne(tx: Transaction, eventId: string, now: Date): Promise<Conflict[]> {
    const locked = await this.locks.lock(tx, eventId, { availability: true });
    if (!locked) return [];
    const { event, ownerId } = locked;
    const booking = { eventId, ownerId, content: toContent(event), now: now.getTime() / 1_000 };
    const conflicts = await this.availability.find(tx, booking, SYSTEM_ACTOR);
    await this.availability.occupy(tx, booking, conflicts.length > 0);
    return conflicts;
  }
}
