import { Injectable } from '@nestjs/common';
import { notFound, Problem } from '../problems/problem.js';
import { PermissionsRepository } from './permissions.repository.js';
import { type Action, can, type Role } from './role.js';

export interface AccessOptions {
  /** Also allows the owner to act on an event in the trash, which nobody else can see. */
  evenDeleted?: boolean;
}

/** Answers who may do what with an event before a request is handled; `EventLock` judges again under the lock. */
@Injectable()
export class AccessService {
  constructor(private readonly permissions: PermissionsRepository) {}

  /**
   * Returns the caller's role.
   * @throws Problem not_found for an event the caller may not see, forbidden for one they may see but not change
   */
  async require(eventId: string, userId: string, action: Action, options: AccessOptions = {}): Promise<Role> {
    const access = await this.permissions.findAccess(eventId, userId);
    return judge(access?.role ?? null, access?.deleted ?? false, action, options);
  }
}

/**
 * Returns the role if it allows the action. Pure.
 * @param role null for somebody who is not a member
 * @throws Problem not_found, forbidden
 */
export function judge(role: Role | null, deleted: boolean, action: Action, options: AccessOptions = {}): Role {
  if (role === null) throw notFound();
  if (deleted && !(options.evenDeleted && role === 'owner')) throw notFound();
  if (!can(role, action)) throw new Problem('forbidden');
  return role;
}
