import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { FindTimeBody } from './find-time.dto.js';
import { FindTimeService } from './find-time.service.js';
import { FoundTimesView, foundTimesView } from './find-time-view.js';

@ApiTags('Scheduling')
@Controller('api/find-time')
export class FindTimeController {
  constructor(private readonly times: FindTimeService) {}

  @Post()
  @HttpCode(200)
  @SignedIn()
  @ApiOperation({
    operationId: 'findTime',
    summary: 'Find times that suit everybody',
    description:
      'Looks at every quarter of an hour of the window. Everybody who must be there is free then, with the buffer, and within working hours. With a `recurrence_pattern` a time is the start of a series, and the answer says at how many of its first occurrences everybody can. Nothing is written or held: create the event to take the time. Why other times were passed over is told without saying what people do then.',
  })
  @ApiOkResponse({ type: FoundTimesView, description: 'The best times; an empty list when there is none' })
  async find(@CurrentActor() actor: Actor, @Body() body: FindTimeBody): Promise<FoundTimesView> {
    return foundTimesView(await this.times.find(actor, body));
  }
}
