import { ApiProperty } from '@nestjs/swagger';
import type { Conflict } from '../availability/conflict.js';
import { ConflictView } from '../availability/conflict-view.js';
import { sortByEntry } from '../platform/http/list-errors.js';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { InvalidProblemView } from '../platform/openapi/problem-view.js';
import { type FieldError, invalidValues, type Problem } from '../problems/problem.js';

class InvalidValuesProblemView extends InvalidProblemView {
  @ApiProperty({
    type: [ConflictView],
    required: false,
    description: 'For a batch: the conflicts of the events that have no invalid values.',
  })
  conflicts?: ConflictView[];
}

extendProblem('validation_failed', {
  view: InvalidValuesProblemView,
  example: { errors: [{ pointer: '/title', code: 'too_short', message: 'At least 1 character.' }] },
});

/** Returns the problem of a batch with invalid values, which also reports the conflicts of the valid events. */
export function invalidBatch(errors: FieldError[], conflicts: Conflict[]): Problem {
  const pointers = [...new Set(conflicts.map(({ pointer }) => pointer!))];
  const message = 'The owner is busy at that time.';
  const busy = pointers.map((pointer) => ({ pointer, code: 'event_conflict', message }));
  return invalidValues(sortByEntry('/events', [...errors, ...busy]), conflicts.length > 0 ? { conflicts } : {});
}
