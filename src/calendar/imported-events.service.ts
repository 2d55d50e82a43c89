import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { ImportedEventsRepository } from './imported-events.repository.js';

/** What other rooms do with what imports left beside events. */
@Injectable()
export class ImportedEvents {
  constructor(private readonly imported: ImportedEventsRepository) {}

  /** Removes the lines that were kept of an event, which may quote what was redacted. */
  forgetKept(tx: Transaction, eventId: string): Promise<void> {
    return this.imported.forgetKept(tx, eventId);
  }
}
