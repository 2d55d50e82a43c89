import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Problem } from '../../problems/problem.js';
import { isDryRun } from '../http/dry-run-query.js';
import { IDEMPOTENCY_KEY, IDEMPOTENT } from '../http/write-route.js';

/** Why a guard would have refused a request that may be a retry. */
export interface DeferredRefusal {
  problem: Problem;
  /** True if a stored response may be sent although it has a body. */
  mayRead: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    deferredRefusal?: DeferredRefusal;
  }
}

/**
 * Lets a retry pass a guard whose answer its first attempt has changed, such as a transfer of ownership or leaving an
 * event. `IdempotencyInterceptor` then sends the stored response or, if there is none, throws the problem: the handler
 * never runs.
 * @throws Problem the same one when the request cannot be a retry
 */
export function refuseUnlessRetried(context: ExecutionContext, problem: Problem, mayRead: boolean): void {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const isIdempotent = Reflect.getMetadata(IDEMPOTENT, context.getHandler()) === true;
  const hasKey = request.headers[IDEMPOTENCY_KEY.toLowerCase()] !== undefined;
  if (!isIdempotent || !hasKey || isDryRun(context)) throw problem;
  request.deferredRefusal = { problem, mayRead };
}
