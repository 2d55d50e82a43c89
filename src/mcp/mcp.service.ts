import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../platform/http/actor.js';
import { packageVersion } from '../platform/config/package-version.js';
import { innerFetch } from './inner-fetch.js';

/** A response of the protocol. */
export interface McpAnswer {
  status: number;
  headers: Record<string, string>;
  content: Buffer;
}

/** What the transport reads of a request. */
const READ_HEADERS = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id'] as const;

/** Answers requests of the Model Context Protocol with the tools of sdk/mcp. */
@Injectable()
export class McpService {
  private readonly logger = new Logger('Mcp');

  constructor(private readonly host: HttpAdapterHost) {}

  /** Answers one POST: a message, or a list of them. The tools act with the token of the request. */
  async handle(actor: Actor, request: FastifyRequest, body: unknown): Promise<McpAnswer> {
    // A server that serves no agents does not load the protocol.
    const [{ answerHttp }, { Convene }, { tokenSession }] = await Promise.all([
      import('../../sdk/mcp/answer-http.js'),
      import('../../sdk/convene.js'),
      import('../../sdk/session-storage.js'),
    ]);
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const client = new Convene({
      session: tokenSession(bearerOf(request)),
      fetch: innerFetch(fastify, request),
      // Inside of one process no answer is lost, and what is refused for now is the agent's to repeat.
      retries: 0,
    });
    const response = await answerHttp(client, toWebRequest(request), body, {
      version: packageVersion(),
      me: { id: actor.userId, username: actor.username, time_zone: actor.timeZone },
      onFault: (error) => this.logger.error(error instanceof Error ? error.stack : error, { request_id: request.id }),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      content: Buffer.from(await response.arrayBuffer()),
    };
  }
}

/** The token that the guard has accepted. */
const bearerOf = ({ headers }: FastifyRequest): string => headers.authorization!.trim().split(/\s+/)[1]!;

function toWebRequest({ method, headers }: FastifyRequest): Request {
  const read = READ_HEADERS.flatMap((name): [string, string][] => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  // The body is parsed already.
  return new Request('http://convene/mcp', { method, headers: read });
}
