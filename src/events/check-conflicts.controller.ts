import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { CheckConflictsService } from './check-conflicts.service.js';
import { CheckConflictsBody, ConflictCheckView } from './check-conflicts.dto.js';

@ApiTags('Events')
@Controller('api/events/check-conflicts')
export class CheckConflictsController {
  constructor(private readonly checks: CheckConflictsService) {}

  @Post()
  @HttpCode(200)
  @SignedIn()
  @ApiOperation({
    operationId: 'checkConflicts',
    summary: 'Ask what an event would clash with',
    description:
      'The question that creating or changing an event asks, with nothing written and nobody told. The answer holds for this moment: only a write takes the time. With `event_id` you need the role of an editor there.',
  })
  @ApiOkResponse({ type: ConflictCheckView, description: 'What stands in the way; empty lists when nothing does' })
  @ApiProblems('not_found', 'forbidden')
  async check(@CurrentActor() actor: Actor, @Body() body: CheckConflictsBody): Promise<ConflictCheckView> {
    const { event_id: eventId, ...input } = body;
    const { conflicts, suggestions, possibleConflictsAfter } = await this.checks.check(actor, input, eventId ?? null);
    return { conflicts, suggestions, possible_conflicts_after: possibleConflictsAfter };
  }
}
