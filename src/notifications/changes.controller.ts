import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { ChangesView, ListChangesQuery, StreamChangesQuery } from './changes.dto.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService } from './live.service.js';
import { notificationView } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';
import { readSeq } from './stream-number.js';
import { SseTransport } from './sse.transport.js';

const EVENT_STREAM = 'text/event-stream';

@ApiTags('Notifications')
@Controller('api/changes')
export class ChangesController {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly live: LiveService,
    private readonly metrics: LiveMetrics,
  ) {}

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

  @Get('stream')
  @SignedIn()
  @RouteConfig({ produces: [EVENT_STREAM] })
  @ApiOperation({
    operationId: 'streamChanges',
    summary: 'Your stream of changes, live',
    description:
      'Server-Sent Events: `event: change` with the item as data and its number as `id`. Whoever comes back with `Last-Event-ID` misses nothing. See `/docs/realtime` for the other events.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Number of the last item that you have; browsers send it by themselves.',
    schema: { type: 'string' },
    example: '12',
  })
  @ApiOkResponse({
    description: 'The stream; it ends when the token does.',
    content: { [EVENT_STREAM]: { schema: { type: 'string' }, example: 'id: 12\nevent: change\ndata: {"seq":12}\n\n' } },
  })
  @ApiProblems('validation_failed', 'too_many_sockets')
  async stream(
    @CurrentActor() actor: Actor,
    @Query() query: StreamChangesQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = readSeq(lastEventId, '/header/last-event-id') ?? query.after;
    this.live.requireRoom(actor.userId);
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const signedIn = await this.live.signIn(token);
    reply.hijack();
    const { raw } = reply;
    // The client may have gone meanwhile, and doesn't say so twice.
    if (raw.destroyed) return;
    raw.on('error', () => undefined);
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': EVENT_STREAM,
      'cache-control': 'no-store',
      // Proxies would collect frames before they pass them on.
      'x-accel-buffering': 'no',
    });
    raw.flushHeaders();
    const opening = this.live.open(signedIn, new SseTransport(raw, this.metrics, after), after);
    raw.on('close', () => void opening.then((pipe) => pipe.left()));
  }
}
