import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { Problem } from '../platform/http/problem.js';
import { ApiProblem, ProblemView } from '../platform/openapi/api-problems.js';

export class IntervalView {
  @ApiProperty({ format: 'date-time', example: '2026-06-01T08:00:00Z' })
  start_time: string;

  @ApiProperty({ format: 'date-time', example: '2026-06-01T09:00:00Z' })
  end_time: string;
}

/** One clash: their occurrence, and the one of ours that meets it. */
export class Conflict extends IntervalView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null when you may not see that event.' })
  event_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null when you may not see that event.' })
  title: string | null;

  @ApiProperty({ type: IntervalView, description: 'The occurrence of yours that meets it.' })
  with: IntervalView;

  @ApiProperty({ required: false, description: 'Where yours stands in the body of a batch.', example: '/events/3' })
  pointer?: string;
}

export class ConflictProblemView extends ProblemView {
  @ApiProperty({ type: [Conflict], required: false, description: 'With `event_conflict`: the first 50 clashes.' })
  conflicts?: Conflict[];

  @ApiProperty({
    type: [IntervalView],
    required: false,
    description:
      'With `event_conflict`: the next three times at which the event would fit (single events of a request).',
  })
  suggestions?: IntervalView[];
}

export class StaleVersionProblemView extends ProblemView {
  @ApiProperty({ type: 'integer', required: false, description: 'The version that the event has now.', example: 5 })
  current_version?: number;
}

export function eventConflict(conflicts: Conflict[], suggestions?: IntervalView[]): Problem {
  return new Problem('event_conflict', { members: { conflicts, ...(suggestions ? { suggestions } : {}) } });
}

/** Epoch seconds as clients see them: conflicts are always told as instants. */
export const wireInterval = ({ start, end }: { start: number; end: number }): IntervalView => ({
  start_time: new Date(start * 1_000).toISOString().replace('.000Z', 'Z'),
  end_time: new Date(end * 1_000).toISOString().replace('.000Z', 'Z'),
});

export function staleVersion(currentVersion: number): Problem {
  return new Problem('stale_version', { members: { current_version: currentVersion } });
}

export const ApiEventConflict = (): MethodDecorator =>
  applyDecorators(ApiExtraModels(Conflict), ApiProblem(409, 'The owner is busy at that time', ConflictProblemView));

export const ApiStaleVersion = (): MethodDecorator =>
  ApiProblem(412, 'Somebody changed the event before you', StaleVersionProblemView);
