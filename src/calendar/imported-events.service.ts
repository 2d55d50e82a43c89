import { Injectable } from '@nestjs/common';
import { ErasedOwnersService } from '../events/erased-owners.service.js';
import { TrashService } from '../events/trash.service.js';
import type { Transaction } from '../platform/database/transaction.js';
import { ImportedEventsRepository } from './imported-events.repository.js';

/**
 * What other rooms do with what imports left beside events. The lines that were kept for another export go with an event
 * that nobody can export any more.
 */
@Injectable()
export class ImportedEvents {
  constructor(
    private readonly imported: ImportedEventsRepository,
    trash: TrashService,
    erasedOwners: ErasedOwnersService,
  ) {
    trash.purged.on((tx, eventIds) => this.imported.forgetKept(tx, eventIds));
    // What a failure leaves goes when the event is purged.
    erasedOwners.left.on((userId) => this.imported.forgetKeptOfDeleted(userId));
  }

  /** Removes the lines that were kept of an event, which may quote what was redacted. */
  forgetKept(tx: Transaction, eventId: string): Promise<void> {
    return this.imported.forgetKept(tx, [eventId]);
  }
}
