import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOriginAllowed } from '../live/live-origin.js';
import { Config } from '../platform/config/config.js';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { NeverQueued } from '../platform/queues/request-queues.js';
import { Problem } from '../problems/problem.js';
import { McpService } from './mcp.service.js';

/**
 * The Streamable HTTP transport of the Model Context Protocol, without sessions: each POST is whole in itself, and GET and
 * DELETE are a 405, as the protocol asks of such a server.
 */
@ApiExcludeController()
@Controller('mcp')
export class McpController {
  constructor(
    private readonly mcp: McpService,
    private readonly config: Config,
  ) {}

  /** @throws Problem origin_not_allowed for a page of another origin (the protocol requires the check) */
  @Post()
  @SignedIn()
  // The requests of the tools queue; this one waits for them, and would take the place that they need.
  @NeverQueued()
  // The requests of the tools count as what they are.
  @RouteConfig({ userBudget: 'reads' })
  async post(
    @CurrentActor() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    reply.header('cache-control', 'no-store');
    if (!isOriginAllowed(request.raw, this.config.values.corsOrigins)) {
      throw new Problem('origin_not_allowed', { byRight: true });
    }
    const { status, headers, content } = await this.mcp.handle(actor, request, body);
    void reply.status(status).headers(headers);
    return content;
  }
}
