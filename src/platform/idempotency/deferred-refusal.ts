import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Problem } from '../../problems/problem.js';
import { isDryRun, isWriteRoute } from '../http/dry-run-query.js';
import { IDEMPOTENCY_KEY } from './keyed-request.js';

/** Why a guard would have refused a request that may be a retry. */
export interface DeferredRefusal {
  problem: Problem;
  /** True if a stored response may be sent although it has a body. */
  mayRead: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Set by a guard in place of an error for a request with a key: its first attempt may have ended the access that it
     * needed, such as a transfer of ownership or leaving an event. `IdempotentResponses` then sends the stored response
     * or, if there is none, throws the problem: the handler never runs.
     */
    deferredRefusal?: DeferredRefusal;
  }
}

/** Returns true for a request whose response may be a stored one. @throws Problem validation_failed for a bad `dry_run` */
export function isKeyed(context: ExecutionContext): boolean {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  if (headers[IDEMPOTENCY_KEY.toLowerCase()] === undefined) return false;
  return isWriteRoute(context) && !isDryRun(context);
}
