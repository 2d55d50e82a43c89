import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import type { Actor } from '../platform/http/actor.js';
import { ExportService } from './export.service.js';

/**
 * Exports that a person asks for. Each is in the audit trail; what applications fetch again and again is not: a feed keeps
 * when it was last used.
 */
@Injectable()
export class AuditedExports {
  constructor(
    private readonly exports: ExportService,
    private readonly audit: AuditTrail,
  ) {}

  /** Returns one event as a file. @throws Problem not_found */
  async exportEvent(actor: Actor, eventId: string): Promise<string> {
    const file = await this.exports.exportEvent(actor, eventId);
    this.record(actor, { eventId, events: 1 });
    return file;
  }

  /** Returns all events that a person sees as a file. */
  async exportCalendar(actor: Actor): Promise<string> {
    let events = 0;
    const file = await this.exports.exportAll(
      actor,
      { name: 'Convene' },
      {
        select: (entry) => {
          events += 1;
          return entry;
        },
      },
    );
    this.record(actor, { eventId: null, events });
    return file;
  }

  private record(actor: Actor, { eventId, events }: { eventId: string | null; events: number }): void {
    this.audit.collect(actor.origin, {
      kind: 'calendar_exported',
      actorId: actor.userId,
      eventId,
      details: { events },
    });
  }
}
