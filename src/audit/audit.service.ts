import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/http/actor.js';
import { readQueryInstant } from '../platform/http/instant-text.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { UsersService } from '../users/users.service.js';
import { invalid, Problem } from '../problems/problem.js';
import type { AuditKind, AuditOutcome } from './audit-kinds.js';
import { AuditRepository, type ReadEntry } from './audit.repository.js';

export interface AuditQuestion {
  kind?: AuditKind;
  outcome?: AuditOutcome;
  requestId?: string;
  from?: string;
  to?: string;
  eventId?: string;
  userId?: string;
}

/** Reads the audit trail: people their own, administrators all of it. */
@Injectable()
export class AuditService {
  constructor(
    private readonly entries: AuditRepository,
    private readonly users: UsersService,
  ) {}

  /** @throws Problem validation_failed; admin_required when a person who is not an administrator asks for another */
  async list(reader: Actor, question: AuditQuestion, page: PageRequest): Promise<Page<ReadEntry>> {
    const { kind = null, outcome = null, requestId, eventId = null, userId = null } = question;
    // Read again, because the session may be cached: who was an administrator a moment ago reads nothing of others.
    const readsAll = reader.isAdmin && (await this.users.find(reader.userId))?.role === 'admin';
    const own = readsAll ? null : reader.userId;
    if (own !== null && userId !== null && userId !== own) throw new Problem('admin_required');
    const personId = own ?? userId;
    // As in the entries: people see which requests were theirs, not those of others.
    const request = requestId === undefined ? null : { id: requestId, actorId: own };
    const from = readTime('from', question.from, reader.timeZone);
    const to = readTime('to', question.to, reader.timeZone);
    return this.entries.list({ personId, kind, outcome, request, eventId, from, to }, page);
  }
}

function readTime(name: string, text: string | undefined, timeZone: string): Date | null {
  if (text === undefined) return null;
  const time = readQueryInstant(text, timeZone);
  if (!(time instanceof Date)) throw invalid({ ...time, pointer: `/query/${name}` });
  return time;
}
