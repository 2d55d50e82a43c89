import { Injectable } from '@nestjs/common';
import { notFound, Problem } from '../problems/problem.js';
import { PermissionsRepository } from './permissions.repository.js';
import { type Action, can, type Role } from './role.js';

export interface AccessOptions {
  /** Also allows the owner to act on an event in the trash, which is hidden from everybody else. */
  evenDeleted?: boolean;
}

/** Checks access to an event before a request is handled. `EventLock` checks it again under the lock. */
@Injectable()
export class AccessService {
  constructor(private readonly permissions: PermissionsRepository) {}

  /**
   * Returns the caller's role on an event.
   * @throws Problem not_found when the caller may not see the event; forbidden when their role does not allow the
   *   action
   */
  async require(eventId: string, userId: string, action: Action, options: AccessOptions = {}): Promise<Role> {
    const access = await this.permissions.findAccess(eventId, userId);
    return checkRole(access?.role ?? null, access?.deleted ?? false, action, options);
  }
}

/**
 * Returns the role if it allows the action. Pure.
 * @param role null for a person who is not a member
 * @throws Problem not_found, forbidden
 */
export function checkRole(role: Role | null, deleted: boolean, action: Action, options: AccessOptions = {}): Role {
  if (role === null) throw notFound();
  if (deleted && !(options.evenDeleted && role === 'owner')) throw notFound();
  if (!can(role, action)) throw new Problem('forbidden');
  return role;
}
