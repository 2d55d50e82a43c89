import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { isDryRun } from '../http/dry-run-query.js';
import { IDEMPOTENT } from '../http/write-route.js';
import type { DeferredRefusal } from './deferred-refusal.js';
import type { StoredResponse } from './idempotency-keys.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { type KeyedRequest, readKeyedRequest } from './keyed-request.js';

/**
 * Runs a request with an `Idempotency-Key` in one transaction and stores its response in it. The handler needs no
 * change: its transactions join this one. If the transaction has to run again, the handler runs again.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const isIdempotent = this.reflector.get<boolean | undefined>(IDEMPOTENT, context.getHandler()) ?? false;
    // A dry run stores nothing, so its response is not stored either.
    if (context.getType() !== 'http' || isDryRun(context) || !isIdempotent) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const keyed = readKeyedRequest(request);
    if (!keyed) return next.handle();
    const reply = http.getResponse<FastifyReply>();
    if (request.deferredRefusal) return from(this.replayRefused(keyed, request.deferredRefusal, reply));
    return from(this.once(keyed, reply, () => lastValueFrom(next.handle())));
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

  private async once(keyed: KeyedRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const before = reply.getHeaders();
    const { response, replayed } = await this.idempotency.once(keyed, async () => {
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
