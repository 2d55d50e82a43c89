import { ApiProperty } from '@nestjs/swagger';
import { FlagQuery, WholeNumberField } from '../platform/http/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { NotificationView } from './notification-view.js';

export class ListNotificationsQuery extends PageQuery {
  @FlagQuery({ description: 'Only notifications that you have not read.', example: true })
  unread?: boolean;
}

export class NotificationsView extends PageView {
  @ApiProperty({ type: [NotificationView] })
  items: NotificationView[];

  @ApiProperty({ type: 'integer', description: 'How many of all your notifications are unread.', example: 2 })
  unread_count: number;
}

export class ReadAllBody {
  @WholeNumberField({
    description:
      'The `seq` of the last notification that you have seen: later ones stay unread. Absent: all notifications.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    example: 12,
  })
  up_to?: number;
}

export class ReadAllView {
  @ApiProperty({ type: 'integer', description: 'How many were unread.', example: 2 })
  updated: number;
}
