import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireRole } from '../permissions/role.guard.js';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CALENDAR } from '../platform/http/body-formats.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { AuditedExports } from './audited-exports.service.js';
import { EXAMPLE_FILE } from './example-file.js';

export const CALENDAR_RESPONSE = {
  description: 'An iCalendar file (RFC 5545)',
  content: { [CALENDAR]: { schema: { type: 'string' as const }, example: EXAMPLE_FILE } },
};
export const CALENDAR_TYPE = `${CALENDAR}; charset=utf-8`;

@ApiTags('Calendar exchange')
@Controller('api')
export class ExportController {
  constructor(private readonly exports: AuditedExports) {}

  @Get('events/:id.ics')
  @RequireRole('read', { readsOwnRole: true })
  @RouteConfig({ produces: [CALENDAR] })
  @ApiOperation({
    operationId: 'exportEvent',
    summary: 'Export an event',
    description:
      'Returns the event as an iCalendar file: a series with its exclusions, added dates and changed occurrences, and with the time zone that it needs. Members are not in it.',
  })
  @ApiOkResponse(CALENDAR_RESPONSE)
  exportEvent(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    reply.type(CALENDAR_TYPE);
    return this.exports.exportEvent(actor, id);
  }

  @Get('calendar.ics')
  @SignedIn()
  @RouteConfig({ produces: [CALENDAR], userBudget: 'expensive_reads' })
  @ApiOperation({
    operationId: 'exportCalendar',
    summary: 'Export all events that you see',
    description: 'Returns all events that you see as an iCalendar file, by start.',
  })
  @ApiOkResponse(CALENDAR_RESPONSE)
  exportCalendar(@CurrentActor() actor: Actor, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(CALENDAR_TYPE);
    return this.exports.exportCalendar(actor);
  }
}
