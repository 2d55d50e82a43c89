import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
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
  @RouteConfig({ userBudget: 'expensive_reads' })
  @ApiOperation({
    operationId: 'findTime',
    summary: 'Find times that suit everybody',
    description:
      'Checks every quarter of an hour of the window. At each suggested time all required people are free, including the buffer, and within working hours. With a `recurrence_pattern`, a time is the start of a series, and the response contains the number of its first occurrences that suit everybody. The call stores and reserves nothing: create the event to book the time. The reasons for rejected times do not reveal what people are doing.',
  })
  @ApiOkResponse({ type: FoundTimesView, description: 'The best times; an empty list if there are none' })
  async find(@CurrentActor() actor: Actor, @Body() body: FindTimeBody): Promise<FoundTimesView> {
    return foundTimesView(await this.times.find(actor, body));
  }
}
