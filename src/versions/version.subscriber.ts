import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntitySubscriberInterface,
  EventSubscriber,
  type InsertEvent,
  type RemoveEvent,
  type UpdateEvent,
} from 'typeorm';
import { changedFields, NOTHING, wireContent } from '../events/event-content.js';
import { toSnapshot } from '../events/event-snapshot.js';
import { CalendarEvent } from '../events/event.entity.js';
import type { EventWrite } from '../platform/changes/event-write.js';
import { Transaction } from '../platform/database/transactions.js';

/**
 * Sees every save of an event and records the change with a snapshot of the state after it, in the same transaction.
 * A save that doesn't say who and why is refused; writes that go around the subscriber are refused at COMMIT by a
 * trigger.
 */
@Injectable()
@EventSubscriber()
export class VersionSubscriber implements EntitySubscriberInterface<CalendarEvent> {
  constructor(dataSource: DataSource) {
    dataSource.subscribers.push(this);
  }

  listenTo(): typeof CalendarEvent {
    return CalendarEvent;
  }

  afterInsert({ entity, queryRunner }: InsertEvent<CalendarEvent>): void {
    record(entity, null, queryRunner.data);
  }

  afterUpdate({ entity, databaseEntity, queryRunner }: UpdateEvent<CalendarEvent>): void {
    // Query-builder updates have no entity: they can make no version.
    if (!entity || !databaseEntity) throw new Error('Events are written through EventWriter only');
    record(entity as CalendarEvent, databaseEntity, queryRunner.data);
  }

  beforeRemove(_event: RemoveEvent<CalendarEvent>): never {
    throw new Error('Events are never removed, only put into the trash');
  }
}

function record(after: CalendarEvent, before: CalendarEvent | null, data: unknown): void {
  const write = data as Partial<EventWrite> | undefined;
  if (!(write?.tx instanceof Transaction) || !write.actorId || !write.kind) {
    throw new Error('Events are written through EventWriter only');
  }
  write.tx.record({
    kind: write.kind,
    eventId: after.id,
    eventTitle: after.title,
    version: after.version,
    actorId: write.actorId,
    at: after.updatedAt,
    comment: write.comment ?? null,
    changed: changedFields(before ? wireContent(before) : NOTHING, wireContent(after)),
    snapshot: toSnapshot(after),
  });
}
