import { toSnapshot } from '../../src/content/snapshot.js';
import { type Change, isMembersChange } from '../../src/history/change.js';
import { canonicalJson } from '../../src/history/history-hash.js';
import type { BulkLoader } from './bulk-loader.js';
import { HistoryChain } from './history-chain.js';
import type { SimulatedEvent } from './simulated-event.js';
import type { SimulatedStreams } from './simulated-streams.js';
import { eventRow, historyRow, notificationRow, occupancyRow, permissionRows, type Table } from './table-rows.js';

export interface FillSummary {
  events: number;
  versions: number;
  memberChanges: number;
  streamItems: number;
}

/** Adds the rows of a simulation to a loader: those of a change when it happens, those of an event when it is complete. */
export class SimulatedRows {
  readonly summary: FillSummary = { events: 0, versions: 0, memberChanges: 0, streamItems: 0 };
  private readonly chain = new HistoryChain();

  /** @param now milliseconds; series occupy time for ten years from then on */
  constructor(
    private readonly loader: BulkLoader<Table>,
    private readonly streams: SimulatedStreams,
    private readonly now: number,
  ) {}

  addChange(change: Change, event: SimulatedEvent): void {
    const snapshot = isMembersChange(change) ? null : canonicalJson(toSnapshot(change.content));
    const [table, row] = historyRow(change, this.chain.append(change, snapshot), snapshot);
    this.loader.add(table, row);
    this.summary[snapshot === null ? 'memberChanges' : 'versions'] += 1;
    for (const { item, seq } of this.streams.publish(change, event.members.keys())) {
      this.loader.add('notifications', notificationRow(item, seq));
      this.summary.streamItems += 1;
    }
  }

  addEvent(event: SimulatedEvent): void {
    this.chain.end(event.id);
    this.loader.add('events', eventRow(event));
    for (const row of permissionRows(event)) this.loader.add('event_permissions', row);
    const occupancy = occupancyRow(event, this.now / 1_000);
    if (occupancy) this.loader.add('event_occupancy', occupancy);
    this.summary.events += 1;
  }

  /** Adds the rows that depend on the whole simulation. */
  addStreams(): void {
    for (const row of this.streams.listLastSeqs()) this.loader.add('notification_streams', row);
  }
}
