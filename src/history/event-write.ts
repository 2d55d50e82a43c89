import type { Transaction } from '../platform/database/transaction.js';
import type { ContentKind, Undoing } from './change.js';

/** Passed with every save of an event to the subscriber that creates the version, which rejects a save without it. */
export interface EventWrite {
  tx: Transaction;
  actorId: string;
  kind: ContentKind;
  comment: string | null;
  /** How the version was made, when it undoes others. */
  undoes?: Undoing;
}
