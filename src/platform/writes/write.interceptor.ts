import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Problem } from '../../problems/problem.js';
import { hasOwnDryRun, isDryRun } from '../http/dry-run-query.js';
import { originOf } from '../http/request-origin.js';
import { IdempotentResponses } from '../idempotency/idempotent-responses.js';
import { RequestQueues } from '../queues/request-queues.js';
import { DryRuns } from './dry-runs.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by a guard that let a write begin: throws if the caller may no longer make it. */
    judgeAgain?: () => Promise<unknown>;
  }
}

/** Runs the handler of a `WriteRoute`. */
@Injectable()
export class WriteInterceptor implements NestInterceptor {
  constructor(
    private readonly queues: RequestQueues,
    private readonly responses: IdempotentResponses,
    private readonly dryRuns: DryRuns,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.judged(context, () => lastValueFrom(next.handle())));
  }

  /**
   * A refusal says something of what it is about, which somebody must not hear whose access has ended since the guard: their role
   * was remembered, or the write waited for others.
   */
  private async judged(context: ExecutionContext, work: () => Promise<unknown>): Promise<unknown> {
    try {
      return await this.write(context, work);
    } catch (error) {
      // A server with too much to do says nothing of it.
      const isAboutIt = error instanceof Problem && error.status < 500 && error.status !== 429;
      if (isAboutIt) await context.switchToHttp().getRequest<FastifyRequest>().judgeAgain?.();
      throw error;
    }
  }

  /**
   * The write has a place in the queue of the calendar until it is done, not until its response is read: those who read
   * slowly must not keep other people from writing. What waits has not begun a transaction.
   */
  private async write(context: ExecutionContext, work: () => Promise<unknown>): Promise<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const owner = request.calendarOwnerId ?? request.actor!.userId;
    const leave = await this.queues.enter(this.queues.ofCalendar, owner, request);
    try {
      if (!isDryRun(context)) return await this.responses.respond(request, reply, work);
      // It stores nothing, so its response is not stored either.
      return await (hasOwnDryRun(context) ? work() : this.dryRun(request, reply, work));
    } finally {
      leave();
    }
  }

  private async dryRun(request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const result = await this.dryRuns.run(originOf(request), work);
    // These headers would refer to something that does not exist.
    for (const name of ['etag', 'location']) reply.removeHeader(name);
    reply.status(200).header('convene-dry-run', 'true');
    return result;
  }
}
