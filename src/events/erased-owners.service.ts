import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { ErasureService } from '../auth/erasure.service.js';
import { toContent } from '../content/event-content.js';
import { EventLock } from '../history/event-lock.js';
import { Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { Actor } from '../platform/http/actor.js';
import { NO_REQUEST, type RequestOrigin } from '../platform/tracing/request-origin.js';
import { Problem } from '../problems/problem.js';
import { LeaveEventsService } from '../sharing/leave-events.service.js';
import { ERASED_NAME } from '../users/erased-user.js';
import { EventWriter } from './event-writer.js';

/**
 * Removes people whose account was erased from every event, in one transaction per event. The ownership of their own
 * events is transferred to the member who has been an editor, or else a viewer, for longest. An event without other
 * members is moved to the trash, where it keeps its owner.
 */
@Injectable()
export class ErasedOwnersService {
  /** An erased person has left every event: those that nobody else is on are in the trash. */
  readonly left = new Hook<[userId: string]>('ErasedOwnersService.left');

  private readonly logger = new Logger(ErasedOwnersService.name);

  constructor(
    private readonly writer: EventWriter,
    private readonly leaving: LeaveEventsService,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
    erasures: ErasureService,
  ) {
    erasures.erased.on((userId, origin) => this.leaveAll(origin, userId));
  }

  /**
   * Finishes erasures that a killed server left unfinished, and those of people who were added to an event meanwhile.
   */
  @Cron('0 41 * * * *', { name: 'finish-erasures' })
  async finish(): Promise<void> {
    // The next hour tries again.
    const report = (error: unknown): void => this.logger.error(error instanceof Error ? error.stack : error);
    const userIds = await this.leaving.listErasedMembers().catch((error: unknown) => (report(error), []));
    for (const userId of userIds) await this.leaveAll(NO_REQUEST, userId).catch(report);
  }

  /** @throws the error of the first event that could not be left, after all others have been */
  private async leaveAll(origin: RequestOrigin, userId: string): Promise<void> {
    const failed = new Map<string, unknown>();
    for (;;) {
      let [listed, tried] = [0, 0];
      for await (const eventIds of this.leaving.listEventsToLeave(userId)) {
        listed += eventIds.length;
        for (const eventId of eventIds.filter((one) => !failed.has(one))) {
          await this.leave(toActor(origin, userId), eventId).catch((error: unknown) => failed.set(eventId, error));
          tried += 1;
        }
      }
      if (listed === 0) return this.left.runEach(userId);
      // The next hour tries again.
      if (tried === 0) throw failed.values().next().value;
    }
  }

  private async leave(actor: Actor, eventId: string): Promise<void> {
    try {
      const left = await this.leaving.leave(actor, eventId);
      if (!left) await this.moveToTrash(actor, eventId);
    } catch (error) {
      // The event was deleted at the same time: nothing is left to do, or the next list contains it again.
      if (!(error instanceof Problem && ['not_found', 'event_deleted'].includes(error.code))) throw error;
    }
  }

  private async moveToTrash(actor: Actor, eventId: string): Promise<void> {
    const request = { actor, kind: 'deleted' as const, comment: null, onConflict: 'allow' as const };
    await this.transactions.run(actor.origin, async (tx) => {
      const locked = await this.locks.lockFor(tx, actor, eventId, 'delete', { availability: true });
      await this.writer.write(tx, locked, { ...toContent(locked.event), deletedAt: new Date() }, request);
    });
  }
}

/** Returns the erased person as an actor without a session. */
const toActor = (origin: RequestOrigin, userId: string): Actor => ({
  userId,
  username: ERASED_NAME,
  sessionId: userId,
  isAdmin: false,
  timeZone: 'UTC',
  origin,
});
