import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who is asking: an account, through one of its sessions. */
export interface Actor {
  userId: string;
  username: string;
  sessionId: string;
  isAdmin: boolean;
  /** IANA zone of the profile: wall times without a zone are read in it. */
  timeZone: string;
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
