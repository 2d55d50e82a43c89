import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { toAuditEntryView } from './audit-view.js';
import { AuditView, ListAuditQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Read the audit trail',
    description:
      'Returns what you did and what happened to you, newest first: sign-ins, refusals, writes, changes of roles. An administrator reads the entries of everybody. Refusals and failed sign-ins appear within a second. Entries are kept for `AUDIT_DAYS`.',
  })
  @ApiOkResponse({ type: AuditView, description: 'A page of entries' })
  @ApiProblems('validation_failed', 'admin_required')
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ListAuditQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditView> {
    const { kind, outcome, from, to, request_id: requestId, event_id: eventId, user_id: userId } = query;
    const question = { kind, outcome, from, to, requestId, eventId, userId };
    const page = await this.audit.list(actor, question, pageRequest(query, 'audit', 2));
    return {
      items: page.items.map((entry) => toAuditEntryView(entry, actor)),
      ...pageView(page, query, request, reply),
    };
  }
}
