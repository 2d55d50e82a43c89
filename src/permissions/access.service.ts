import { Injectable } from '@nestjs/common';
import { notFound, Problem } from '../problems/problem.js';
import { PermissionsRepository } from './permissions.repository.js';
import { type Action, can, type Role } from './role.js';

export interface AccessOptions {
  /** Also allows the owner to act on an event in the trash, which is hidden from everybody else. */
  evenDeleted?: boolean;
}

type Judgement = { role: Role; problem: null } | { role: Role | null; problem: Problem };

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
    const { role, problem } = await this.judge(eventId, userId, action, options);
    if (problem) throw problem;
    return role;
  }

  /** Returns the caller's role on an event, and the problem of `require` if the role doesn't allow the action. */
  async judge(eventId: string, userId: string, action: Action, options: AccessOptions = {}): Promise<Judgement> {
    const access = await this.permissions.findAccess(eventId, userId);
    return judgeRole(access?.role ?? null, access?.deleted ?? false, action, options);
  }
}

/**
 * Returns the role if it allows the action. Pure.
 * @param role null for a person who is not a member
 * @throws Problem not_found, forbidden
 */
export function checkRole(role: Role | null, deleted: boolean, action: Action, options: AccessOptions = {}): Role {
  const judgement = judgeRole(role, deleted, action, options);
  if (judgement.problem) throw judgement.problem;
  return judgement.role;
}

function judgeRole(role: Role | null, deleted: boolean, action: Action, { evenDeleted }: AccessOptions): Judgement {
  if (role === null) return { role, problem: notFound() };
  if (deleted && !(evenDeleted && role === 'owner')) return { role, problem: notFound() };
  return can(role, action) ? { role, problem: null } : { role, problem: new Problem('forbidden') };
}
