import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../tracing/request-origin.js';
import { clientGone } from './problem.filter.js';
import { refuseBeforeBody } from './refuse-before-body.js';

declare module 'fastify' {
  interface FastifyRequest {
    origin?: RequestOrigin;
  }
}

const MAX_USER_AGENT = 400;

/** Refuses requests whose client has left before its address was known. */
export function requireAddress(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // Asked for once, it stays known when the client leaves: what is done or refused then has an address too. A client that
    // has reset the connection by now has none, and whatever it asks for could be done without a trace, and without limits.
    if (request.raw.socket.remoteAddress !== undefined) return done();
    reply.clientLeft = true;
    refuseBeforeBody(clientGone(), request, reply);
  });
}

/** Returns the origin of a request, always the same object. */
export const originOf = (request: FastifyRequest): RequestOrigin => (request.origin ??= new OriginOfRequest(request));

/** The origin of the request, for routes without an actor. */
export const CurrentOrigin = createParamDecorator((_data: unknown, context: ExecutionContext): RequestOrigin =>
  originOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Looks when it is asked: most requests record nothing. */
class OriginOfRequest implements RequestOrigin {
  constructor(private readonly request: FastifyRequest) {}

  get requestId(): string {
    return this.request.id;
  }

  get sessionId(): string | null {
    return this.request.actor?.sessionId ?? null;
  }

  get address(): string {
    return this.request.ip;
  }

  get userAgent(): string | null {
    return boundUserAgent(this.request.headers['user-agent']);
  }
}

/** Returns a `User-Agent` as it can be stored: of bounded length, without NUL. */
export const boundUserAgent = (text: string | null | undefined): string | null =>
  text?.replaceAll('\0', '').slice(0, MAX_USER_AGENT) ?? null;
