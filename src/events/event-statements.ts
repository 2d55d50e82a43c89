import { isDeepStrictEqual } from 'node:util';
import type { DataSource, EntityMetadata } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';
import { insertInto, type Row } from '../platform/database/insert-into.js';
import { type Sql, VaryingSql } from '../platform/database/statement-names.js';
import { compileRecord } from '../platform/records/compile-record.js';

type Column = EntityMetadata['columns'][number];
type Statement = [sql: Sql, parameters: unknown[]];

/** The statements that write a row of `events`, from the columns of the entity. */
export class EventStatements {
  readonly metadata: EntityMetadata;
  private readonly insertRows: (rows: Row[]) => Statement;
  private readonly toRow: (event: CalendarEvent) => Row;

  constructor(dataSource: DataSource) {
    this.metadata = dataSource.getMetadata(CalendarEvent);
    const { columns } = this.metadata;
    this.insertRows = insertInto(
      'events',
      Object.fromEntries(columns.map(({ databaseName, type }) => [databaseName, String(type)])),
    );
    this.toRow = compileRecord(
      columns.map(({ databaseName, propertyName }) => [databaseName, propertyName as keyof CalendarEvent]),
    );
  }

  /** Returns the columns in which two rows differ. */
  listChanged(before: CalendarEvent, after: CalendarEvent): Column[] {
    return this.metadata.columns.filter(
      (column) => !isDeepStrictEqual(valueOf(before, column), valueOf(after, column)),
    );
  }

  insert(events: CalendarEvent[]): Statement {
    return this.insertRows(events.map(this.toRow));
  }

  /** @param changed the columns to write: texts that stay are not sent and stored again */
  update(event: CalendarEvent, changed: Column[]): Statement {
    const assignments = changed.map(({ databaseName }, index) => `${databaseName} = $${index + 2}`).join(', ');
    const values = changed.map((column) => toParameter(event, column));
    return [new VaryingSql(`UPDATE events SET ${assignments} WHERE id = $1`), [event.id, ...values]];
  }
}

const valueOf = (event: CalendarEvent, { propertyName }: Column): unknown => event[propertyName as keyof CalendarEvent];

function toParameter(event: CalendarEvent, column: Column): unknown {
  const value = valueOf(event, column);
  return column.type === 'jsonb' ? JSON.stringify(value) : value;
}
