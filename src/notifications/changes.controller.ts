import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { ChangesView, ListChangesQuery } from './changes.dto.js';
// Declares the document of `resync`.
import './resync-view.js';
import { notificationView } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('Notifications')
@Controller('api/changes')
export class ChangesController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listChanges',
    summary: 'Your stream of changes, by number',
    description:
      'Everything that happened on events that you can see, oldest first: the same items in the same order as over every live connection. Ask again with `last_seq` as `after`. What is older than the server keeps is 410: load anew what you show and read on after the number in `after`.',
  })
  @ApiOkResponse({ type: ChangesView, description: 'Items after the number' })
  @ApiProblems('validation_failed', 'resync')
  async list(@CurrentActor() actor: Actor, @Query() { after, limit }: ListChangesQuery): Promise<ChangesView> {
    const part = await this.notifications.listAfter(actor.userId, after, limit ?? 50);
    return {
      items: part.items.filter(({ visible }) => visible).map(notificationView),
      last_seq: part.reaches,
      has_more: part.reaches < part.lastSeq,
    };
  }
}
