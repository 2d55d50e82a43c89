import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isDryRun, isWriteRoute } from './dry-run-query.js';

/** Refuses `dry_run` on every route that does not offer it: a caller who asks for a dry run must never cause a real write. */
@Injectable()
export class UnofferedDryRunGuard implements CanActivate {
  /** @throws Problem validation_failed */
  canActivate(context: ExecutionContext): boolean {
    if (!isWriteRoute(context)) isDryRun(context);
    return true;
  }
}
