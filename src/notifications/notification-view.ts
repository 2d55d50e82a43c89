import { ApiProperty } from '@nestjs/swagger';
import { formatInstant } from '../time/instant.js';
import { PersonView } from '../users/user-view.js';
import { toNotificationMessage } from './notification-message.js';
import { NOTIFICATION_TYPES, type NotificationType } from './notification.entity.js';
import type { StreamItem } from './stream-item.js';

export class NotificationView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c03' })
  id: string;

  @ApiProperty({
    type: 'integer',
    description: 'Number of the item in your stream: 1, 2, 3 … without gaps.',
    example: 12,
  })
  seq: number;

  @ApiProperty({ enum: NOTIFICATION_TYPES, enumName: 'NotificationType', example: 'event_updated' })
  type: NotificationType;

  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02' })
  event_id: string;

  @ApiProperty({ description: 'The title after the change.', example: 'Team meeting' })
  event_title: string;

  @ApiProperty({ type: 'integer', description: 'The version after the change.', example: 3 })
  version: number;

  @ApiProperty({ type: PersonView })
  actor: PersonView;

  @ApiProperty({
    type: [String],
    description: 'The fields that changed; `permissions` when the members changed.',
    example: ['start_time', 'end_time'],
  })
  changed: string[];

  @ApiProperty({
    description:
      'What happened, in one sentence on one line, with times in the time zone of the event. Texts of people are quoted and their invisible characters escaped.',
    example: 'ana moved “Team meeting” from 10:00–11:00 to 14:00–15:00 on Monday, 1 June 2026 (Europe/Paris)',
  })
  message: string;

  @ApiProperty({ format: 'date-time', description: 'When the change happened.', example: '2026-05-04T09:30:00.000Z' })
  timestamp: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Your own actions are read from the start.',
    example: null,
  })
  read_at: string | null;
}

/** Returns the item as every connection sends it and every list shows it. */
export const toNotificationView = (item: StreamItem): NotificationView => ({
  id: item.id,
  seq: item.seq,
  type: item.type,
  event_id: item.eventId,
  event_title: item.eventTitle,
  version: item.version,
  actor: { id: item.actorId, username: item.actorName },
  changed: item.changed,
  message: toNotificationMessage(item),
  timestamp: formatInstant(item.createdAt),
  read_at: item.readAt && formatInstant(item.readAt),
});
