import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireRole } from '../permissions/role.guard.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { readWindow } from './list-query.js';
import { ListOccurrencesQuery, OccurrencesView } from './occurrences.dto.js';
import { OccurrencesService } from './occurrences.service.js';
import { occurrenceView } from './to-event-view.js';

@ApiTags('Events')
@Controller('api/events/:id/occurrences')
export class OccurrencesController {
  constructor(private readonly occurrences: OccurrencesService) {}

  @Get()
  @RequireRole('read', { readsOwnRole: true })
  @RouteConfig({ userBudget: 'expensive_reads' })
  @ApiOperation({
    operationId: 'listOccurrences',
    summary: 'List the occurrences of an event',
    description:
      'Lists the occurrences by start. The result is exact for any date, even a century ahead. Without `to`, the list is as long as the series; that of an endless one ends in the year 9999.',
  })
  @ApiOkResponse({ type: OccurrencesView, description: 'A page of occurrences' })
  async list(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: ListOccurrencesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OccurrencesView> {
    const window = readWindow(query, actor.timeZone);
    const { event, page } = await this.occurrences.list(actor, id, window, pageRequest(query, 'occurrences', 2));
    return {
      items: page.items.map((occurrence) => occurrenceView(event, occurrence)),
      ...pageView(page, query, request, reply),
    };
  }
}
