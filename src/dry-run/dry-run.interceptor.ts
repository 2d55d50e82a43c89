import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { hasOwnDryRun, isDryRun } from '../platform/http/dry-run-query.js';
import { DryRunService } from './dry-run.service.js';

/**
 * Runs a request with `?dry_run=true` in one transaction that is rolled back at the end. Handlers need no support for
 * it.
 */
@Injectable()
export class DryRunInterceptor implements NestInterceptor {
  constructor(private readonly dryRuns: DryRunService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!isDryRun(context) || hasOwnDryRun(context)) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.run(reply, () => lastValueFrom(next.handle())));
  }

  private async run(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
    const result = await this.dryRuns.run(work);
    // These headers would refer to something that does not exist.
    for (const name of ['etag', 'location']) reply.removeHeader(name);
    reply.status(200).header('convene-dry-run', 'true');
    return result;
  }
}
