import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transactions.js';
import type { Acquaintance, Member } from './member.js';
import { PermissionsRepository } from './permissions.repository.js';

/** Reads who is a member of an event. The guard has checked that the caller may know. */
@Injectable()
export class MembersService {
  constructor(private readonly permissions: PermissionsRepository) {}

  /** Returns the members of an event, owner first, then by name. */
  list(eventId: string, tx?: Transaction): Promise<Member[]> {
    return this.permissions.listMembers(eventId, tx);
  }

  /** Returns those of the people who share an event with a person, in any role, or are that person. */
  listAcquaintances(userId: string, ids: string[]): Promise<Acquaintance[]> {
    return this.permissions.listAcquaintances(userId, ids);
  }
}
