import { Injectable } from '@nestjs/common';
import { AvailabilityService } from '../availability/availability.service.js';
import { Changes } from '../history/changes.js';
import { StreamRecorder } from '../notifications/stream-recorder.js';
import { Transactions } from '../platform/database/transactions.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { DryRuns } from '../platform/writes/dry-runs.js';
import { type DryRunView, dryRunView } from './dry-run-view.js';

/** Runs a write, returns its effects, and rolls it back. */
@Injectable()
export class DryRunService extends DryRuns {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: Changes,
    private readonly availability: AvailabilityService,
    private readonly streams: StreamRecorder,
  ) {
    super();
  }

  run(origin: RequestOrigin, work: () => Promise<unknown>): Promise<DryRunView> {
    return this.transactions.dryRun(origin, work, async (tx, value) =>
      dryRunView({
        value,
        changes: this.changes.of(tx),
        conflicts: this.availability.acceptedConflicts(tx),
        notified: await this.streams.listNotified(tx),
      }),
    );
  }
}
