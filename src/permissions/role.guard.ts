import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { refuseUnlessRetried } from '../platform/idempotency/deferred-refusal.js';
import { parseUuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { AccessService } from './access.service.js';
import type { Action } from './role.js';

const REQUIREMENT = 'convene:requirement';

interface Requirement {
  action: Action;
  evenDeleted: boolean;
  readsOwnRole: boolean;
}

/** Checks the caller's role on the event `:id` of the path, in one indexed query or in that of the handler. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { action, evenDeleted, readsOwnRole } = this.reflector.get<Requirement>(REQUIREMENT, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
    const eventId = parseUuidParam('id', request.params.id);
    if (readsOwnRole) return true;
    const { role, problem } = await this.access.judge(eventId, request.actor!.userId, action, { evenDeleted });
    if (problem) refuseUnlessRetried(context, problem, role !== null);
    return true;
  }
}

/**
 * Requires a role on the event `:id` that allows the action.
 * @param evenDeleted also allows the owner when the event is in the trash
 * @param readsOwnRole for a read: the statement of the handler joins the caller's role, and finds nothing without it
 */
export const RequireRole = (action: Action, { evenDeleted = false, readsOwnRole = false } = {}): MethodDecorator =>
  applyDecorators(
    SignedIn(),
    SetMetadata(REQUIREMENT, { action, evenDeleted, readsOwnRole } satisfies Requirement),
    UseGuards(RoleGuard),
    ApiProblems('not_found', 'validation_failed'),
    ...(action === 'read' ? [] : [ApiProblems('forbidden')]),
  );
