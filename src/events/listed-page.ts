import type { Page } from '../platform/http/page.js';
import type { EventRecord } from './event-record.js';

/** Why an event is no longer in a list. */
export const REMOVAL_REASONS = ['deleted', 'access_revoked', 'no_longer_matches'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

export interface RemovedEvent {
  id: string;
  reason: RemovalReason;
}

/** A page of a list. */
export interface ListedPage extends Page<EventRecord> {
  /** With it, `changesSince` returns what changed after the first page was read. Only on the last page. */
  syncToken?: string;
}

/** A page of what changed in a list. Each event is in it once, as it is now. */
export interface ChangesPage extends ListedPage {
  removed: RemovedEvent[];
}
