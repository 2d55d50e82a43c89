import { Body, Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Config } from '../platform/config/config.js';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import {
  FeedsView,
  feedView,
  FeedWithLinkView,
  feedWithLinkView,
  MakeFeedBody,
  newFeed,
} from './calendar-feeds.dto.js';
import { CalendarFeeds, MAX_FEEDS_PER_PERSON } from './calendar-feeds.service.js';

/**
 * The feeds of a person. Not idempotent by key: a stored response would contain the secret, of which only a hash may be
 * stored.
 */
@ApiTags('Calendar exchange')
@Controller('api/calendar/feed')
@SignedIn()
export class CalendarFeedsController {
  constructor(
    private readonly feeds: CalendarFeeds,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listFeeds',
    summary: 'List your calendar feeds',
    description: 'Returns the feeds that you have made, and when applications last fetched them, without their links.',
  })
  @ApiOkResponse({ type: FeedsView, description: 'Your feeds' })
  async list(@CurrentActor() actor: Actor): Promise<FeedsView> {
    return { items: (await this.feeds.list(actor)).map(feedView) };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'makeFeed',
    summary: 'Make a calendar feed',
    description: `Returns a secret link to which a calendar application subscribes: everybody who has it can read what the feed contains, without signing in. It is shown once. You can have ${MAX_FEEDS_PER_PERSON}, one per application or per person who gets it. It ends when you revoke it, and with your account. \`Idempotency-Key\` has no effect, because the link is not stored.`,
  })
  @ApiCreatedResponse({ type: FeedWithLinkView, description: 'The feed, with its link' })
  @ApiProblems('validation_failed')
  async make(@CurrentActor() actor: Actor, @Body() body: MakeFeedBody): Promise<FeedWithLinkView> {
    return feedWithLinkView(await this.feeds.make(actor, newFeed(body)), this.config.publicUrl);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'rotateFeed',
    summary: 'Replace the link of a calendar feed',
    description:
      'Returns a new link. The old one is dead at once. Events keep their UIDs, so applications show no event twice.',
  })
  @ApiOkResponse({ type: FeedWithLinkView, description: 'The feed, with its new link' })
  @ApiProblems('not_found', 'validation_failed')
  async rotate(@CurrentActor() actor: Actor, @UuidParam('id', 'The feed.') id: string): Promise<FeedWithLinkView> {
    return feedWithLinkView(await this.feeds.rotate(actor, id), this.config.publicUrl);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeFeed',
    summary: 'Revoke a calendar feed',
    description: 'The link is dead at once. Applications keep what they fetched until the calendar is removed there.',
  })
  @ApiNoContentResponse({ description: 'The feed is revoked' })
  @ApiProblems('not_found', 'validation_failed')
  async revoke(@CurrentActor() actor: Actor, @UuidParam('id', 'The feed.') id: string): Promise<void> {
    await this.feeds.revoke(actor, id);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeFeeds',
    summary: 'Revoke all your calendar feeds',
    description: 'All links are dead at once.',
  })
  @ApiNoContentResponse({ description: 'No feed is left' })
  async revokeAll(@CurrentActor() actor: Actor): Promise<void> {
    await this.feeds.revokeAll(actor);
  }
}
