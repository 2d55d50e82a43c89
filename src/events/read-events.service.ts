import { Injectable } from '@nestjs/common';
import { HistoryService } from '../history/history.service.js';
import { Database, type Queryable } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Actor } from '../platform/http/actor.js';
import { notVisible } from '../problems/problem.js';
import type { EventRecord, EventWithMembers } from './event-record.js';
import { EventsRepository } from './events.repository.js';

/** Reads events as one person sees them, today or at an earlier time. */
@Injectable()
export class ReadEventsService {
  constructor(
    private readonly database: Database,
    private readonly events: EventsRepository,
    private readonly history: HistoryService,
  ) {}

  /**
   * Returns an event with its members.
   * @param asOf an earlier time; null for the current state
   * @param queries of a snapshot in which the caller reads more of the current state
   * @throws Problem not_found, also for an event that did not exist at that time or was in the trash
   */
  async get(actor: Actor, id: string, asOf: Date | null = null, queries?: Queryable): Promise<EventWithMembers> {
    const found = asOf
      ? await this.findAsOf(actor, id, asOf)
      : await this.events.findWithMembers(id, actor.userId, queries);
    if (!found || found.record.event.deletedAt) throw notVisible();
    return found;
  }

  /** Returns those of the events that the actor sees and that are not in the trash, in any order. */
  list(actor: Actor, ids: string[]): Promise<EventRecord[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.events.listRecords(ids, actor.userId);
  }

  /** Returns the event as the running transaction sees it, even in the trash. @throws Problem not_found */
  async getIn(tx: Transaction, actor: Actor, id: string): Promise<EventWithMembers> {
    const found = await this.events.findWithMembers(id, actor.userId, tx);
    if (!found) throw notVisible();
    return found;
  }

  private async findAsOf(actor: Actor, id: string, asOf: Date): Promise<EventWithMembers | null> {
    // A time just now may still be written to: both are read of one state of it.
    const [record, members] = await this.database.inSnapshot((queries) =>
      Promise.all([
        this.events.findRecord(id, actor.userId, { asOf, queries }),
        this.history.listMembersAsOf(queries, id, asOf),
      ]),
    );
    return record && { record, members };
  }
}
