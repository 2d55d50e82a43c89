import { Injectable } from '@nestjs/common';
import { BusyTimeService } from './busy-time.service.js';
import type { Interval } from './occupancy.js';
import type { KnownPerson } from '../permissions/member.js';
import { Database, type Queryable } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid } from '../problems/problem.js';
import { KnownPeopleService } from './known-people.service.js';
import { readSpan } from './span.js';
import { refuseTooMuchBusyTime } from './refuse-too-much-busy-time.js';

export interface PersonBusy {
  person: KnownPerson;
  busy: Interval[];
}

const MAX_DAYS = 92;

@Injectable()
export class FreeBusyService {
  constructor(
    private readonly database: Database,
    private readonly people: KnownPeopleService,
    private readonly busyTime: BusyTimeService,
  ) {}

  /**
   * Returns when people are busy, in the order of the ids.
   * @param span a window as the client sent it; wall times and dates are in the actor's zone
   * @throws Problem validation_failed, also for people with whom the actor shares no event
   */
  async list(actor: Actor, userIds: unknown[], span: { from: string; to: string }): Promise<PersonBusy[]> {
    const read = readSpan(span, { timeZone: actor.timeZone, maxDays: MAX_DAYS, prefix: '/query' });
    // In one snapshot, so that people who stop sharing are not seen to do anything after that.
    return this.database.inSnapshot((queries) => this.listOf(queries, actor, userIds, read));
  }

  private async listOf(
    queries: Queryable,
    actor: Actor,
    userIds: unknown[],
    read: ReturnType<typeof readSpan>,
  ): Promise<PersonBusy[]> {
    const found = await this.people.find(queries, actor, [{ pointer: '/query/user_ids', ids: userIds }]);
    const errors = [read, found].flatMap((part) => ('errors' in part ? part.errors : []));
    if ('errors' in read || 'errors' in found) throw invalid(...errors);
    const [people = []] = found.people;
    const ids = people.map(({ id }) => id);
    const busy = await refuseTooMuchBusyTime('/query/to', this.busyTime.list(queries, ids, read.window));
    return people.map((person) => ({ person, busy: busy.get(person.id)! }));
  }
}
