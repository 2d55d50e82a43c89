import { Controller, Get, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { wireInterval } from './conflict.js';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { personView } from '../users/user-view.js';
import { FreeBusyQuery, FreeBusyView } from './free-busy.dto.js';
import { FreeBusyService } from './free-busy.service.js';

@ApiTags('Scheduling')
@Controller('api/free-busy')
export class FreeBusyController {
  constructor(private readonly freeBusy: FreeBusyService) {}

  @Get()
  @SignedIn()
  @RouteConfig({ userBudget: 'expensive_reads' })
  @ApiOperation({
    operationId: 'getFreeBusy',
    summary: 'Get when people are busy',
    description:
      'A person is busy during the events that they own and that are shown as busy. The response contains times, never events. A person with whom you share no event gives the same error as one who does not exist: 422 `unknown_person`. The result is exact for any date, even a century ahead.',
  })
  @ApiOkResponse({ type: FreeBusyView, description: 'The busy time of each person' })
  @ApiProblems('validation_failed')
  async list(@CurrentActor() actor: Actor, @Query() query: FreeBusyQuery): Promise<FreeBusyView> {
    const found = await this.freeBusy.list(actor, query.user_ids, query);
    return {
      items: found.map(({ person, busy }) => ({ user: personView(person), busy: busy.map(wireInterval) })),
    };
  }
}
