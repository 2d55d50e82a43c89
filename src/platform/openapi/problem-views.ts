import { ApiProperty } from '@nestjs/swagger';
import { PROBLEMS } from '../http/problem-catalogue.js';

export class FieldErrorView {
  @ApiProperty({
    description: 'JSON Pointer into the body; `/query/…`, `/path/…` or `/header/…` for the rest of the request.',
    example: '/events/37/end_time',
  })
  pointer: string;

  @ApiProperty({ description: 'What is wrong, for programs.', example: 'end_not_after_start' })
  code: string;

  @ApiProperty({ description: 'What is wrong, for people.', example: 'The end must be after the start.' })
  message: string;

  @ApiProperty({ required: false, description: 'For a start outside its pattern: the next start that would do.' })
  next?: string;
}

/** RFC 9457. Some problems carry further members; they have views of their own below. */
export class ProblemView {
  @ApiProperty({ description: 'A page that explains the problem.', example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ description: 'What the problem is called.', example: 'Some values are not valid' })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.', example: 422 })
  status: number;

  @ApiProperty({ enum: Object.keys(PROBLEMS), enumName: 'ProblemCode', example: 'validation_failed' })
  code: string;

  @ApiProperty({ required: false, description: 'One sentence for people; never holds what users wrote.' })
  detail?: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/api/events' })
  instance: string;

  @ApiProperty({ description: 'Name it when you report the problem.', example: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11' })
  request_id: string;

  @ApiProperty({ type: [FieldErrorView], required: false, description: 'Each wrong value.' })
  errors?: FieldErrorView[];
}

export class IntervalView {
  @ApiProperty({ format: 'date-time', example: '2026-06-01T08:00:00Z' })
  start_time: string;

  @ApiProperty({ format: 'date-time', description: 'Exclusive.', example: '2026-06-01T09:00:00Z' })
  end_time: string;
}

/** A time at which the event would fit. */
export class SlotView {
  @ApiProperty({ description: 'UTC with `Z`; a plain date for all-day events.', example: '2026-06-01T09:00:00Z' })
  start_time: string;

  @ApiProperty({ description: 'Exclusive.', example: '2026-06-01T10:00:00Z' })
  end_time: string;
}

/** One clash: their occurrence, and the one of ours that meets it. */
export class ConflictView extends IntervalView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null when you may not see that event.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b03',
  })
  event_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null when you may not see that event.',
    example: 'Review',
  })
  title: string | null;

  @ApiProperty({ type: IntervalView, description: 'The occurrence of yours that meets it.' })
  with: IntervalView;

  @ApiProperty({ required: false, description: 'Where yours stands in the body of a batch, such as `/events/3`.' })
  pointer?: string;
}

export class ConflictProblemView extends ProblemView {
  @ApiProperty({ type: [ConflictView], required: false, description: 'With `event_conflict`: the first 50 clashes.' })
  conflicts?: ConflictView[];

  @ApiProperty({
    type: [SlotView],
    required: false,
    description: 'With `event_conflict`: the next three times at which the event would fit (not for batches).',
  })
  suggestions?: SlotView[];
}

const VALUE = {
  description: 'Any JSON value; null when there was none.',
  anyOf: [
    { type: 'string' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
    { type: 'null' },
  ],
};

class ClashingPersonView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05' })
  id: string;

  @ApiProperty({ example: 'ben' })
  username: string;
}

/** A field that was changed on both sides. */
export class FieldClashView {
  @ApiProperty({ description: 'A field of the event, or `permissions`.', example: 'title' })
  field: string;

  @ApiProperty({ type: ClashingPersonView, required: false, description: 'With `permissions`: whose role it is.' })
  person?: ClashingPersonView;

  @ApiProperty({ ...VALUE, example: 'Team meeting' })
  base: unknown;

  @ApiProperty({ ...VALUE, example: 'Team lunch' })
  theirs: unknown;

  @ApiProperty({ ...VALUE, example: 'Team breakfast' })
  yours: unknown;
}

export class StaleVersionProblemView extends ProblemView {
  @ApiProperty({ type: 'integer', required: false, description: 'The version that the event has now.' })
  current_version?: number;

  @ApiProperty({
    type: [FieldClashView],
    required: false,
    description: 'What was changed on both sides: at your version, now, and as you sent it.',
  })
  clashes?: FieldClashView[];
}

export class LaterChangesProblemView extends ConflictProblemView {
  @ApiProperty({
    type: [FieldClashView],
    required: false,
    description:
      'With `later_changes`: what was changed again since: after the change, now, and as undoing would leave it.',
  })
  clashes?: FieldClashView[];
}

export class ResyncProblemView extends ProblemView {
  @ApiProperty({ type: 'integer', required: false, description: 'Load anew what you show, then read on after this.' })
  after?: number;
}
