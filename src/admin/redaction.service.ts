import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { ImportedEvents } from '../calendar/imported-events.service.js';
import { redactVersion } from '../history/redact-version.js';
import { redactTitles } from '../notifications/redact-titles.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Administrator } from './accounts.service.js';

/** Replaces the texts of one version. Needs the database account that owns the tables. */
@Injectable()
export class RedactionService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    private readonly imported: ImportedEvents,
  ) {}

  /**
   * Replaces the texts of a version of an event, and of the notifications that quote it.
   * @returns the other versions that contain one of the texts
   * @throws RedactionRefused
   */
  redact(
    by: Administrator,
    request: { eventId: string; version: number; reason: string },
  ): Promise<{ alsoIn: number[] }> {
    return this.transactions.run(async (tx) => {
      const query = <Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
        tx.query<Row>(sql, parameters);
      const redacted = await redactVersion(query, request);
      await redactTitles(query, request);
      // They may quote what was redacted.
      await this.imported.forgetKept(tx, request.eventId);
      const { eventId, version } = request;
      this.audit.record(tx, [{ kind: 'version_redacted', actorId: by.userId, eventId, details: { version } }]);
      return redacted;
    });
  }
}
