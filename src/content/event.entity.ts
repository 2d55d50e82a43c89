import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { compileRecord } from '../platform/records/compile-record.js';
import { camelCase } from './columns.js';
import { CONTENT_COLUMNS, type EventContent, selectContent } from './event-content.js';

/** Gives a row the columns of the content, with a check for each closed list of values. */
const ContentColumns = (): ClassDecorator => (row) => {
  for (const { property, name, column } of CONTENT_COLUMNS) {
    const { type, length, nullable, comment, values, default: value } = column;
    if (values) {
      const allowed = values.map((one) => `'${one}'`).join(', ');
      Check(`events_${name}_check`, `${name} IN (${allowed})`)(row);
    }
    const precision = type === 'timestamp with time zone' ? { precision: 3 } : {};
    const options = {
      name,
      type,
      nullable,
      ...precision,
      ...(length ? { length } : {}),
      ...(comment ? { comment } : {}),
    };
    Column(value === undefined ? options : { ...options, default: value })(row.prototype as object, property);
  }
};

@ContentColumns()
class ContentRow {}

/**
 * A calendar event: a single event or a series. Only `EventWriter` writes it, and each write increments `version`. A
 * deferred trigger rejects at COMMIT any row whose version has no row in `event_versions`. The columns of the content
 * come from the table of fields.
 */
@Entity('events')
@Check('events_row_check', 'is_valid_event(events)')
@Index('events_updated_at_idx', ['updatedAt', 'id'])
@Index('events_trash_idx', ['deletedAt'], { where: 'deleted_at IS NOT NULL AND purged_at IS NULL' })
@Index('events_purged_idx', ['deletedAt'], { where: 'purged_at IS NOT NULL' })
@Index('events_all_day_idx', ['id'], { where: 'all_day' })
export class CalendarEvent extends (ContentRow as new () => EventContent) {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'events_pkey' })
  id: string;

  /** Shared by the events into which a series was split; the own id of an event that was never split. */
  @Column('uuid', {
    name: 'series_id',
    comment: 'Shared by the parts of a series that was split; the id of an unsplit event.',
  })
  seriesId: string;

  /** The event from which this one was split off, and the version of that event just after the split. */
  @Column('uuid', { name: 'split_from', nullable: true })
  @Index('events_split_from_idx', { where: 'split_from IS NOT NULL' })
  @ForeignKey(() => CalendarEvent, { name: 'events_split_from_fkey' })
  splitFrom: string | null;

  @Column('integer', {
    name: 'split_from_version',
    nullable: true,
    comment: 'Version of the event split_from just after the split.',
  })
  splitFromVersion: number | null;

  /** Start of the first occurrence. Derived from the content, for queries by window. */
  @Column('timestamp with time zone', {
    name: 'first_start',
    precision: 3,
    comment: 'Start of the first occurrence. Derived from the content, for finding by window.',
  })
  firstStart: Date;

  /** End of the last occurrence; null for an endless series. Derived from the content, for queries by window. */
  @Column('timestamp with time zone', {
    name: 'last_end',
    precision: 3,
    nullable: true,
    comment: 'End of the last occurrence; null for an endless series. Derived from the content.',
  })
  lastEnd: Date | null;

  /** Edition of the time zone data with which the instants were computed. Derived. */
  @Column('text', { comment: 'Edition of the time zone data with which the instants were computed. Derived.' })
  tzdata: string;

  /** The UID under which the event was imported; null for events made here. See `uidOf`. */
  @Column('text', {
    nullable: true,
    comment: 'The iCalendar UID of an imported event. An event made here has none: its UID is derived from its id.',
  })
  @Index('events_uid_idx', { where: 'uid IS NOT NULL' })
  uid: string | null;

  @Column('integer')
  version: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt: Date;

  @Column('uuid', { name: 'updated_by' })
  updatedBy: string;

  /** When the event was removed from the trash; its history stays. */
  @Column('timestamp with time zone', {
    name: 'purged_at',
    precision: 3,
    nullable: true,
    comment: 'When the event was removed from the trash: it cannot be restored, and its history stays.',
  })
  purgedAt: Date | null;
}

/** The columns beside those of the content. */
const OTHER_COLUMNS = [
  'id',
  'series_id',
  'split_from',
  'split_from_version',
  'uid',
  'first_start',
  'last_end',
  'tzdata',
  'version',
  'created_at',
  'updated_at',
  'updated_by',
  'purged_at',
];

/** Returns the select list that reads a whole row of `events`, under its names in memory. */
export const selectEvent = (alias: string): string =>
  `${OTHER_COLUMNS.map((name) => `${alias}.${name} AS "${camelCase(name)}"`).join(', ')}, ${selectContent(alias)}`;

/** The property of every column. */
const PROPERTIES = [...OTHER_COLUMNS.map(camelCase), ...CONTENT_COLUMNS.map(({ property }) => property)];

/** Returns the event of a row of `selectEvent`, without what the row has beside it. */
export const toEvent = compileRecord<CalendarEvent, CalendarEvent>(
  (PROPERTIES as (keyof CalendarEvent)[]).map((property) => [property, property]),
);
