import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { EVENT_DELETED } from '../permissions/event-deleted.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { CheckConflictsService } from './check-conflicts.service.js';
import { toEventInput } from './events.dto.js';
import { CheckConflictsBody, ConflictCheckView } from './check-conflicts.dto.js';

@ApiTags('Events')
@Controller('api/events/check-conflicts')
export class CheckConflictsController {
  constructor(private readonly checks: CheckConflictsService) {}

  @Post()
  @HttpCode(200)
  @SignedIn()
  @RouteConfig({ userBudget: 'expensive_reads' })
  @ApiOperation({
    operationId: 'checkConflicts',
    summary: 'Check an event for conflicts',
    description:
      'Makes the check that creating or updating an event makes, but stores nothing and notifies nobody. Takes the same body; an event that was read can be sent as it is, with some fields changed. The result may be out of date at once: only a write occupies the time. With `event_id`, you need to be an editor of that event.',
  })
  @ApiOkResponse({ type: ConflictCheckView, description: 'The conflicts; empty lists when there are none' })
  @ApiProblems('not_found', 'forbidden', EVENT_DELETED)
  async check(@CurrentActor() actor: Actor, @Body() body: CheckConflictsBody): Promise<ConflictCheckView> {
    const { id = null, event_id: eventId = id, ...event } = body;
    const { content } = toEventInput(event);
    const { conflicts, suggestions, possibleConflictsAfter } = await this.checks.check(actor, content, eventId);
    return { conflicts, suggestions, possible_conflicts_after: possibleConflictsAfter };
  }
}
