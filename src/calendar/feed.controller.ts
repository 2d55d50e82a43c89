import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../platform/http/access.js';
import { CACHE_CONTROL, isNotModified } from '../platform/http/etag.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { RequestQueues } from '../platform/queues/request-queues.js';
import { CALENDAR_RESPONSE, CALENDAR_TYPE } from './export.controller.js';
import { FeedService } from './feed.service.js';

/** What calendar applications fetch, which can send no token. Outside of `/api`: some accept nothing that they name. */
@ApiTags('Calendar exchange')
@Controller('feeds')
export class FeedController {
  constructor(
    private readonly feeds: FeedService,
    private readonly queues: RequestQueues,
  ) {}

  @Get(':secret.ics')
  @Public()
  @RouteConfig({ addressBudget: 'feeds_address' })
  @ApiOperation({
    operationId: 'getFeed',
    summary: 'Fetch a calendar feed',
    description:
      'For calendar applications: the secret in the link is the only credential, so keep the link private. Returns the file that `GET /api/calendar.ics` returns, or the part of it that the feed was made for, and says that it is to be fetched again after an hour. Send the `ETag` back as `If-None-Match`: while nothing has changed, the response is 304. A secret that was never valid, was replaced or was revoked gives 404, and never an empty calendar. The link appears in no log.',
  })
  @ApiParam({
    name: 'secret',
    description: 'The secret of the feed.',
    schema: { type: 'string', example: 'kQ3vB2xY7mZ0pL5sT9wR1cD4fG6hJ8kN0aS2dF4gH6j' },
  })
  @ApiOkResponse(CALENDAR_RESPONSE)
  @ApiProblems('not_found', 'rate_limited')
  async get(
    @Param('secret') secret: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    // A refusal must not be stored: the applications of a person may share a cache.
    reply.headers({ 'cache-control': 'no-store', vary: 'accept-encoding' });
    const feed = await this.feeds.find(secret);
    // The requests of one person wait for each other here, like those with a token.
    const leave = await this.queues.enter(this.queues.ofCaller, feed.userId, request);
    if (reply.raw.destroyed) leave();
    else reply.raw.once('close', leave);
    const tag = await this.feeds.tagOf(feed);
    const file = isNotModified(tag, request, reply) ? undefined : await this.feeds.write(feed);
    reply.headers({ 'cache-control': CACHE_CONTROL, vary: 'accept-encoding' });
    if (file !== undefined) reply.type(CALENDAR_TYPE);
    return file;
  }
}
