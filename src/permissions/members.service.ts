import { Injectable } from '@nestjs/common';
import type { Queryable } from '../platform/database/database.js';
import type { KnownPerson, Member } from './member.js';
import { PermissionsRepository } from './permissions.repository.js';

/** Reads the members of events. Callers have checked access. */
@Injectable()
export class MembersService {
  constructor(private readonly permissions: PermissionsRepository) {}

  /** Returns the members of an event, owner first, then by name. */
  list(queries: Queryable, eventId: string): Promise<Member[]> {
    return this.permissions.listMembers(queries, eventId);
  }

  /** Returns the given people who share an event with a person, in any role, or are that person. */
  listKnownPeople(queries: Queryable, userId: string, ids: string[]): Promise<KnownPerson[]> {
    return this.permissions.listKnownPeople(queries, userId, ids);
  }
}
