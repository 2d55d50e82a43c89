import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { isDryRun } from '../http/dry-run-query.js';
import { IDEMPOTENT } from '../http/write-route.js';
import { IdempotencyService } from './idempotency.service.js';
import { type KeyedRequest, keyedRequest } from './keyed-request.js';

/**
 * Makes a request with an `Idempotency-Key` one transaction, kept together with its answer. The handler knows nothing of
 * it: what it runs joins the transaction. If the transaction has to start again, so does the handler.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const isKept = this.reflector.get<boolean | undefined>(IDEMPOTENT, context.getHandler()) ?? false;
    // A dry run keeps nothing, so there is no answer to keep either.
    if (context.getType() !== 'http' || isDryRun(context) || !isKept) return next.handle();
    const http = context.switchToHttp();
    const keyed = keyedRequest(http.getRequest<FastifyRequest>());
    if (!keyed) return next.handle();
    return from(this.once(keyed, http.getResponse<FastifyReply>(), () => lastValueFrom(next.handle())));
  }

  private async once(keyed: KeyedRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const before = reply.getHeaders();
    const { answer, replayed } = await this.idempotency.once(keyed, async () => {
      const body = await work();
      const set = Object.entries(reply.getHeaders()).filter(([name, value]) => before[name] !== value);
      const headers = Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
      return { status: reply.statusCode, headers, body };
    });
    if (replayed) reply.status(answer.status).headers({ ...answer.headers, 'idempotent-replayed': 'true' });
    return answer.body ?? undefined;
  }
}
