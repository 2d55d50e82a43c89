import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readSeq } from '../notifications/stream-number.js';
import { SignedIn, TokenInQuery } from '../platform/http/access.js';
import { NeverQueued } from '../platform/queues/request-queues.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { StreamChangesQuery } from './changes-stream.dto.js';
import { LIVE_LIMITS } from './live-limits.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService } from './live.service.js';
import { SseTransport } from './sse.transport.js';

const EVENT_STREAM = 'text/event-stream';
/** Milliseconds of silence after which TCP asks whether the other host is still there. */
const KEEP_ALIVE_MS = 10_000;

@ApiTags('Notifications')
@Controller('api/changes/stream')
export class ChangesStreamController {
  constructor(
    private readonly live: LiveService,
    private readonly metrics: LiveMetrics,
  ) {}

  @Get()
  @SignedIn()
  @TokenInQuery()
  @NeverQueued()
  @RouteConfig({ produces: [EVENT_STREAM], addressBudget: 'connect_address', userBudget: 'none' })
  @ApiOperation({
    operationId: 'streamChanges',
    summary: 'Stream your changes live',
    description:
      'Server-Sent Events: `event: change` with the item as `data` and its `seq` as `id`. A client that reconnects with `Last-Event-ID` misses nothing. `/docs/realtime` describes the other events.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last `id` that you received; browsers send it when they reconnect.',
    schema: { type: 'string' },
    example: '12',
  })
  @ApiOkResponse({
    description:
      'The stream. It ends after at most `SSE_SECONDS` (50), and when the token expires: ask again with the last `id` as `Last-Event-ID`, as `EventSource` does by itself.',
    content: { [EVENT_STREAM]: { schema: { type: 'string' }, example: 'id: 12\nevent: change\ndata: {"seq":12}\n\n' } },
  })
  @ApiProblems('validation_failed')
  async stream(
    @Query() query: StreamChangesQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = readSeq(lastEventId, '/header/last-event-id') ?? query.after;
    if (request.method === 'HEAD') return void reply.type(EVENT_STREAM).header('cache-control', 'no-store').send();
    const bearer = /^\s*bearer\s+(\S+)/i.exec(request.headers.authorization ?? '')?.[1];
    const signedIn = await this.live.signIn(bearer ?? query.token);
    const { raw } = reply;
    // The client may have closed the connection meanwhile; then there is no further event.
    if (raw.destroyed) return void reply.send();
    reply.hijack();
    raw.on('error', () => undefined);
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': EVENT_STREAM,
      'cache-control': 'no-store',
      // Keeps proxies from buffering frames.
      'x-accel-buffering': 'no',
      // Less than the server waits for the request that renews the stream, so that none is sent to a closing connection.
      'keep-alive': `timeout=${LIVE_LIMITS.maxRenewSeconds / 2}`,
    });
    raw.flushHeaders();
    // Finds out hosts that are gone without a word.
    raw.socket?.setKeepAlive(true, KEEP_ALIVE_MS);
    const opening = this.live.open(signedIn, new SseTransport(raw, this.metrics, after), after);
    raw.on('close', () => void opening.then((connection) => connection.markClosed()));
  }
}
