import { ApiProperty } from '@nestjs/swagger';
import { FlagQuery } from '../platform/http/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { PersonView } from '../users/user-view.js';
import { NOTIFICATION_TYPES, type NotificationType } from './notification.entity.js';
import { notificationMessage } from './notification-message.js';
import type { NotificationRecord } from './notifications.repository.js';

export class ListNotificationsQuery extends PageQuery {
  @FlagQuery({ description: 'Only what you have not read.', example: true })
  unread?: boolean;
}

export class NotificationView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c03' })
  id: string;

  @ApiProperty({ type: 'integer', description: 'Place in your stream: 1, 2, 3 … without gaps.', example: 12 })
  seq: number;

  @ApiProperty({ enum: NOTIFICATION_TYPES, enumName: 'NotificationType', example: 'event_updated' })
  type: NotificationType;

  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02' })
  event_id: string;

  @ApiProperty({ description: 'As it was after the change.', example: 'Team meeting' })
  event_title: string;

  @ApiProperty({ type: 'integer', description: 'The version after the change.', example: 3 })
  version: number;

  @ApiProperty({ type: PersonView })
  actor: PersonView;

  @ApiProperty({
    type: [String],
    description: '`permissions` when people changed.',
    example: ['start_time', 'end_time'],
  })
  changed: string[];

  @ApiProperty({ example: 'ana changed start time, end time of “Team meeting”' })
  message: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  timestamp: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Set from the start for your own actions.',
    example: null,
  })
  read_at: string | null;
}

export class NotificationsView extends PageView {
  @ApiProperty({ type: [NotificationView] })
  items: NotificationView[];

  @ApiProperty({ type: 'integer', example: 2 })
  unread_count: number;
}

export class ReadAllView {
  @ApiProperty({ type: 'integer', description: 'How many were unread.', example: 2 })
  updated: number;
}

/** The item as every connection carries it. */
export const notificationView = (item: NotificationRecord): NotificationView => ({
  id: item.id,
  seq: item.seq,
  type: item.type,
  event_id: item.eventId,
  event_title: item.eventTitle,
  version: item.version,
  actor: { id: item.actorId, username: item.actorName },
  changed: item.changed,
  message: notificationMessage(item),
  timestamp: item.createdAt.toISOString(),
  read_at: item.readAt?.toISOString() ?? null,
});
