import { Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import type { Transaction } from '../platform/database/transaction.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import type { AuditEntry } from './audit-kinds.js';
import { type AuditRow, toAuditRow } from './audit-row.js';
import { AuditRepository } from './audit.repository.js';

const FLUSH_MS = 1_000;
/** Entries that wait for the next flush. More than that in a second are counted, not stored. */
const MAX_COLLECTED = 2_000;

/**
 * The only place that writes the audit trail. What has a transaction is recorded in it; refusals have none: they are
 * collected, and written together within a second and when the server stops.
 */
@Injectable()
export class AuditTrail {
  private readonly logger = new Logger(AuditTrail.name);
  private readonly dropped: Counter;
  private collected: AuditRow[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly entries: AuditRepository,
    { registry }: Metrics,
  ) {
    this.dropped = new Counter({
      name: 'convene_audit_dropped_total',
      help: 'Refusals that were not written to the audit trail: too many at once, or the database was not there.',
      registers: [registry],
    });
    const countWaiting = (): number => this.collected.length;
    new Gauge({
      name: 'convene_audit_waiting',
      help: 'Refusals that wait to be written to the audit trail.',
      registers: [registry],
      collect() {
        this.set(countWaiting());
      },
    });
  }

  /** Records entries in the running transaction, in one statement that is sent with its others. */
  record(tx: Transaction, entries: readonly AuditEntry[]): void {
    if (entries.length === 0) return;
    this.entries.insert(
      tx,
      entries.map((entry) => toAuditRow(entry, tx.origin)),
    );
  }

  /** Returns an entry as the parameter of `insertEntryIf`. */
  prepare(origin: RequestOrigin, entry: AuditEntry): string {
    return JSON.stringify(toAuditRow(entry, origin));
  }

  /** Records an entry that has no transaction. It is lost if the server is killed within a second. */
  collect(origin: RequestOrigin, entry: AuditEntry): void {
    if (this.collected.length >= MAX_COLLECTED) return this.dropped.inc();
    this.collected.push(toAuditRow(entry, origin));
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Writes what was collected, after what is being written. Keeps it for the next time when the database is not there. */
  flush(): Promise<void> {
    return (this.writing = this.writing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const rows = this.collected;
    if (rows.length === 0) return;
    this.collected = [];
    try {
      await this.entries.insertNow(rows);
    } catch (error) {
      this.logger.error(error instanceof Error ? error.message : error);
      const kept = rows.slice(0, MAX_COLLECTED - this.collected.length);
      this.dropped.inc(rows.length - kept.length);
      this.collected.unshift(...kept);
      this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
    }
  }

  /** Erases where an erased person was: addresses and devices. */
  eraseOrigins(tx: Transaction, userId: string): void {
    this.entries.eraseOrigins(tx, userId);
  }

  /** Writes what was collected for the last time. */
  async close(): Promise<void> {
    await this.flush();
    if (this.timer) clearTimeout(this.timer);
  }
}
