import { ApiProperty } from '@nestjs/swagger';
import { counted } from '../../problems/counted.js';
import { extendProblem } from '../openapi/api-problems.js';
import { ProblemView } from '../openapi/problem-view.js';
import { Problem } from '../../problems/problem.js';
import { BUDGET_NAMES } from './budgets.js';
import { rateLimitHeaders, secondsLeft, type Standing } from './rate-limit-headers.js';

class RateLimitedProblemView extends ProblemView {
  @ApiProperty({
    enum: BUDGET_NAMES,
    description: 'The budget that is used up. It counts by user, session, account or address, as its name says.',
    example: 'writes',
  })
  budget: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'How much the budget allows.', example: 600 })
  limit: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'In how many seconds.', example: 60 })
  window_seconds: number;

  @ApiProperty({
    format: 'date-time',
    description: 'When you can try again, by the clock of the server. `Retry-After` has the seconds until then.',
    example: '2026-05-04T09:30:42.000Z',
  })
  retry_at: string;
}

extendProblem('rate_limited', {
  view: RateLimitedProblemView,
  example: { budget: 'writes', limit: 600, window_seconds: 60, retry_at: '2026-05-04T09:30:42.000Z' },
});

/** Returns the refusal of a request whose budget is used up. */
export function rateLimited(standing: Standing): Problem {
  const { budget } = standing;
  const seconds = secondsLeft(standing);
  const windowSeconds = budget.windowMs / 1_000;
  return new Problem('rate_limited', {
    detail: `The budget ${budget.name} is used up. Try again in ${counted(seconds, 'second')}.`,
    members: {
      budget: budget.name,
      limit: budget.limit,
      window_seconds: windowSeconds,
      retry_at: new Date(Date.now() + seconds * 1_000).toISOString(),
    },
    headers: { 'retry-after': String(seconds), ...rateLimitHeaders(standing) },
  });
}
