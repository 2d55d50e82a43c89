import { ApiProperty } from '@nestjs/swagger';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { ProblemView } from '../platform/openapi/problem-view.js';

export class ResyncProblemView extends ProblemView {
  @ApiProperty({ type: 'integer', required: false, description: 'Load anew what you show, then read on after this.' })
  after?: number;
}

extendProblem('resync', { view: ResyncProblemView, example: { after: 120 } });
