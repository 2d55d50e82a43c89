import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { ImportedEvents } from '../calendar/imported-events.service.js';
import { RedactionRefused, redactVersion } from '../history/redact-version.js';
import { redactTitles } from '../notifications/redact-titles.js';
import { isPrivilegeMissing } from '../platform/database/database-errors.js';
import { Transactions } from '../platform/database/transactions.js';
import { UsersService } from '../users/users.service.js';
import type { Administrator } from './accounts.service.js';

interface Redaction {
  eventId: string;
  version: number;
  reason: string;
}

/** Replaces the texts of one version. Needs the database account that owns the tables. */
@Injectable()
export class RedactionService {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly audit: AuditTrail,
    private readonly imported: ImportedEvents,
  ) {}

  /**
   * Replaces the texts of a version of an event, and of the notifications that quote it.
   * @returns the other versions that contain one of the texts
   * @throws RedactionRefused; Problem admin_required
   */
  async redact(by: Administrator, request: Redaction): Promise<{ alsoIn: number[] }> {
    try {
      return await this.redactIn(by, request);
    } catch (error) {
      if (!isPrivilegeMissing(error)) throw error;
      throw new RedactionRefused(
        'The database account of this server does not own the tables. Run `npm run admin -- redact` with the one that does.',
      );
    }
  }

  private redactIn(by: Administrator, request: Redaction): Promise<{ alsoIn: number[] }> {
    return this.transactions.run(by.origin, async (tx) => {
      const query = <Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
        tx.query<Row>(sql, parameters);
      // It changes the privileges on tables, which two transactions cannot do at once.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('redact', 0))`);
      const redacted = await redactVersion(query, request);
      await redactTitles(query, request);
      // They may quote what was redacted.
      await this.imported.forgetKept(tx, request.eventId);
      await this.users.requireAdmin(tx, by.userId);
      const { eventId, version } = request;
      this.audit.record(tx, [{ kind: 'version_redacted', actorId: by.userId, eventId, details: { version } }]);
      return redacted;
    });
  }
}
