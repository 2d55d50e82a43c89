import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/http/actor.js';
import { readQueryInstant } from '../platform/http/instant-text.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { invalid, Problem } from '../problems/problem.js';
import type { AuditKind } from './audit-kinds.js';
import { AuditRepository, type ReadEntry } from './audit.repository.js';

export interface AuditQuestion {
  kind?: AuditKind;
  from?: string;
  to?: string;
  eventId?: string;
  userId?: string;
}

/** Reads the audit trail: people their own, administrators all of it. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /** @throws Problem validation_failed; admin_required when a person who is not an administrator asks for another */
  async list(reader: Actor, question: AuditQuestion, page: PageRequest): Promise<Page<ReadEntry>> {
    const { kind = null, eventId = null, userId = null } = question;
    if (!reader.isAdmin && userId !== null && userId !== reader.userId) throw new Problem('admin_required');
    const personId = reader.isAdmin ? userId : reader.userId;
    const from = readTime('from', question.from, reader.timeZone);
    const to = readTime('to', question.to, reader.timeZone);
    return this.entries.list({ personId, kind, eventId, from, to }, page);
  }
}

function readTime(name: string, text: string | undefined, timeZone: string): Date | null {
  if (text === undefined) return null;
  const time = readQueryInstant(text, timeZone);
  if (!(time instanceof Date)) throw invalid({ ...time, pointer: `/query/${name}` });
  return time;
}
