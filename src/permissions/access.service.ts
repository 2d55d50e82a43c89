import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transactions.js';
import { notFound, Problem } from '../platform/http/problem.js';
import { type LockedEvent, PermissionsRepository } from './permissions.repository.js';
import { type Action, can, type Role } from './role.js';

interface AccessOptions {
  /** Also a deleted event, which only its owner can still see. */
  evenDeleted?: boolean;
}

/** The one judge of who may do what with an event: before a request is handled, and again under the lock. */
@Injectable()
export class AccessService {
  constructor(private readonly permissions: PermissionsRepository) {}

  /**
   * @returns the caller's role
   * @throws Problem not_found for what one may not see, forbidden for what one may see and not do
   */
  async require(eventId: string, userId: string, action: Action, options: AccessOptions = {}): Promise<Role> {
    const access = await this.permissions.findAccess(eventId, userId);
    return judge(access?.role ?? null, access?.deleted ?? false, action, options);
  }

  /**
   * Locks the event and judges again: the role may have changed since the request was let in.
   * @throws Problem not_found, forbidden
   */
  async lock(
    tx: Transaction,
    eventId: string,
    userId: string,
    action: Action,
    options: AccessOptions = {},
  ): Promise<LockedEvent & { role: Role }> {
    const event = await this.permissions.lockEvent(tx, eventId, userId);
    const role = judge(event?.role ?? null, event?.deleted ?? false, action, options);
    return { ...event!, role };
  }
}

function judge(role: Role | null, deleted: boolean, action: Action, { evenDeleted = false }: AccessOptions): Role {
  if (role === null) throw notFound();
  if (deleted && !(evenDeleted && role === 'owner')) throw notFound();
  if (!can(role, action)) throw new Problem('forbidden');
  return role;
}
