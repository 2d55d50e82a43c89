import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { originOf } from '../http/request-origin.js';
import type { RequestOrigin } from '../tracing/request-origin.js';
import type { DeferredRefusal } from './deferred-refusal.js';
import type { StoredResponse } from './idempotency-keys.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { type KeyedRequest, readKeyedRequest } from './keyed-request.js';

/** Responds to requests with an `Idempotency-Key`. */
@Injectable()
export class IdempotentResponses {
  constructor(private readonly idempotency: IdempotencyService) {}

  /**
   * Runs a request with a key in one transaction, stores its response in it, and returns the body. The work needs no
   * change: its transactions join this one. If the transaction has to run again, the work runs again.
   */
  async respond(request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const keyed = readKeyedRequest(request);
    if (!keyed) return work();
    if (request.deferredRefusal) return this.replayRefused(keyed, request.deferredRefusal, reply);
    return this.once(originOf(request), keyed, reply, work);
  }

  /** Sends the stored response to a caller whose access has changed since. @throws Problem the refusal if there is none */
  private async replayRefused(
    keyed: KeyedRequest,
    { problem, mayRead }: DeferredRefusal,
    reply: FastifyReply,
  ): Promise<unknown> {
    const response = await this.idempotency.find(keyed);
    if (!response || (response.body !== null && !mayRead)) throw problem;
    return replay(response, reply);
  }

  private async once(
    origin: RequestOrigin,
    keyed: KeyedRequest,
    reply: FastifyReply,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const before = reply.getHeaders();
    const { response, replayed } = await this.idempotency.once(origin, keyed, async () => {
      const body = await work();
      const set = Object.entries(reply.getHeaders()).filter(([name, value]) => before[name] !== value);
      const headers = Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
      return { status: reply.statusCode, headers, body };
    });
    return replayed ? replay(response, reply) : (response.body ?? undefined);
  }
}

function replay(response: StoredResponse, reply: FastifyReply): unknown {
  reply.status(response.status).headers({ ...response.headers, 'idempotent-replayed': 'true' });
  return response.body ?? undefined;
}
