import { ApiProperty } from '@nestjs/swagger';
import { WholeNumberQuery } from '../platform/http/fields.js';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { ProblemView } from '../platform/openapi/problem-view.js';
import { NotificationView } from './notification-view.js';

export class ListChangesQuery {
  @WholeNumberQuery({
    description: 'The `seq` of the last item that you have. Without it, from the first item that is stored.',
    min: 0,
    max: 1e15,
    example: 12,
  })
  after?: number;

  @WholeNumberQuery({ description: 'Maximum number of items (default 50).', min: 1, max: 200, example: 50 })
  limit?: number;
}

export class ChangesView {
  @ApiProperty({
    type: [NotificationView],
    description: 'Oldest first. Missing numbers belong to events that you can no longer see.',
  })
  items: NotificationView[];

  @ApiProperty({
    type: 'integer',
    description: 'The last number that this response covers, and the `after` of your next request.',
    example: 12,
  })
  last_seq: number;

  @ApiProperty({ description: 'Whether there are items after `last_seq`.', example: false })
  has_more: boolean;
}

export class ResyncProblemView extends ProblemView {
  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Reload what you show, then read on after this number.',
  })
  after?: number;
}

extendProblem('resync', { view: ResyncProblemView, example: { after: 120 } });
