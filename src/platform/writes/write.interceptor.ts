import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Transactions } from '../database/transactions.js';
import { invalid } from '../http/problem.js';
import { escaped } from '../http/validation.pipe.js';
import { dryRunView } from './dry-run-view.js';
import { type KeyedRequest, keyedRequest } from './idempotency.js';
import { IdempotencyService } from './idempotency.service.js';
import { DRY_RUN, IDEMPOTENT } from './write-route.js';

/**
 * Makes a whole request one transaction where the caller asks for it: taken back at the end (`dry_run`), or kept together
 * with its answer (`Idempotency-Key`). The handler knows nothing of either; what it runs joins the transaction. Should
 * the transaction have to start again, so does the handler.
 */
@Injectable()
export class WriteInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    if (request.method === 'GET' || request.method === 'HEAD') return next.handle();

    const is = (mark: string): boolean => this.reflector.get<boolean | undefined>(mark, context.getHandler()) ?? false;
    const work = (): Promise<unknown> => lastValueFrom(next.handle());
    const dry = takeDryRun(request, is(DRY_RUN));
    if (is(DRY_RUN) && !readsQuery(context)) refuseQuery(request);
    const keyed = is(IDEMPOTENT) ? keyedRequest(request) : null;
    if (dry) return from(this.rehearse(reply, work));
    return keyed ? from(this.once(keyed, reply, work)) : next.handle();
  }

  private async rehearse(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const rehearsal = await this.transactions.rehearse(work);
    // They name what isn't there.
    for (const name of ['etag', 'location']) reply.removeHeader(name);
    reply.status(200);
    return dryRunView(rehearsal);
  }

  private async once(keyed: KeyedRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const before = reply.getHeaders();
    const { answer, replayed } = await this.idempotency.once(keyed, async () => {
      const body = await work();
      const set = Object.entries(reply.getHeaders()).filter(([name, value]) => before[name] !== value);
      return {
        status: reply.statusCode,
        headers: Object.fromEntries(set.map(([name, it]) => [name, String(it)])),
        body,
      };
    });
    if (replayed) reply.status(answer.status).headers({ ...answer.headers, 'idempotent-replayed': 'true' });
    return answer.body ?? undefined;
  }
}

/** Whether the handler takes the query, which is then checked against what it declares. */
function readsQuery(context: ExecutionContext): boolean {
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as object;
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}

/** A `dry_run` that is misspelt must not become a real one. @throws Problem validation_failed */
function refuseQuery({ query }: FastifyRequest): void {
  const names = Object.keys(query as object);
  if (names.length === 0) return;
  const message = 'This call takes no such parameter.';
  throw invalid(...names.map((name) => ({ pointer: `/query/${escaped(name)}`, code: 'unknown_field', message })));
}

const WORDS: Record<string, boolean> = { true: true, '1': true, '': true, false: false, '0': false };

/**
 * Takes `dry_run` out of the query, which the route needn't know. Refused where it would do nothing: whoever asks for a
 * dry run must never get a real one.
 * @throws Problem validation_failed
 */
function takeDryRun(request: FastifyRequest, isOffered: boolean): boolean {
  const query = request.query as Record<string, unknown>;
  if (!('dry_run' in query)) return false;
  const { dry_run: value } = query;
  const pointer = '/query/dry_run';
  if (!isOffered) throw invalid({ pointer, code: 'unknown_field', message: 'This call has no dry run.' });
  const asked = typeof value === 'string' ? WORDS[value.toLowerCase()] : undefined;
  if (asked === undefined) throw invalid({ pointer, code: 'invalid', message: 'Must be true or false.' });
  delete query.dry_run;
  return asked;
}
