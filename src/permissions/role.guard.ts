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
import { isKeyed } from '../platform/idempotency/deferred-refusal.js';
import { parseUuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { AccessService } from './access.service.js';
import { EVENT_DELETED, EVENT_PURGED } from './event-deleted.js';
import type { Action } from './role.js';

const REQUIREMENT = 'convene:requirement';

interface Requirement {
  action: Action;
  evenDeleted: boolean;
  readsOwnRole: boolean;
  locks: boolean;
  tellsOfDeletion: boolean;
}

/** Checks the caller's role on the event `:id` of the path, unless the handler reads it with the content. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.reflector.get<Requirement>(REQUIREMENT, context.getHandler());
    const { action, evenDeleted, readsOwnRole, locks, tellsOfDeletion } = requirement;
    const options = { evenDeleted, tellsOfDeletion };
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
    const eventId = parseUuidParam('id', request.params.id);
    if (readsOwnRole) return true;
    const { userId } = request.actor!;
    request.judgeAgain = () => this.access.require(eventId, userId, action, options);
    if (isKeyed(context)) {
      // A remembered role is not enough to repeat a response.
      const { role, problem, ownerId } = await this.access.judge(eventId, userId, action, options);
      if (problem) request.deferredRefusal = { problem, mayRead: role !== null };
      request.calendarOwnerId = ownerId;
    } else if (locks) request.calendarOwnerId = await this.access.expect(eventId, userId, action, options);
    else request.calendarOwnerId = (await this.access.require(eventId, userId, action, options)).ownerId;
    return true;
  }
}

/**
 * Requires a role on the event `:id` that allows the action.
 * @param evenDeleted also allows the owner when the event is in the trash
 * @param readsOwnRole for a read: the handler looks at the caller's role itself, at the moment of what it reads (`AccessService.read`,
 *   or a statement that joins the role and finds nothing without it)
 * @param tellsOfDeletion whether the refusal tells those who can restore an event in the trash that it is there
 * @param locks for a write: the handler judges the role again under the lock (`EventLock.lockFor`)
 */
export const RequireRole = (
  action: Action,
  { evenDeleted = false, readsOwnRole = false, locks = false, tellsOfDeletion = action !== 'read' } = {},
): MethodDecorator =>
  applyDecorators(
    SignedIn(),
    SetMetadata(REQUIREMENT, { action, evenDeleted, readsOwnRole, locks, tellsOfDeletion } satisfies Requirement),
    UseGuards(RoleGuard),
    ApiProblems('not_found', 'validation_failed'),
    ...(action === 'read' ? [] : [ApiProblems('forbidden')]),
    ...(tellsOfDeletion ? [ApiProblems(EVENT_DELETED, EVENT_PURGED)] : []),
  );
