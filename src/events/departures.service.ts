import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { ErasureService } from '../auth/erasure.service.js';
import { PermissionsService } from '../permissions/permissions.service.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../platform/http/problem.js';
import { ERASED_NAME } from '../users/erased-user.js';
import { EventWriter } from './event-writer.js';

/**
 * Takes people who were erased off every event, one transaction each. What they owned goes to whoever has been an
 * editor, or else a viewer, for longest; what nobody else is on goes to the trash, which is all that they keep.
 */
@Injectable()
export class DeparturesService {
  private readonly logger = new Logger(DeparturesService.name);

  constructor(
    private readonly writer: EventWriter,
    private readonly permissions: PermissionsService,
    private readonly transactions: Transactions,
    erasures: ErasureService,
  ) {
    erasures.onErase((userId) => this.departAll(userId));
  }

  /** What a killed server left undone, and what came in while somebody was being erased. */
  @Cron('0 41 * * * *', { name: 'finish-erasures' })
  async finish(): Promise<void> {
    try {
      for (const userId of await this.permissions.listErasedPeople()) await this.departAll(userId);
    } catch (error) {
      // The next hour tries again.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  private async departAll(userId: string): Promise<void> {
    for (;;) {
      const eventIds = await this.permissions.listEventsToLeave(userId);
      if (eventIds.length === 0) return;
      for (const eventId of eventIds) await this.depart(erasedActor(userId), eventId);
    }
  }

  private async depart(actor: Actor, eventId: string): Promise<void> {
    try {
      const left = await this.permissions.depart(actor, eventId);
      if (!left) await this.moveToTrash(actor, eventId);
    } catch (error) {
      // Deleted by somebody else at the same moment: nothing is left to do, or the next look at the list shows it.
      if (!(error instanceof Problem && error.code === 'not_found')) throw error;
    }
  }

  private async moveToTrash(actor: Actor, eventId: string): Promise<void> {
    const request = {
      eventId,
      action: 'delete' as const,
      kind: 'deleted' as const,
      comment: null,
      onConflict: 'allow' as const,
      mayChangeTime: true,
    };
    await this.transactions.run((tx) =>
      this.writer.change(tx, actor, request, (event) => ({ ...event, deletedAt: new Date() })),
    );
  }
}

/** The person acts for the last time, through no session. */
const erasedActor = (userId: string): Actor => ({
  userId,
  username: ERASED_NAME,
  sessionId: userId,
  isAdmin: false,
  timeZone: 'UTC',
});
