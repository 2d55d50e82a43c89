import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { ChangesView, ListChangesQuery } from './changes.dto.js';
import { toNotificationView } from './notification-view.js';
import { Streams } from './streams.js';

@ApiTags('Notifications')
@Controller('api/changes')
export class ChangesController {
  constructor(private readonly streams: Streams) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listChanges',
    summary: 'List the changes of your stream',
    description:
      'Everything that happened on events that you can see, oldest first: the same items in the same order as over every live connection. Send `last_seq` as the next `after`. If items after `after` are no longer stored, the response is 410: reload what you show, then read on after the number in `after`.',
  })
  @ApiOkResponse({ type: ChangesView, description: 'The items that follow `after`' })
  @ApiProblems('validation_failed', 'resync')
  async list(@CurrentActor() actor: Actor, @Query() { after, limit }: ListChangesQuery): Promise<ChangesView> {
    const { items, reachedSeq, hasMore } = await this.streams.readPage(actor.userId, after, limit ?? 50);
    return {
      items: items.filter(({ visible }) => visible).map(toNotificationView),
      last_seq: reachedSeq,
      has_more: hasMore,
    };
  }
}
