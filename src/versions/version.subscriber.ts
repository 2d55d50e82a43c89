import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntitySubscriberInterface,
  EventSubscriber,
  type InsertEvent,
  type RemoveEvent,
  type UpdateEvent,
} from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';
import { EMPTY_CONTENT, toContent } from '../content/event-content.js';
import { findChangedFields, wireContent } from '../content/wire.js';
import type { Change } from '../history/change.js';
import { Changes } from '../history/changes.js';
import type { EventWrite } from '../history/event-write.js';
import { Transaction } from '../platform/database/transaction.js';

/**
 * Records every save of an event as a change, with the content after it, in the same transaction. It rejects a save
 * without actor and kind. A trigger rejects at COMMIT writes that bypass the subscriber.
 */
@Injectable()
@EventSubscriber()
export class VersionSubscriber implements EntitySubscriberInterface<CalendarEvent> {
  constructor(
    dataSource: DataSource,
    private readonly changes: Changes,
  ) {
    dataSource.subscribers.push(this);
  }

  listenTo(): typeof CalendarEvent {
    return CalendarEvent;
  }

  afterInsert({ entity, queryRunner }: InsertEvent<CalendarEvent>): void {
    this.record(entity, null, queryRunner.data);
  }

  afterUpdate({ entity, databaseEntity, queryRunner }: UpdateEvent<CalendarEvent>): void {
    // A query-builder update has no entity, so no version can be created.
    if (!entity || !databaseEntity) throw new Error('Events are written through EventWriter only');
    this.record(entity as CalendarEvent, databaseEntity, queryRunner.data);
  }

  beforeRemove(_event: RemoveEvent<CalendarEvent>): never {
    throw new Error('Events are never removed, only moved to the trash');
  }

  private record(after: CalendarEvent, before: CalendarEvent | null, data: unknown): void {
    const write = data as Partial<EventWrite> | undefined;
    if (!(write?.tx instanceof Transaction) || !write.actorId || !write.kind) {
      throw new Error('Events are written through EventWriter only');
    }
    const change: Change = {
      kind: write.kind,
      eventId: after.id,
      eventTitle: after.title,
      version: after.version,
      actorId: write.actorId,
      at: after.updatedAt,
      comment: write.comment ?? null,
      changed: findChangedFields(before ? wireContent(before) : EMPTY_CONTENT, wireContent(after)),
      content: toContent(after),
      before: before && toContent(before),
      undoes: write.undoes ?? null,
    };
    this.changes.record(write.tx, change, after);
  }
}
