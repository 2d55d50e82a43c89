import { ApiProperty } from '@nestjs/swagger';
import { WholeNumberQuery } from '../platform/http/fields.js';
import { NotificationView } from './notifications.dto.js';

const AFTER = 'Number of the last item that you have.';

export class ListChangesQuery {
  @WholeNumberQuery({ description: `${AFTER} Without it, from the first.`, min: 0, max: 1e15, example: 12 })
  after?: number;

  @WholeNumberQuery({ description: 'Most items to answer with (default 50).', min: 1, max: 200, example: 50 })
  limit?: number;
}

export class ChangesView {
  @ApiProperty({
    type: [NotificationView],
    description: 'Oldest first. Missing numbers belong to events that you can no longer see.',
  })
  items: NotificationView[];

  @ApiProperty({ type: 'integer', description: 'How far this answer reaches: your next `after`.', example: 12 })
  last_seq: number;

  @ApiProperty({ description: 'More is stored after `last_seq`.', example: false })
  has_more: boolean;
}
