import { Injectable } from '@nestjs/common';
import { HistoryService } from '../history/history.service.js';
import { AccessService } from '../permissions/access.service.js';
import type { Member } from '../permissions/member.js';
import { MembersService } from '../permissions/members.service.js';
import type { Queryable } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { notFound } from '../problems/problem.js';

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
    const list = (queries: Queryable): Promise<Member[]> =>
      asOf ? this.history.listMembersAsOf(queries, eventId, asOf) : this.members.list(queries, eventId);
    const members = await this.access.read(eventId, actor.userId, list, { evenDeleted: asOf !== null });
    // It did not exist yet.
    if (members.length === 0) throw notFound();
    return members;
  }
}
