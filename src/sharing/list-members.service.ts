import { Injectable } from '@nestjs/common';
import { HistoryService } from '../history/history.service.js';
import { AccessService } from '../permissions/access.service.js';
import type { Member } from '../permissions/member.js';
import { MembersService } from '../permissions/members.service.js';
import type { Actor } from '../platform/http/actor.js';

/** Lists the members of an event, now or as of an earlier time. */
@Injectable()
export class ListMembersService {
  constructor(
    private readonly access: AccessService,
    private readonly members: MembersService,
    private readonly history: HistoryService,
  ) {}

  /**
   * Returns the members, owner first, then by name.
   * @param asOf an earlier time; null for the current members
   * @throws Problem not_found for the current members of a deleted event, and for a time before the event existed
   */
  async list(actor: Actor, eventId: string, asOf: Date | null): Promise<Member[]> {
    if (asOf) return this.history.getMembersAsOf(eventId, asOf);
    await this.access.require(eventId, actor.userId, 'read');
    return this.members.list(eventId);
  }
}
