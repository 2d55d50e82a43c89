import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';
import type { EventContent, StoredOverride } from './event-content.js';

/**
 * A calendar event: one, or a series. Written only through `EventWriter`, which raises `version`; a deferred trigger
 * refuses at COMMIT any row whose version has no row in `event_versions`.
 */
@Entity('events')
@Check('events_end_after_start_check', 'end_time > start_time')
@Check('events_show_as_check', `show_as IN ('busy', 'free')`)
@Index('events_start_time_idx', ['startTime', 'id'])
@Index('events_updated_at_idx', ['updatedAt', 'id'])
@Index('events_series_id_idx', ['seriesId'])
export class CalendarEvent implements EventContent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'events_pkey' })
  id: string;

  @Column('varchar', { length: 255 })
  title: string;

  @Column('text', { nullable: true })
  description: string | null;

  @Column('varchar', { length: 255, nullable: true })
  location: string | null;

  @Column('timestamp with time zone', { name: 'start_time', precision: 3 })
  startTime: Date;

  @Column('timestamp with time zone', { name: 'end_time', precision: 3 })
  endTime: Date;

  // Wall-clock texts, because they are what the person meant: instants are derived from them and may move with a new
  // edition of the time zone data.
  @Column('text', { name: 'local_start' })
  localStart: string;

  @Column('text', { name: 'local_end' })
  localEnd: string;

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Column('boolean', { name: 'all_day' })
  allDay: boolean;

  @Column('text', { nullable: true })
  rrule: string | null;

  @Column('jsonb', { default: [] })
  excluded: string[];

  @Column('jsonb', { default: [] })
  added: string[];

  @Column('jsonb', { default: [] })
  overrides: StoredOverride[];

  @Column('text', { name: 'show_as', default: 'busy' })
  showAs: 'busy' | 'free';

  @Column('timestamp with time zone', { name: 'deleted_at', precision: 3, nullable: true })
  deletedAt: Date | null;

  /** Shared by the parts of a series that was split; an unsplit event's own id. */
  @Column('uuid', { name: 'series_id' })
  seriesId: string;

  /** The event this one was split from, and that event's version just after the split. */
  @Column('uuid', { name: 'split_from', nullable: true })
  @Index('events_split_from_idx', { where: 'split_from IS NOT NULL' })
  @ForeignKey(() => CalendarEvent, { name: 'events_split_from_fkey' })
  splitFrom: string | null;

  @Column('integer', { name: 'split_from_version', nullable: true })
  splitFromVersion: number | null;

  /** Start of the first occurrence. Derived, for finding by window. */
  @Column('timestamp with time zone', { name: 'first_start', precision: 3 })
  firstStart: Date;

  /** End of the last occurrence, null when there is no last one. Derived, for finding by window. */
  @Column('timestamp with time zone', { name: 'last_end', precision: 3, nullable: true })
  lastEnd: Date | null;

  /** Edition of the time zone data with which the instants were computed. Derived. */
  @Column('text')
  @Index('events_tzdata_idx')
  tzdata: string;

  @Column('integer')
  version: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt: Date;

  @Column('uuid', { name: 'updated_by' })
  @ForeignKey(() => User, { name: 'events_updated_by_fkey' })
  updatedBy: string;
}
