import type { Transaction } from '../platform/database/transactions.js';
import type { ContentKind } from './change.js';

/** Travels with every save of an event to the subscriber that makes the version. A save without it is refused. */
export interface EventWrite {
  tx: Transaction;
  actorId: string;
  kind: ContentKind;
  comment: string | null;
}
