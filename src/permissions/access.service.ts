import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Database, type Queryable } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { notVisible, Problem } from '../problems/problem.js';
import { type Deletion, eventDeleted, eventPurged } from './event-deleted.js';
import { PermissionsRepository } from './permissions.repository.js';
import { type Action, can, type Role } from './role.js';

export interface AccessOptions {
  /** Also allows the owner to act on an event in the trash, which is hidden from everybody else. */
  evenDeleted?: boolean;
  /**
   * Whether the refusal tells those who can restore an event in the trash that it is there. By default for every write;
   * deleting what is deleted already asks for nothing else.
   */
  tellsOfDeletion?: boolean;
}

type Judgement = { role: Role; problem: null } | { role: Role | null; problem: Problem };

/** A role on an event, and the person in whose calendar the event is. */
export interface KnownRole {
  role: Role;
  ownerId: string;
}

/** How long a role is remembered for `expect`. */
const ROLE_MS = 60_000;

/** Checks access to an event before a request is handled. `EventLock` checks it again under the lock. */
@Injectable()
export class AccessService {
  private readonly lookups: Counter<'result'>;

  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly database: Database,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    { registry }: Metrics,
  ) {
    this.lookups = new Counter({
      name: 'convene_role_cache_total',
      help: 'Look-ups of roles before a write, by whether the cache had them.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['hit', 'miss']) this.lookups.inc({ result }, 0);
  }

  /**
   * Returns the caller's role on an event, and its owner.
   * @throws Problem not_found when the caller may not see the event; forbidden when their role does not allow the
   *   action; event_deleted for a write to an event in the trash by a caller who can restore it
   */
  async require(eventId: string, userId: string, action: Action, options: AccessOptions = {}): Promise<KnownRole> {
    const { role, problem, ownerId } = await this.judge(eventId, userId, action, options);
    if (problem) throw problem;
    return { role, ownerId: ownerId! };
  }

  /**
   * Reads of an event what a role allows, as it was at the moment at which the caller had that role. A role that is looked at
   * earlier may be taken away before the content is written that is then read.
   * @param work sent with the look at the role; its result is only returned when the role allows it
   * @throws Problem as `require` does
   */
  read<T>(
    eventId: string,
    userId: string,
    work: (queries: Queryable) => Promise<T>,
    { action = 'read', ...options }: AccessOptions & { action?: Action } = {},
  ): Promise<T> {
    return this.database.inSnapshot(async (queries) => {
      const looking = this.permissions.findAccess(eventId, userId, queries);
      const reading = work(queries);
      // Its error is only for those who may read.
      reading.catch(() => undefined);
      const access = await looking;
      checkRole(access?.role ?? null, access?.deletion ?? null, action, options);
      return reading;
    });
  }

  /**
   * Returns the caller's role on an event, and the problem of `require` if the role doesn't allow the action. The owner is
   * null without a role.
   */
  async judge(
    eventId: string,
    userId: string,
    action: Action,
    options: AccessOptions = {},
  ): Promise<Judgement & { ownerId: string | null }> {
    const access = await this.permissions.findAccess(eventId, userId);
    const judgement = judgeRole(access?.role ?? null, access?.deletion ?? null, action, options);
    return { ...judgement, ownerId: access?.ownerId ?? null };
  }

  /**
   * Refuses a write that the caller's role does not allow, before its body is looked at. A role that allowed it a minute
   * ago is enough here, because the role decides only under the lock; one that did not is looked up again. Returns the owner
   * as of then.
   * @throws Problem not_found, forbidden, event_deleted
   */
  async expect(eventId: string, userId: string, action: Action, options: AccessOptions = {}): Promise<string> {
    const key = `${eventId} ${userId}`;
    const known = await this.cache.get<KnownRole>(key);
    const allows = known !== undefined && can(known.role, action);
    this.lookups.inc({ result: allows ? 'hit' : 'miss' });
    if (allows) return known.ownerId;
    const found = await this.require(eventId, userId, action, options);
    await this.cache.set(key, found, ROLE_MS);
    return found.ownerId;
  }
}

/**
 * Returns the role if it allows the action. Pure.
 * @param role null for a person who is not a member
 * @param deletion null for an event that is not in the trash
 * @throws Problem not_found, forbidden, event_deleted
 */
export function checkRole(
  role: Role | null,
  deletion: Deletion | null,
  action: Action,
  options: AccessOptions = {},
): Role {
  const judgement = judgeRole(role, deletion, action, options);
  if (judgement.problem) throw judgement.problem;
  return judgement.role;
}

function judgeRole(
  role: Role | null,
  deletion: Deletion | null,
  action: Action,
  { evenDeleted, tellsOfDeletion = action !== 'read' }: AccessOptions,
): Judgement {
  if (role === null) return { role, problem: notVisible() };
  if (deletion?.purgedAt && action !== 'read') {
    const mayKnow = tellsOfDeletion && can(role, 'delete');
    return { role, problem: mayKnow ? eventPurged(deletion) : notVisible() };
  }
  if (deletion && !(evenDeleted && role === 'owner')) {
    // Only those who can restore the event learn that it exists.
    const mayKnow = tellsOfDeletion && can(role, 'delete');
    return { role, problem: mayKnow ? eventDeleted(deletion) : notVisible() };
  }
  return can(role, action) ? { role, problem: null } : { role, problem: new Problem('forbidden') };
}
