import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../tracing/request-origin.js';

/** The caller of a request: a user with one of their sessions. */
export interface Actor {
  userId: string;
  username: string;
  sessionId: string;
  isAdmin: boolean;
  /** The IANA time zone of the profile. It applies to wall times without an offset. */
  timeZone: string;
  /** The request in which they call. */
  origin: RequestOrigin;
}

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor;
  }
}

/** The signed-in caller. Only on routes that declare `@SignedIn()` or `@RequireRole()`. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!actor) throw new Error('CurrentActor on a route without a signed-in caller');
  return actor;
});
